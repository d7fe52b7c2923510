#pragma once

#include "common/result.h"
#include "config/httpaddress.h"

#include <optional>
#include <string>
#include <string_view>

namespace Weave {

// Where --metrics listens: one of the two.
struct MetricsAddress
{
    std::optional<HttpAddress> tcp;
    std::string unixPath; // of a socket for this user alone
};

// Reads --metrics, "127.0.0.1:9464", as --http, or "unix:PATH". Other addresses than loopback need
// allowRemote: the pages ask nobody for a key.
[[nodiscard]] Result<MetricsAddress> parseMetricsAddress(std::string_view text, bool allowRemote);

} // namespace Weave
