#include "config/smallfile.h"

#include "common/bytesize.h"
#include "common/clock.h"
#include "common/uniquefd.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

namespace Weave {

namespace {

using namespace std::chrono_literals;

constexpr Milliseconds ShortWait = 500ms; // a reload may meet several

Error fromErrno()
{
    return {errno == ENOENT ? ErrorCode::NotFound : ErrorCode::Io, std::strerror(errno)};
}

Error tooSlow()
{
    return {ErrorCode::Io, "a pipe whose writer takes too long; name a file instead"};
}

} // namespace

// Opened without O_NONBLOCK, a named pipe without a writer holds up whoever opens it for ever.
Result<std::string> readSmallFile(const std::string &path, std::size_t maxBytes, PipeWait wait)
{
    const UniqueFd file(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    struct stat info = {};
    if (!file.isValid() || ::fstat(file.get(), &info) != 0)
        return fromErrno();
    // A device such as /dev/null is read like a pipe.
    if (!S_ISREG(info.st_mode) && !S_ISFIFO(info.st_mode) && !S_ISCHR(info.st_mode))
        return Error{ErrorCode::Io,
                     S_ISDIR(info.st_mode) ? "it is a folder; name a file"
                                           : "it is neither a file nor a pipe; name a file"};
    const bool isPipe = !S_ISREG(info.st_mode);
    const TimePoint end = SteadyClock::now() + ShortWait;
    std::string text;
    std::array<char, 16 * KiB> piece;
    while (text.size() <= maxBytes) {
        const auto left = std::chrono::ceil<Milliseconds>(end - SteadyClock::now());
        if (isPipe && wait == PipeWait::Short && left.count() <= 0 && !text.empty())
            return tooSlow();
        pollfd waiting{file.get(), POLLIN, 0};
        // Of a pipe it tells, other than read(), its end and that there has been no writer apart.
        const int ready = isPipe
            ? ::poll(&waiting, 1, static_cast<int>(std::max(left, Milliseconds(0)).count()))
            : 1;
        const ssize_t length = ::read(file.get(), piece.data(), piece.size());
        if (length > 0) {
            text.append(piece.data(), static_cast<std::size_t>(length));
        } else if (length == 0) {
            if (ready > 0)
                return text;
            if (ready == 0)
                return Error{ErrorCode::Io,
                             "a pipe that nobody writes to; write to it first, or name a file"};
        } else if (errno == EAGAIN && ready == 0) {
            if (wait == PipeWait::Short)
                return tooSlow();
            ::poll(&waiting, 1, -1);
        } else if (errno != EAGAIN && errno != EINTR) {
            return fromErrno();
        }
    }
    return Error{ErrorCode::TooLarge, "it is larger than " + formatByteSize(maxBytes)};
}

} // namespace Weave
