#pragma once

#include "common/result.h"

#include <cstddef>
#include <string>
#include <string_view>

namespace Weave {

// Unpacks a whole gzip body (RFC 1952). TooLarge when more than maxBytes would come out, Malformed
// when it is not gzip, incomplete, or followed by something else.
[[nodiscard]] Result<std::string> inflateGzip(std::string_view packed, std::size_t maxBytes);

} // namespace Weave
