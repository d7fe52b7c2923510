#include "spool/crc32c.h"

#include <array>
#include <cstring>

#if defined(__x86_64__)
#include <nmmintrin.h>
#endif

namespace Weave {

namespace {

constexpr std::uint32_t Polynomial = 0x82F63B78U; // reflected

constexpr std::array<std::uint32_t, 256> makeTable()
{
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t i = 0; i < table.size(); ++i) {
        std::uint32_t value = i;
        for (int bit = 0; bit < 8; ++bit)
            value = (value >> 1U) ^ ((value & 1U) != 0 ? Polynomial : 0U);
        table[i] = value;
    }
    return table;
}

constexpr std::array<std::uint32_t, 256> Table = makeTable();

#if defined(__x86_64__)
// Compiled for SSE4.2 alone, so that the rest of the program runs on any x86-64.
__attribute__((target("sse4.2"))) std::uint32_t crc32cSse42(std::uint32_t crc, const void *data,
                                                            std::size_t size)
{
    const auto *bytes = static_cast<const unsigned char *>(data);
    std::uint64_t value = ~crc;
    for (; size >= 8; size -= 8, bytes += 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, bytes, sizeof word);
        value = _mm_crc32_u64(value, word);
    }
    auto narrow = static_cast<std::uint32_t>(value);
    for (; size > 0; --size, ++bytes)
        narrow = _mm_crc32_u8(narrow, *bytes);
    return ~narrow;
}
#endif

using Function = std::uint32_t (*)(std::uint32_t, const void *, std::size_t);

Function chooseFunction()
{
#if defined(__x86_64__)
    if (__builtin_cpu_supports("sse4.2"))
        return crc32cSse42;
#endif
    return crc32cPortable;
}

} // namespace

std::uint32_t crc32cPortable(std::uint32_t crc, const void *data, std::size_t size)
{
    const auto *bytes = static_cast<const unsigned char *>(data);
    std::uint32_t value = ~crc;
    for (; size > 0; --size, ++bytes)
        value = (value >> 8U) ^ Table[(value ^ *bytes) & 0xFFU];
    return ~value;
}

std::uint32_t crc32c(std::uint32_t crc, const void *data, std::size_t size)
{
    static const Function function = chooseFunction();
    return function(crc, data, size);
}

} // namespace Weave
