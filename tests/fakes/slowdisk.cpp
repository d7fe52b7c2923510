// A disk that is told how to behave: preloaded into a daemon, it stands in for msync(), and for
// madvise() where that asks whether a file can be read. The file that WEAVE_SLOW_DISK names says,
// at every call, how many milliseconds a sync takes, "fail", or "unreadable"; every sync adds a
// line to the same name with ".log" behind it. With "no fsync" and "no fsync of folders" those
// fail.
//
// With a folder of that name and ".platter" behind it, it also says what a power cut would leave:
// a file's bytes as of its last sync, under the number of its inode, and in "names" which inode had
// which name when the folder was last synced.
#include <cerrno>
#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <dirent.h>
#include <fcntl.h>
#include <string>
#include <string_view>
#include <sys/mman.h>
#include <sys/stat.h>
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

std::string platter(const char *path)
{
    std::string folder = std::string(path) + ".platter";
    struct stat status = {};
    return ::stat(folder.c_str(), &status) == 0 ? folder + "/" : std::string();
}

// The file of which this is a mapping; 0 when there is none.
std::uintmax_t inodeAt(const void *address)
{
    std::FILE *maps = std::fopen("/proc/self/maps", "re");
    if (!maps)
        return 0;
    char line[4096];
    std::uintmax_t found = 0;
    while (found == 0 && std::fgets(line, sizeof line, maps)) {
        std::uintptr_t begin = 0;
        std::uintmax_t inode = 0;
        if (std::sscanf(line, "%" SCNxPTR "-%*x %*s %*s %*s %" SCNuMAX, &begin, &inode) == 2
            && begin == reinterpret_cast<std::uintptr_t>(address))
            found = inode;
    }
    std::fclose(maps);
    return found;
}

// Under another name until it is complete: the process may be killed at any moment.
void keep(const std::string &path, std::string_view bytes)
{
    const std::string unfinished = path + ".new";
    const int file = ::open(unfinished.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    while (!bytes.empty()) {
        const ssize_t written = ::write(file, bytes.data(), bytes.size());
        if (written <= 0)
            break;
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    ::close(file);
    if (bytes.empty())
        ::rename(unfinished.c_str(), path.c_str());
}

std::string namesIn(int descriptor)
{
    std::string names;
    DIR *folder = ::fdopendir(::dup(descriptor));
    if (!folder)
        return names;
    ::rewinddir(folder);
    while (const dirent *entry = ::readdir(folder))
        names += std::to_string(entry->d_ino) + " " + entry->d_name + "\n";
    ::closedir(folder);
    return names;
}

std::string contents(int descriptor, off_t size)
{
    std::string bytes(static_cast<std::size_t>(size), '\0');
    const ssize_t length = ::pread(descriptor, bytes.data(), bytes.size(), 0);
    bytes.resize(length < 0 ? 0 : static_cast<std::size_t>(length));
    return bytes;
}

} // namespace

extern "C" int fsync(int descriptor)
{
    const char *path = std::getenv("WEAVE_SLOW_DISK");
    struct stat status = {};
    if (path && ::fstat(descriptor, &status) == 0) {
        const bool isFolder = S_ISDIR(status.st_mode);
        const std::string text = wish(path);
        if (text == "no fsync" || (isFolder && text == "no fsync of folders")) {
            errno = EIO;
            return -1;
        }
        const std::string folder = platter(path);
        if (!folder.empty() && isFolder)
            keep(folder + "names", namesIn(descriptor));
        else if (!folder.empty())
            keep(folder + std::to_string(status.st_ino), contents(descriptor, status.st_size));
    }
    return static_cast<int>(::syscall(SYS_fsync, descriptor));
}

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

extern "C" int msync(void *address, std::size_t length, int /*flags*/)
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
    // What is written during the sync need not be in it.
    const std::string folder = platter(path);
    const std::string bytes =
        folder.empty() ? std::string() : std::string(static_cast<const char *>(address), length);
    ::usleep(static_cast<useconds_t>(std::atoi(text.c_str())) * 1000);
    if (!folder.empty())
        keep(folder + std::to_string(inodeAt(address)), bytes);
    return 0;
}
