#include "ingest/filelimit.h"

#include <algorithm>
#include <sys/resource.h>

namespace Weave {

namespace {

// For the spool, the backend's connections, refused clients, event loops, logs and name look-ups.
constexpr rlim_t OtherFiles = 128;

} // namespace

std::uint64_t raiseFileLimit(std::uint64_t connections)
{
    rlimit limit = {};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return connections;
    const rlim_t wanted = connections + OtherFiles;
    if (limit.rlim_cur < wanted) {
        limit.rlim_cur = std::min(wanted, limit.rlim_max);
        ::setrlimit(RLIMIT_NOFILE, &limit);
        ::getrlimit(RLIMIT_NOFILE, &limit);
    }
    if (limit.rlim_cur >= wanted)
        return connections;
    // With very few files, half of them for clients is better than none.
    return limit.rlim_cur > 2 * OtherFiles ? limit.rlim_cur - OtherFiles : limit.rlim_cur / 2;
}

} // namespace Weave
