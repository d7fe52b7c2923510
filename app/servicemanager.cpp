#include "app/servicemanager.h"

#if WEAVE_HAS_SYSTEMD
#include <systemd/sd-daemon.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#endif

namespace Weave::ServiceManager {

#if WEAVE_HAS_SYSTEMD

bool isListening()
{
    return std::getenv("NOTIFY_SOCKET") != nullptr;
}

void tell(const std::string &assignments)
{
    // Whether anybody has heard it changes nothing for the daemon.
    (void)::sd_notify(0, assignments.c_str());
}

std::optional<Milliseconds> watchdogTimeout()
{
    std::uint64_t microseconds = 0;
    if (::sd_watchdog_enabled(0, &microseconds) <= 0)
        return std::nullopt;
    return std::chrono::floor<Milliseconds>(std::chrono::microseconds(microseconds));
}

Result<UniqueFd> takeSocket()
{
    const int count = ::sd_listen_fds(1); // and forgets the variables
    if (count < 0)
        return Error{ErrorCode::InvalidArgument,
                     std::string("cannot take the socket of the service manager ($LISTEN_FDS): ")
                         + std::strerror(-count)};
    if (count == 0)
        return UniqueFd();
    if (count > 1)
        return Error{ErrorCode::InvalidArgument,
                     "the service manager hands over " + std::to_string(count)
                         + " sockets ($LISTEN_FDS), and one is expected; leave one ListenStream= "
                           "in the socket unit"};
    return UniqueFd(SD_LISTEN_FDS_START);
}

#else

bool isListening()
{
    return false;
}

void tell(const std::string &)
{
}

std::optional<Milliseconds> watchdogTimeout()
{
    return std::nullopt;
}

Result<UniqueFd> takeSocket()
{
    return UniqueFd();
}

#endif

} // namespace Weave::ServiceManager
