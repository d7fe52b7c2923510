#include "spool/freshpages.h"

#include "common/bytesize.h"
#include "common/uniquefd.h"
#include "spool/taskthread.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <sys/utsname.h>
#include <unistd.h>

namespace Weave {

namespace {

// A smaller file is the first of a project, which may never have a second call.
constexpr std::size_t LeastPrepared = 512 * KiB;

// A large page goes to the disk as a whole. With 64 KiB all of a file's pages together took 1 ms,
// but ten calls a second wrote 4.6 times as much while the backend was away as with single pages;
// with 16 KiB it is 1.7 times as much.
constexpr std::size_t LargePage = 16 * KiB;

// Beyond what is needed; 0.2 ms.
constexpr std::size_t Ahead = 256 * KiB;

// How much is made before others get the processor; some 25 us. After each large page it was 2 % of
// the time that a call takes at the highest rate.
constexpr std::size_t Step = 128 * KiB;

// Linux 6.16 or newer. Before, ext4 makes small pages of large writes: writing them all takes as
// much time as touching them does, and clients would wait for the whole of it.
bool makesLargePages()
{
#if defined(__linux__)
    static const bool is = [] {
        utsname system = {};
        if (::uname(&system) != 0)
            return false;
        char *end = nullptr;
        const long major = std::strtol(system.release, &end, 10);
        const long minor = *end == '.' ? std::strtol(end + 1, nullptr, 10) : 0;
        return major > 6 || (major == 6 && minor >= 16);
    }();
    return is;
#else
    return false;
#endif
}

int makePages(int descriptor, std::size_t from, std::size_t to)
{
    static constexpr std::array<char, LargePage> Zeros{};
    while (from < to) {
        const std::size_t length = std::min(to - from, Zeros.size());
        const ssize_t written =
            ::pwrite(descriptor, Zeros.data(), length, static_cast<off_t>(from));
        if (written == 0)
            return EIO; // or this would go on for ever
        if (written > 0)
            from += static_cast<std::size_t>(written);
        else if (errno != EINTR)
            return errno;
        if (from % Step == 0)
            TaskThread::giveWay();
    }
    return 0;
}

} // namespace

int FreshPages::make(int descriptor, const std::string &path, std::size_t end, std::size_t bytes)
{
    *this = FreshPages();
    if (bytes < LeastPrepared || !makesLargePages())
        return 0;
    const std::size_t made = std::min((end + Ahead) / LargePage * LargePage, bytes);
    if (const int status = makePages(descriptor, 0, made); status != 0)
        return status;
    const auto id = fileIdOf(descriptor);
    if (made == bytes || !id)
        return 0;
    m_bytes = bytes;
    m_made = made;
    m_path = path;
    m_id = *id;
    return 0;
}

// Where that fails, touching the pages makes them.
void FreshPages::makeMore(std::size_t end)
{
    const std::size_t made = std::min((end + Ahead) / LargePage * LargePage, m_bytes);
    const UniqueFd file(::open(m_path.c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    const bool isMade =
        file.isValid() && fileIdOf(file.get()) == m_id && makePages(file.get(), m_made, made) == 0;
    if (isMade && made < m_bytes)
        m_made = made;
    else
        *this = FreshPages();
}

} // namespace Weave
