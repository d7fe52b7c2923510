#pragma once

#include "common/result.h"
#include "config/backendaddress.h"

#include <QHostAddress>

#include <string_view>

namespace Weave {

// Where the daemon listens for HTTP.
struct HttpAddress
{
    QHostAddress address;
    quint16 port = 0; // 0: any that is free
};

// Reads "127.0.0.1:8319", "localhost:8319", "[::1]:8319" or "0.0.0.0:8319".
[[nodiscard]] Result<HttpAddress> parseHostAndPort(std::string_view text);

// Reads --http. Other addresses than loopback need allowRemote: what comes in travels in the clear.
[[nodiscard]] Result<HttpAddress> parseHttpAddress(std::string_view text, bool allowRemote);

// Whether the backend is this very door, as far as the address tells: the daemon would send every
// call to itself.
[[nodiscard]] bool leadsBack(const BackendAddress &backend, const HttpAddress &door);

} // namespace Weave
