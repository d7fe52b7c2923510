#pragma once

#include "common/result.h"

#include <cstdint>
#include <string_view>

namespace Weave {

// The whole text as an unsigned decimal or octal number; nothing before it, nothing after it.
[[nodiscard]] Result<std::uint64_t> parseUnsigned(std::string_view text, int base = 10);

} // namespace Weave
