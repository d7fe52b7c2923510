#pragma once

#include "common/jsonkinds.h"

#include <array>
#include <cstddef>
#include <cstdint>

// For JsonPlaces alone: whether a block of 64 bytes goes on with good UTF-8. JavaScript sends text
// as it is, and looked at character by character, a line of 8 KiB of Chinese took 14 µs; by blocks
// 1.5 with AVX-512 and 2 with AVX2.
namespace Weave {

#if defined(__SSE2__)

// Which neighbours cannot be, by the upper and lower four bits of the first and the upper ones of
// the second: what all three look-ups have in common is wrong. The idea is Keiser's and Lemire's
// (Validating UTF-8 In Less Than One Instruction Per Byte, 2021).
struct JsonUtf8Mistake
{
    // Sets of four-bit numbers.
    static constexpr unsigned setOf(unsigned from, unsigned to)
    {
        return (2U << to) - (1U << from);
    }
    static constexpr unsigned any() { return setOf(0, 15); }
    static constexpr unsigned continuing() { return setOf(8, 11); }

    unsigned upperOfFirst;
    unsigned lowerOfFirst;
    unsigned upperOfSecond;
};

constexpr std::array<JsonUtf8Mistake, 8> jsonUtf8Mistakes()
{
    using M = JsonUtf8Mistake;
    return {{
        {M::setOf(12, 15), M::any(), M::any() & ~M::continuing()}, // a character ends too early
        {M::setOf(0, 7), M::any(), M::continuing()}, // one goes on that has not begun
        {M::setOf(12, 12), M::setOf(0, 1), M::continuing()}, // two bytes for one
        {M::setOf(14, 14), M::setOf(0, 0), M::setOf(8, 9)}, // three for two
        {M::setOf(14, 14), M::setOf(13, 13), M::setOf(10, 11)}, // a surrogate
        {M::setOf(15, 15), M::setOf(4, 15), M::setOf(9, 11)}, // beyond U+10FFFF
        {M::setOf(15, 15), M::setOf(0, 0) | M::setOf(5, 15),
         M::setOf(8, 8)}, // four for three, or beyond
        // The highest bit: good for the third and fourth byte of a character, and only for those.
        {M::continuing(), M::any(), M::continuing()},
    }};
}

constexpr std::array<char, 16> jsonUtf8Table(unsigned JsonUtf8Mistake::*part)
{
    std::array<char, 16> bytes{};
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        unsigned bits = 0;
        for (unsigned bit = 1; const JsonUtf8Mistake &mistake : jsonUtf8Mistakes()) {
            bits |= (mistake.*part >> i & 1U) * bit;
            bit *= 2;
        }
        bytes[i] = static_cast<char>(bits);
    }
    return bytes;
}

class JsonUtf8
{
public:
    // So many bytes in front of the block are looked at, and must be there.
    static constexpr std::ptrdiff_t BytesBefore = 3;

    // Whether the block's characters are good, but for one that goes on behind it.
    WEAVE_AVX2 static bool isGoodAvx2(const char *block)
    {
        const __m256i left = _mm256_or_si256(mistakesAvx2(block), mistakesAvx2(block + 32));
        return _mm256_testz_si256(left, left) != 0;
    }
    WEAVE_AVX512 static bool isGoodAvx512(const char *block)
    {
        const __m512i left = mistakesAvx512(block);
        return _mm512_test_epi8_mask(left, left) == 0;
    }

    // A bit where that one begins.
    static std::uint64_t unfinished(const char *block)
    {
        const auto at = [block](std::size_t i) { return static_cast<unsigned char>(block[i]); };
        return std::uint64_t{at(63) >= 0xC0} << 63U | std::uint64_t{at(62) >= 0xE0} << 62U
            | std::uint64_t{at(61) >= 0xF0} << 61U;
    }

private:
    using Table = std::array<char, 16>;
    alignas(16) static constexpr Table UpperOfFirst = jsonUtf8Table(&JsonUtf8Mistake::upperOfFirst);
    alignas(16) static constexpr Table LowerOfFirst = jsonUtf8Table(&JsonUtf8Mistake::lowerOfFirst);
    alignas(16) static constexpr Table UpperOfSecond =
        jsonUtf8Table(&JsonUtf8Mistake::upperOfSecond);

    static constexpr char LowerBits = 0x0F;
    static constexpr char HighestBit = '\x80';
    // Less these, a byte keeps its highest bit when it begins three bytes or more, and four.
    static constexpr char BelowThree = 0xE0 - 0x80;
    static constexpr char BelowFour = 0xF0 - 0x80;

    WEAVE_AVX2 static __m256i findAvx2(const Table &table, __m256i numbers)
    {
        const __m128i once = _mm_load_si128(reinterpret_cast<const __m128i *>(table.data()));
        return _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(once), numbers);
    }

    WEAVE_AVX2 static __m256i mistakesAvx2(const char *bytes)
    {
        const __m256i lowerBits = _mm256_set1_epi8(LowerBits);
        const __m256i first = JsonAvx2::load(bytes - 1);
        const __m256i second = JsonAvx2::load(bytes);
        const __m256i upperOfFirst = _mm256_and_si256(_mm256_srli_epi16(first, 4), lowerBits);
        const __m256i lowerOfFirst = _mm256_and_si256(first, lowerBits);
        const __m256i upperOfSecond = _mm256_and_si256(_mm256_srli_epi16(second, 4), lowerBits);
        const __m256i wrong =
            _mm256_and_si256(_mm256_and_si256(findAvx2(UpperOfFirst, upperOfFirst),
                                              findAvx2(LowerOfFirst, lowerOfFirst)),
                             findAvx2(UpperOfSecond, upperOfSecond));
        const __m256i goesOn = _mm256_or_si256(
            _mm256_subs_epu8(JsonAvx2::load(bytes - 2), _mm256_set1_epi8(BelowThree)),
            _mm256_subs_epu8(JsonAvx2::load(bytes - 3), _mm256_set1_epi8(BelowFour)));
        return _mm256_xor_si256(wrong, _mm256_and_si256(goesOn, _mm256_set1_epi8(HighestBit)));
    }

    WEAVE_AVX512 static __m512i findAvx512(const Table &table, __m512i numbers)
    {
        return _mm512_shuffle_epi8(JsonAvx512::table(table.data()), numbers);
    }

    WEAVE_AVX512 static __m512i mistakesAvx512(const char *bytes)
    {
        const __m512i lowerBits = _mm512_set1_epi8(LowerBits);
        const __m512i first = _mm512_loadu_si512(bytes - 1);
        const __m512i second = _mm512_loadu_si512(bytes);
        const __m512i upperOfFirst = _mm512_and_si512(_mm512_srli_epi16(first, 4), lowerBits);
        const __m512i lowerOfFirst = _mm512_and_si512(first, lowerBits);
        const __m512i upperOfSecond = _mm512_and_si512(_mm512_srli_epi16(second, 4), lowerBits);
        const __m512i wrong =
            _mm512_and_si512(_mm512_and_si512(findAvx512(UpperOfFirst, upperOfFirst),
                                              findAvx512(LowerOfFirst, lowerOfFirst)),
                             findAvx512(UpperOfSecond, upperOfSecond));
        const __m512i goesOn = _mm512_or_si512(
            _mm512_subs_epu8(_mm512_loadu_si512(bytes - 2), _mm512_set1_epi8(BelowThree)),
            _mm512_subs_epu8(_mm512_loadu_si512(bytes - 3), _mm512_set1_epi8(BelowFour)));
        return _mm512_xor_si512(wrong, _mm512_and_si512(goesOn, _mm512_set1_epi8(HighestBit)));
    }
};

#endif

} // namespace Weave
