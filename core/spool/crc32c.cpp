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
// The instruction takes a word each cycle and answers after three. So three lanes are summed side
// by side, which takes half of the time for a call of 1 KiB; what a lane's sum becomes when the
// next lane's bytes follow it is looked up a byte at a time.
constexpr std::size_t LaneBytes = 256;

using ShiftTable = std::array<std::array<std::uint32_t, 256>, 4>;

constexpr ShiftTable makeShiftTable()
{
    ShiftTable table{};
    for (std::size_t i = 0; i < table.size(); ++i) {
        for (std::uint32_t bit = 1; bit < 256; bit *= 2) {
            std::uint32_t value = bit << (8 * i);
            for (std::size_t zero = 0; zero < LaneBytes; ++zero)
                value = (value >> 8U) ^ Table[value & 0xFFU];
            // A sum is linear: all others are made of those of single bits.
            for (std::uint32_t lower = 0; lower < bit; ++lower)
                table[i][bit + lower] = table[i][lower] ^ value;
        }
    }
    return table;
}

constexpr ShiftTable Shift = makeShiftTable();

std::uint64_t shifted(std::uint64_t value)
{
    return Shift[0][value & 0xFFU] ^ Shift[1][value >> 8U & 0xFFU] ^ Shift[2][value >> 16U & 0xFFU]
        ^ Shift[3][value >> 24U & 0xFFU];
}

std::uint64_t wordAt(const unsigned char *bytes)
{
    std::uint64_t word = 0;
    std::memcpy(&word, bytes, sizeof word);
    return word;
}

// Compiled for SSE4.2 alone, so that the rest of the program runs on any x86-64.
__attribute__((target("sse4.2"))) std::uint32_t crc32cSse42(std::uint32_t crc, const void *data,
                                                            std::size_t size)
{
    const auto *bytes = static_cast<const unsigned char *>(data);
    std::uint64_t value = ~crc;
    for (; size >= 3 * LaneBytes; size -= 3 * LaneBytes, bytes += 3 * LaneBytes) {
        std::uint64_t second = 0;
        std::uint64_t third = 0;
        for (std::size_t i = 0; i < LaneBytes; i += sizeof(std::uint64_t)) {
            value = _mm_crc32_u64(value, wordAt(bytes + i));
            second = _mm_crc32_u64(second, wordAt(bytes + LaneBytes + i));
            third = _mm_crc32_u64(third, wordAt(bytes + 2 * LaneBytes + i));
        }
        value = shifted(shifted(value) ^ second) ^ third;
    }
    for (; size >= 8; size -= 8, bytes += 8)
        value = _mm_crc32_u64(value, wordAt(bytes));
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
