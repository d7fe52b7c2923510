#pragma once

#include "common/result.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace Weave {

// The whole text as an unsigned decimal or octal number; nothing before it, nothing after it.
[[nodiscard]] Result<std::uint64_t> parseUnsigned(std::string_view text, int base = 10);

// Digits with at most one point among them: "12", "1.5", ".5". No sign, no exponent. Unlike strtod
// it does not listen to the user's language, in which the point may be a comma.
[[nodiscard]] Result<double> parseDecimal(std::string_view text);

// "1 call", "3 calls".
[[nodiscard]] std::string countOf(std::uint64_t count, std::string_view noun);

// "12,345", whatever the user's language.
[[nodiscard]] std::string formatGrouped(std::uint64_t value);

// The number with so many digits behind a point, whatever the user's language. For values whose
// digits fit into 64 bits.
[[nodiscard]] std::string formatDecimal(double value, int digits);

} // namespace Weave
