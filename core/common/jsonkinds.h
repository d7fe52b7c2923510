#pragma once

#include "common/jsonplaces.h"
#include "common/vectorintrinsics.h"

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <numeric>
#include <string_view>

#if defined(__aarch64__)
#include <arm_neon.h>
#endif

// For JsonPlaces alone: what kinds of bytes a block of 64 has.
namespace Weave {

// A bit for each of a block's bytes, the lowest for the first. Inside of a string only the first
// three matter, and most blocks are: the others are found apart from them.
struct JsonKinds
{
    std::uint64_t quotes = 0;
    std::uint64_t backslashes = 0;
    std::uint64_t special = 0; // control characters, white space too, and what is not ASCII
    std::uint64_t structure = 0; // {}[]:,
    std::uint64_t spaces = 0;
};

// From each opening quote to the byte before its closing one: a bit of the result says whether the
// number of bits up to there is odd.
inline std::uint64_t jsonInsides(std::uint64_t quotes)
{
    quotes ^= quotes << 1U;
    quotes ^= quotes << 2U;
    quotes ^= quotes << 4U;
    quotes ^= quotes << 8U;
    quotes ^= quotes << 16U;
    return quotes ^ quotes << 32U;
}

// For every processor: 16 bytes at a time, in the vectors that gcc and clang know on all of them.
// Eight bytes at a time in an ordinary register take three times as long.
class JsonVectors
{
public:
    static JsonKinds insideKinds(const char *block)
    {
        Masks quotes;
        Masks backslashes;
        Masks special;
        for (std::size_t i = 0; i < quotes.size(); ++i) {
            const Vector bytes = load(block, i);
            quotes[i] = bytes == all('"');
            backslashes[i] = bytes == all('\\');
            special[i] = bytes < all(' '); // as signed numbers: what is not ASCII, too
        }
        return {bits(quotes), bits(backslashes), bits(special)};
    }

    static void addOutsideKinds(const char *block, JsonKinds &kinds)
    {
        Masks structure;
        Masks spaces;
        for (std::size_t i = 0; i < structure.size(); ++i) {
            const Vector bytes = load(block, i);
            const Vector folded = bytes | all(' '); // [ and ] become { and }
            structure[i] = (folded == all('{')) | (folded == all('}')) | (bytes == all(':'))
                | (bytes == all(','));
            spaces[i] = (bytes == all(' ')) | (bytes == all('\t')) | (bytes == all('\n'))
                | (bytes == all('\r'));
        }
        kinds.structure = bits(structure);
        kinds.spaces = bits(spaces);
    }

private:
    using Vector [[gnu::vector_size(16)]] = signed char;
    using Masks = std::array<Vector, JsonPlaces::BlockBytes / sizeof(Vector)>;

    static Vector all(signed char c) { return Vector{} + c; }

    static Vector load(const char *block, std::size_t index)
    {
        Vector bytes;
        std::memcpy(&bytes, block + index * sizeof bytes, sizeof bytes);
        return bytes;
    }

    // A bit for each byte of the masks, all of whose bits are the same.
    static std::uint64_t bits(const Masks &masks)
    {
#if defined(WEAVE_JSON_PLAIN)
        return plainBits(masks);
#elif defined(__SSE2__)
        const auto sixteen = [](Vector mask) {
            return std::uint64_t{
                static_cast<unsigned>(_mm_movemask_epi8(reinterpret_cast<__m128i>(mask)))};
        };
        return sixteen(masks[0]) | sixteen(masks[1]) << 16U | sixteen(masks[2]) << 32U
            | sixteen(masks[3]) << 48U;
#elif defined(__aarch64__)
        constexpr Vector EachBit = {1, 2, 4, 8, 16, 32, 64, -128, 1, 2, 4, 8, 16, 32, 64, -128};
        const auto eachBit = [](Vector mask) {
            return reinterpret_cast<uint8x16_t>(mask & EachBit);
        };
        uint8x16_t sums = vpaddq_u8(vpaddq_u8(eachBit(masks[0]), eachBit(masks[1])),
                                    vpaddq_u8(eachBit(masks[2]), eachBit(masks[3])));
        sums = vpaddq_u8(sums, sums);
        return vgetq_lane_u64(vreinterpretq_u64_u8(sums), 0);
#else
        return plainBits(masks);
#endif
    }

    [[maybe_unused]] static std::uint64_t plainBits(const Masks &masks)
    {
        std::array<std::uint64_t, JsonPlaces::BlockBytes / sizeof(std::uint64_t)> words;
        static_assert(sizeof words == sizeof masks);
        std::memcpy(words.data(), masks.data(), sizeof words);
        std::uint64_t bits = 0;
        for (std::size_t i = 0; i < words.size(); ++i) {
            // The bytes' lowest bits side by side, the first byte's lowest.
            constexpr bool IsLittle = std::endian::native == std::endian::little;
            constexpr std::uint64_t Gather = IsLittle ? 0x0102040810204080 : 0x8040201008040201;
            bits |= ((words[i] & 0x0101010101010101) * Gather >> 56U) << 8U * i;
        }
        return bits;
    }
};

#if defined(__SSE2__)

#define WEAVE_AVX2 [[gnu::target("avx2,bmi,pclmul,popcnt")]]
#define WEAVE_AVX512 [[gnu::target("avx512bw,avx512vbmi,avx512vbmi2,bmi,pclmul,popcnt")]]
#define WEAVE_AVX512_LAMBDA                                                                        \
    __attribute__((target("avx512bw,avx512vbmi,avx512vbmi2,bmi,pclmul,popcnt")))

constexpr std::array<char, 32> jsonLookupOf(std::string_view chars)
{
    std::array<char, 32> bytes{};
    bytes.fill('\x7f');
    bytes[15] = bytes[31] = '\0'; // where 0x7f would belong
    for (const char c : chars)
        bytes[c & 15] = bytes[16 + (c & 15)] = c;
    return bytes;
}

// Of the backslashes that start escapes, those that a u and four hexadecimal digits do not follow
// in the same block. Python writes all text beyond ASCII that way: 8 KiB of it take 1.4 µs instead
// of 4.6.
constexpr std::uint64_t jsonDoubtfulUnicode(std::uint64_t starts, std::uint64_t us,
                                            std::uint64_t hexDigits)
{
    const std::uint64_t two = hexDigits & hexDigits >> 1U;
    return starts & ~(us >> 1U & two >> 2U & two >> 4U);
}

// What bytes are compared with; made once for many blocks.
struct JsonAvx2
{
    alignas(32) static constexpr std::array<char, 32> Structure = jsonLookupOf("{}:,");
    alignas(32) static constexpr std::array<char, 32> SimpleEscapes = jsonLookupOf("\"\\/fnt");
    alignas(32) static constexpr std::array<char, 32> Spaces = jsonLookupOf(" \t\n\r");

    WEAVE_AVX2 static __m256i load(const char *bytes)
    {
        return _mm256_loadu_si256(reinterpret_cast<const __m256i *>(bytes));
    }
    WEAVE_AVX2 static std::uint64_t bits(__m256i low, __m256i high)
    {
        return std::uint64_t{static_cast<unsigned>(_mm256_movemask_epi8(low))}
        | std::uint64_t{static_cast<unsigned>(_mm256_movemask_epi8(high))} << 32U;
    }
    // By the low four bits: what is found where it belongs is one of the table's.
    WEAVE_AVX2 static __m256i found(__m256i bytes, __m256i table)
    {
        return _mm256_cmpeq_epi8(bytes, _mm256_shuffle_epi8(table, bytes));
    }

    WEAVE_AVX2 JsonAvx2()
        : quote(kept(_mm256_set1_epi8('"'))),
          backslash(kept(_mm256_set1_epi8('\\'))),
          space(kept(_mm256_set1_epi8(' '))),
          structure(kept(load(Structure.data()))),
          spaces(kept(load(Spaces.data())))
    {
    }

    // The compiler is not to know what it is: it would make it anew for every block, which is 5 %
    // of the check of 8 KiB.
    WEAVE_AVX2 static __m256i kept(__m256i bytes)
    {
        asm("" : "+x"(bytes));
        return bytes;
    }

    WEAVE_AVX2 JsonKinds insideKinds(const char *block) const
    {
        const __m256i a = load(block);
        const __m256i b = load(block + 32);
        return {bits(_mm256_cmpeq_epi8(a, quote), _mm256_cmpeq_epi8(b, quote)),
                bits(_mm256_cmpeq_epi8(a, backslash), _mm256_cmpeq_epi8(b, backslash)),
                bits(_mm256_cmpgt_epi8(space, a), _mm256_cmpgt_epi8(space, b))};
    }

    // Of the backslashes that start escapes, those of which it is not certain that they are good.
    WEAVE_AVX2 std::uint64_t doubtfulEscapes(const char *block, std::uint64_t starts) const
    {
        const __m256i a = load(block);
        const __m256i b = load(block + 32);
        starts &= ~(bits(makesSimpleEscape(a), makesSimpleEscape(b)) >> 1U);
        if (starts == 0)
            return 0;
        const __m256i u = _mm256_set1_epi8('u');
        return jsonDoubtfulUnicode(starts, bits(_mm256_cmpeq_epi8(a, u), _mm256_cmpeq_epi8(b, u)),
                                   bits(isHexDigit(a), isHexDigit(b)));
    }

    // Behind a backslash; all but u.
    WEAVE_AVX2 static __m256i makesSimpleEscape(__m256i bytes)
    {
        const __m256i most = found(bytes, load(SimpleEscapes.data()));
        // Their lower four bits are those of the quote.
        const __m256i b = _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8('b'));
        const __m256i r = _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8('r'));
        return _mm256_or_si256(most, _mm256_or_si256(b, r));
    }

    WEAVE_AVX2 static __m256i isHexDigit(__m256i bytes)
    {
        return _mm256_or_si256(isBetween(bytes, '0', '9'),
                               isBetween(_mm256_or_si256(bytes, _mm256_set1_epi8(' ')), 'a', 'f'));
    }

    WEAVE_AVX2 static __m256i isBetween(__m256i bytes, char first, char last)
    {
        return _mm256_and_si256(
            _mm256_cmpgt_epi8(bytes, _mm256_set1_epi8(static_cast<char>(first - 1))),
            _mm256_cmpgt_epi8(_mm256_set1_epi8(static_cast<char>(last + 1)), bytes));
    }

    WEAVE_AVX2 static std::uint64_t beyondAscii(const char *block)
    {
        return bits(load(block), load(block + 32));
    }

    WEAVE_AVX2 void addOutsideKinds(const char *block, JsonKinds &kinds) const
    {
        const __m256i a = load(block);
        const __m256i b = load(block + 32);
        // [ and ] become { and }; two control characters change, too, but are errors everywhere.
        const __m256i foldedA = _mm256_or_si256(a, space);
        const __m256i foldedB = _mm256_or_si256(b, space);
        kinds.structure = bits(found(foldedA, structure), found(foldedB, structure));
        kinds.spaces = bits(found(a, spaces), found(b, spaces));
    }

    __m256i quote;
    __m256i backslash;
    __m256i space;
    __m256i structure;
    __m256i spaces;
};

// Processors of the last five years: 64 bytes at once. The check of a chat's line of 1 KiB takes
// 0.33 µs (JsonContainer's part in it), by AVX2 0.52, by SSE2 0.75; of 8 KiB 1.1, 1.8 and 2.6.
struct JsonAvx512
{
    WEAVE_AVX512 JsonAvx512()
        : quote(kept(_mm512_set1_epi8('"'))),
          backslash(kept(_mm512_set1_epi8('\\'))),
          space(kept(_mm512_set1_epi8(' '))),
          structure(kept(table(JsonAvx2::Structure.data()))),
          spaces(kept(table(JsonAvx2::Spaces.data()))),
          lowEscapes(_mm512_loadu_si512(Escapes.data())),
          highEscapes(_mm512_loadu_si512(Escapes.data() + 64)),
          numbers(kept(_mm512_loadu_si512(Numbers.data())))
    {
    }

    // The compiler is not to know what it is: it would make it anew for every block, in the one
    // unit of the processor that all the rest here needs.
    WEAVE_AVX512 static __m512i kept(__m512i bytes)
    {
        asm("" : "+v"(bytes));
        return bytes;
    }

    WEAVE_AVX512 static __m512i table(const char *bytes)
    {
        return _mm512_broadcast_i32x4(_mm_load_si128(reinterpret_cast<const __m128i *>(bytes)));
    }

    WEAVE_AVX512 JsonKinds insideKinds(const char *block) const
    {
        const __m512i bytes = _mm512_loadu_si512(block);
        return {_mm512_cmpeq_epi8_mask(bytes, quote), _mm512_cmpeq_epi8_mask(bytes, backslash),
                _mm512_cmplt_epi8_mask(bytes, space)};
    }

    WEAVE_AVX512 static std::uint64_t beyondAscii(const char *block)
    {
        return _mm512_movepi8_mask(_mm512_loadu_si512(block));
    }

    WEAVE_AVX512 void addOutsideKinds(const char *block, JsonKinds &kinds) const
    {
        const __m512i bytes = _mm512_loadu_si512(block);
        const __m512i folded = _mm512_or_si512(bytes, space);
        kinds.structure = _mm512_cmpeq_epi8_mask(folded, _mm512_shuffle_epi8(structure, folded));
        kinds.spaces = _mm512_cmpeq_epi8_mask(bytes, _mm512_shuffle_epi8(spaces, bytes));
    }

    // Of the backslashes that start escapes, those of which it is not certain that they are good.
    WEAVE_AVX512 std::uint64_t doubtfulEscapes(const char *block, std::uint64_t starts) const
    {
        const __m512i bytes = _mm512_loadu_si512(block);
        const __m512i found = _mm512_permutex2var_epi8(lowEscapes, bytes, highEscapes);
        // The look-up is by the lower seven bits.
        const std::uint64_t simple = _mm512_movepi8_mask(found) & ~_mm512_movepi8_mask(bytes);
        starts &= ~(simple >> 1U);
        if (starts == 0)
            return 0;
        const __m512i folded = _mm512_or_si512(bytes, space);
        const __m512i digit = _mm512_sub_epi8(bytes, _mm512_set1_epi8('0'));
        const __m512i letter = _mm512_sub_epi8(folded, _mm512_set1_epi8('a'));
        return jsonDoubtfulUnicode(starts, _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('u')),
                                   _mm512_cmplt_epu8_mask(digit, _mm512_set1_epi8(10))
                                       | _mm512_cmplt_epu8_mask(letter, _mm512_set1_epi8(6)));
    }

    // Writes where the bits are in the block, and the bytes there, in their order, and up to
    // JsonPlaces::BlockBytes more of both. bytes: the block, or a copy of it with room behind.
    WEAVE_AVX512 void list(std::uint64_t bits, const char *block, const char *bytes,
                           const char **out, char *outBytes) const
    {
        const __m512i base = _mm512_set1_epi64(reinterpret_cast<long long>(block));
        const auto listEight = [&](__m128i places, const char **to) WEAVE_AVX512_LAMBDA {
            _mm512_storeu_si512(to, _mm512_add_epi64(base, _mm512_cvtepu8_epi64(places)));
        };
        const __m512i places = _mm512_maskz_compress_epi8(bits, numbers);
        const __m512i found = _mm512_maskz_compress_epi8(bits, _mm512_loadu_si512(bytes));
        const __m128i first = _mm512_castsi512_si128(places);
        listEight(first, out);
        listEight(_mm_srli_si128(first, 8), out + 8);
        _mm_storeu_si128(reinterpret_cast<__m128i *>(outBytes), _mm512_castsi512_si128(found));
        if (std::popcount(bits) <= 16)
            return;
        _mm512_storeu_si512(outBytes, found);
        alignas(64) std::array<char, 64> all;
        _mm512_store_si512(all.data(), places);
        for (std::size_t i = 16; i < all.size(); i += 8)
            listEight(_mm_loadl_epi64(reinterpret_cast<const __m128i *>(all.data() + i)), out + i);
    }

    alignas(64) static constexpr std::array<char, 64> Numbers = [] {
        std::array<char, 64> numbers{};
        std::iota(numbers.begin(), numbers.end(), '\0');
        return numbers;
    }();
    static constexpr std::array<char, 128> Escapes = [] {
        std::array<char, 128> escapes{};
        for (const unsigned char c : std::string_view("\"\\/bfnrt"))
            escapes[c] = '\xff';
        return escapes;
    }();
    __m512i quote;
    __m512i backslash;
    __m512i space;
    __m512i structure;
    __m512i spaces;
    __m512i lowEscapes;
    __m512i highEscapes;
    __m512i numbers;
};

// A multiplication without carries by all ones does in one step what jsonInsides() does.
WEAVE_AVX2 inline std::uint64_t jsonInsidesAvx2(std::uint64_t quotes)
{
    const __m128i product = _mm_clmulepi64_si128(_mm_cvtsi64_si128(static_cast<long long>(quotes)),
                                                 _mm_set1_epi8('\xff'), 0);
    return static_cast<std::uint64_t>(_mm_cvtsi128_si64(product));
}

#endif

} // namespace Weave
