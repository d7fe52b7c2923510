#include "config/metricsaddress.h"

namespace Weave {

Result<MetricsAddress> parseMetricsAddress(std::string_view text, bool allowRemote)
{
    constexpr std::string_view Unix = "unix:";
    if (text.starts_with(Unix)) {
        std::string_view path = text.substr(Unix.size());
        if (path.starts_with("///")) // unix:///run/x
            path.remove_prefix(2);
        if (path.empty() || path.ends_with('/'))
            return Error{ErrorCode::InvalidArgument,
                         "unix: needs the path of a socket, as in "
                         "unix:/run/weave-sidecar/metrics.sock"};
        return MetricsAddress{std::nullopt, std::string(path)};
    }
    const auto address = parseHostAndPort(text);
    if (!address) {
        return Error{address.error().code, address.error().message + ", and not unix:PATH"};
    }
    if (!address->address.isLoopback() && !allowRemote)
        return Error{ErrorCode::InvalidArgument,
                     "is open to other machines, and nobody is asked for a key there. Use "
                     "127.0.0.1 or unix:PATH, or say --metrics-allow-remote"};
    return MetricsAddress{*address, {}};
}

} // namespace Weave
