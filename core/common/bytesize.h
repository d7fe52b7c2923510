#pragma once

#include "common/result.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace Weave {

inline constexpr std::size_t KiB = 1024;
inline constexpr std::size_t MiB = 1024 * KiB;
inline constexpr std::size_t GiB = 1024 * MiB;

// Sizes in bytes: "10485760", "10MB" (10,000,000), "10MiB" (10,485,760), "1GiB"; also B, kB, KB,
// KiB, GB, TB, TiB. A fraction is allowed before a unit: "1.5GiB".
[[nodiscard]] Result<std::uint64_t> parseByteSize(std::string_view text);

// For people: "10 MiB", "1.5 GiB", "512 B".
[[nodiscard]] std::string formatByteSize(std::uint64_t bytes);

} // namespace Weave
