// A disk that is told how to behave: preloaded into a daemon, it stands in for msync(). The file
// that WEAVE_SLOW_DISK names says, at every call, how many milliseconds a sync takes or "fail";
// every sync adds a line to the same name with ".log" behind it.
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <string>
#include <sys/mman.h>
#include <unistd.h>

extern "C" int msync(void * /*address*/, std::size_t /*length*/, int /*flags*/)
{
    const char *path = std::getenv("WEAVE_SLOW_DISK");
    if (!path)
        return 0;
    char text[32] = {};
    const int file = ::open(path, O_RDONLY | O_CLOEXEC);
    [[maybe_unused]] const ssize_t length = ::read(file, text, sizeof text - 1);
    ::close(file);
    const int log = ::open((std::string(path) + ".log").c_str(),
                           O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    [[maybe_unused]] const ssize_t written = ::write(log, "sync\n", 5);
    ::close(log);
    if (std::strncmp(text, "fail", 4) == 0) {
        errno = EIO;
        return -1;
    }
    ::usleep(static_cast<useconds_t>(std::atoi(text)) * 1000);
    return 0;
}
