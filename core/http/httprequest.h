#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace Weave {

// One request of an HTTP client, chunks put together.
struct HttpRequest
{
    std::string method;
    // "/path?query", as it was written; of "http://host/path?query" what stands behind the host.
    std::string target;
    std::vector<std::pair<std::string, std::string>> headers; // in their order; trailers dropped
    std::string body;
    bool isHttp10 = false;
    bool keepsAlive = true; // the client may send another request on this connection
    bool isFromElsewhere = false; // by another address than loopback

    // The value of the first header of that name, in whatever letters; empty without one.
    [[nodiscard]] std::string_view header(std::string_view name) const;
    [[nodiscard]] std::string_view path() const;
};

// Compares header names and the like: ASCII letters, whatever their case.
[[nodiscard]] bool equalsIgnoringCase(std::string_view left, std::string_view right);

} // namespace Weave
