#pragma once

#include <cstddef>
#include <cstdint>

namespace Weave {

// CRC-32C (Castagnoli, RFC 3720 appendix B.4). Start with 0; a checksum over several pieces passes
// each result on to the next call. Uses the processor's instruction where there is one.
[[nodiscard]] std::uint32_t crc32c(std::uint32_t crc, const void *data, std::size_t size);

// The same without special instructions; for tests and for processors that have none.
[[nodiscard]] std::uint32_t crc32cPortable(std::uint32_t crc, const void *data, std::size_t size);

} // namespace Weave
