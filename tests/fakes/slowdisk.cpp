// A disk that is told how to behave: preloaded into a daemon, it stands in for msync(), and for
// madvise() where that asks whether a file can be read. The file that WEAVE_SLOW_DISK names says,
// at every call, how many milliseconds a sync takes, "fail", or "unreadable"; every sync adds a
// line to the same name with ".log" behind it.
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <string>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace {

std::string wish(const char *path)
{
    char text[32] = {};
    const int file = ::open(path, O_RDONLY | O_CLOEXEC);
    [[maybe_unused]] const ssize_t length = ::read(file, text, sizeof text - 1);
    ::close(file);
    return text;
}

} // namespace

extern "C" int madvise(void *address, std::size_t length, int advice)
{
    constexpr int PopulateRead = 22;
    const char *path = std::getenv("WEAVE_SLOW_DISK");
    if (path && advice == PopulateRead && length > 65536 && wish(path) == "unreadable") {
        errno = EFAULT;
        return -1;
    }
    return static_cast<int>(::syscall(SYS_madvise, address, length, advice));
}

extern "C" int msync(void * /*address*/, std::size_t /*length*/, int /*flags*/)
{
    const char *path = std::getenv("WEAVE_SLOW_DISK");
    if (!path)
        return 0;
    const int log = ::open((std::string(path) + ".log").c_str(),
                           O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    [[maybe_unused]] const ssize_t written = ::write(log, "sync\n", 5);
    ::close(log);
    const std::string text = wish(path);
    if (text == "fail") {
        errno = EIO;
        return -1;
    }
    ::usleep(static_cast<useconds_t>(std::atoi(text.c_str())) * 1000);
    return 0;
}
