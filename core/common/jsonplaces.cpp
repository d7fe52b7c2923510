#include "common/jsonplaces.h"

#include "common/jsonkinds.h"
#include "common/jsontext.h"
#include "common/jsonutf8.h"

#include <algorithm>
#include <bit>
#include <cstring>

// The newest instructions that may be used; tests ask for less, and with WEAVE_JSON_PLAIN for none
// beyond those that every processor has.
#if !defined(WEAVE_JSON_AVX)
#define WEAVE_JSON_AVX 512
#endif

namespace Weave {

namespace {

constexpr std::array<bool, 256> HexDigits = [] {
    std::array<bool, 256> digits{};
    for (const unsigned char c : std::string_view("0123456789abcdefABCDEF"))
        digits[c] = true;
    return digits;
}();

// What may stand behind a backslash besides u.
constexpr std::array<bool, 256> Escapes = [] {
    std::array<bool, 256> escapes{};
    for (const unsigned char c : std::string_view("\"\\/bfnrt"))
        escapes[c] = true;
    return escapes;
}();

bool isIn(const std::array<bool, 256> &table, char c)
{
    return table[static_cast<unsigned char>(c)];
}

// Of several backslashes in a row every second one is escaped itself. carry: 1 when the first byte
// is. Gives the bits of those that start an escape.
std::uint64_t findEscapes(std::uint64_t backslashes, std::uint64_t carry)
{
    const std::uint64_t left = backslashes & ~carry;
    // Subtracting a row from the bits behind its own, with those at odd places set, leaves every
    // second bit of the row changed, from its first one on; without a branch, because where text
    // has escapes cannot be guessed.
    constexpr std::uint64_t OddPlaces = 0xaaaaaaaaaaaaaaaa;
    return (((left << 1U | OddPlaces) - left) ^ OddPlaces) & left;
}

} // namespace

struct JsonPlaces::Padded
{
    [[gnu::noinline]] const char *fill(const char *begin, const char *end)
    {
        bytes.fill(' ');
        std::memcpy(bytes.data(), begin, static_cast<std::size_t>(end - begin));
        return bytes.data();
    }
    std::array<char, BlockBytes> bytes;
};

// The loop over blocks, with what it counts in registers: where it is compiled for a newer
// processor, all of this becomes a part of that.
struct JsonPlaces::Pass
{
    explicit Pass(JsonPlaces &places)
        : owner(places),
          block(places.m_block),
          out(places.m_last),
          full(places.m_list.data() + 1 + Full),
          escapeCarry(places.m_escapeCarry),
          insideCarry(places.m_insideCarry),
          otherCarry(places.m_otherCarry)
    {
    }

    [[gnu::always_inline]] bool hasBlock() const
    {
        return block < owner.m_end && out < full && !owner.m_errorText;
    }

    // The bytes of the block, at the end of the text with spaces behind it.
    [[gnu::always_inline]] const char *bytes(Padded &padded) const
    {
        return owner.m_end - block >= std::ptrdiff_t{BlockBytes} ? block
                                                                 : padded.fill(block, owner.m_end);
    }

    // Forgets quotes that are escaped, and gives where escapes start.
    [[gnu::always_inline]] std::uint64_t passOverEscaped(JsonKinds &kinds)
    {
        if ((kinds.backslashes | escapeCarry) == 0)
            return 0;
        const std::uint64_t starts = findEscapes(kinds.backslashes, escapeCarry);
        kinds.quotes &= ~(starts << 1U | escapeCarry);
        escapeCarry = starts >> 63U;
        return starts;
    }

    // Whether the block is a whole one with so much text in front of it.
    [[gnu::always_inline]] bool isAmidst(std::ptrdiff_t bytesBefore) const
    {
        return block - owner.m_begin >= bytesBefore
            && owner.m_end - block >= std::ptrdiff_t{BlockBytes};
    }

    // The block lies in the middle of a string: it has no places. In long texts most blocks do, and
    // passing over them early took a quarter from the check of a chat's line of 8 KiB.
    [[gnu::always_inline]] bool isInside(const JsonKinds &kinds) const
    {
        return insideCarry != 0 && kinds.quotes == 0;
    }

    [[gnu::always_inline]] void goOnInside(const JsonKinds &kinds, std::uint64_t unchecked)
    {
        if ((unchecked | kinds.special) != 0) {
            owner.m_block = block;
            owner.checkInside(unchecked, kinds.special);
        }
        block += BlockBytes;
    }

    // unchecked: starts of escapes of which nothing is known.
    // insides: of the quotes, see jsonInsides().
    [[gnu::always_inline]] std::uint64_t placesOf(const JsonKinds &kinds, std::uint64_t insides,
                                                  std::uint64_t unchecked)
    {
        const std::uint64_t inside = insides ^ insideCarry;
        insideCarry = std::uint64_t{0} - (inside >> 63U);
        const std::uint64_t other = ~(kinds.structure | kinds.spaces | kinds.quotes | inside);
        const std::uint64_t begins = other & ~(other << 1U | otherCarry);
        otherCarry = other >> 63U;
        std::uint64_t places = (kinds.structure & ~inside) | (kinds.quotes & inside) | begins;
        if (((unchecked | kinds.special) & inside) != 0) {
            owner.m_block = block;
            owner.checkInside(unchecked & inside, kinds.special & inside);
            places = owner.beforeError(places);
        }
        return places;
    }

    // Most blocks have fewer places than are listed without a look at how many there are.
    [[gnu::always_inline]] void list(std::uint64_t places)
    {
        constexpr int AtOnce = 12;
        const int count = std::popcount(places);
#pragma GCC unroll 12
        for (int i = 0; i < AtOnce; ++i) {
            out[i] = block + std::countr_zero(places);
            places &= places - 1;
        }
        for (int i = AtOnce; i < count; ++i) {
            out[i] = block + std::countr_zero(places);
            places &= places - 1;
        }
    }

    [[gnu::always_inline]] void goOn(std::uint64_t places)
    {
        out += std::popcount(places);
        block += BlockBytes;
    }

    [[gnu::always_inline]] void end()
    {
        owner.m_block = std::min(block, owner.m_end);
        owner.m_last = out;
        owner.m_escapeCarry = escapeCarry;
        owner.m_insideCarry = insideCarry;
        owner.m_otherCarry = otherCarry;
    }

    JsonPlaces &owner;
    const char *block;
    const char **out;
    const char *const *const full;
    std::uint64_t escapeCarry;
    std::uint64_t insideCarry;
    std::uint64_t otherCarry;
};

JsonPlaces::JsonPlaces(std::string_view text)
    : m_begin(text.data()),
      m_block(text.data()),
      m_end(text.data() + text.size()),
      m_first(m_list.data() + 1),
      m_last(m_list.data() + 1),
      m_utf8End(text.data())
{
    m_list[0] = text.data();
    refill(m_first);
}

void JsonPlaces::fillAny()
{
    Padded padded;
    Pass pass(*this);
    while (pass.hasBlock()) {
        const char *bytes = pass.bytes(padded);
        JsonKinds kinds = JsonVectors::insideKinds(bytes);
        const std::uint64_t escapes = pass.passOverEscaped(kinds);
        if (pass.isInside(kinds)) {
            pass.goOnInside(kinds, escapes);
            continue;
        }
        JsonVectors::addOutsideKinds(bytes, kinds);
        const std::uint64_t places = pass.placesOf(kinds, jsonInsides(kinds.quotes), escapes);
        pass.list(places);
        pass.goOn(places);
    }
    pass.end();
}

#if defined(__SSE2__)

WEAVE_AVX2 void JsonPlaces::fillAvx2()
{
    const JsonAvx2 finder;
    Padded padded;
    Pass pass(*this);
    while (pass.hasBlock()) {
        const char *bytes = pass.bytes(padded);
        JsonKinds kinds = finder.insideKinds(bytes);
        if (kinds.special != 0 && pass.isAmidst(JsonUtf8::BytesBefore)
            && JsonUtf8::isGoodAvx2(bytes))
            kinds.special &= ~finder.beyondAscii(bytes) | JsonUtf8::unfinished(bytes);
        std::uint64_t escapes = pass.passOverEscaped(kinds);
        if (escapes != 0)
            escapes = finder.doubtfulEscapes(bytes, escapes);
        if (pass.isInside(kinds)) {
            pass.goOnInside(kinds, escapes);
            continue;
        }
        finder.addOutsideKinds(bytes, kinds);
        const std::uint64_t places = pass.placesOf(kinds, jsonInsidesAvx2(kinds.quotes), escapes);
        pass.list(places);
        pass.goOn(places);
    }
    pass.end();
}

WEAVE_AVX512 void JsonPlaces::fillAvx512()
{
    const JsonAvx512 finder;
    Padded padded;
    Pass pass(*this);
    while (pass.hasBlock()) {
        const char *bytes = pass.bytes(padded);
        JsonKinds kinds = finder.insideKinds(bytes);
        if (kinds.special != 0 && pass.isAmidst(JsonUtf8::BytesBefore)
            && JsonUtf8::isGoodAvx512(bytes))
            kinds.special &= ~finder.beyondAscii(bytes) | JsonUtf8::unfinished(bytes);
        std::uint64_t escapes = pass.passOverEscaped(kinds);
        if (escapes != 0)
            escapes = finder.doubtfulEscapes(bytes, escapes);
        if (pass.isInside(kinds)) {
            pass.goOnInside(kinds, escapes);
            continue;
        }
        finder.addOutsideKinds(bytes, kinds);
        const std::uint64_t places = pass.placesOf(kinds, jsonInsidesAvx2(kinds.quotes), escapes);
        finder.list(places, pass.block, bytes, pass.out, m_bytes.data() + indexOf(pass.out));
        pass.goOn(places);
    }
    pass.end();
}

#endif

bool JsonPlaces::refill(const char *const *first)
{
#if defined(__SSE2__)
    static const bool hasAvx2 = WEAVE_JSON_AVX >= 2 && __builtin_cpu_supports("avx2")
        && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("pclmul")
        && __builtin_cpu_supports("popcnt");
    static const bool hasAvx512 = WEAVE_JSON_AVX >= 512 && hasAvx2
        && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vbmi")
        && __builtin_cpu_supports("avx512vbmi2");
    m_hasBytes = hasAvx512;
    static const auto fill = hasAvx512 ? &JsonPlaces::fillAvx512
        : hasAvx2                      ? &JsonPlaces::fillAvx2
                                       : &JsonPlaces::fillAny;
#else
    constexpr auto fill = &JsonPlaces::fillAny;
#endif
    // With the one before: it may be the opening quote of a string that is not closed.
    if (m_hasBytes)
        std::memmove(m_bytes.data(), bytesAt(first) - 1,
                     static_cast<std::size_t>(m_last - first) + 1);
    m_last = std::copy(first - 1, static_cast<const char *const *>(m_last), m_list.data());
    const char *const *const old = m_last;
    (this->*fill)();
    if (m_block == m_end && m_insideCarry != 0 && !m_errorText)
        fail("a string is not closed", m_last[-1], m_end);
    std::fill_n(m_last, Lookahead, sentinel());
    return m_last != old;
}

void JsonPlaces::checkInside(std::uint64_t escapeStarts, std::uint64_t special)
{
    checkEscapes(escapeStarts);
    checkSpecial(special);
}

std::uint64_t JsonPlaces::beforeError(std::uint64_t places) const
{
    return m_errorText ? places & ((std::uint64_t{1} << (m_errorFrom - m_block)) - 1) : places;
}

void JsonPlaces::checkEscapes(std::uint64_t starts)
{
    for (; starts != 0; starts &= starts - 1) {
        const char *place = m_block + std::countr_zero(starts);
        const auto left = m_end - place;
        const char kind = left < 2 ? '\0' : place[1];
        if (left < 2 || (kind == 'u' && left < 6))
            return fail("the text ends too early", m_end, place);
        if (kind == 'u') {
            if (!std::all_of(place + 2, place + 6, [](char c) { return isIn(HexDigits, c); }))
                return fail("\\u is not followed by four hexadecimal digits", place, place);
        } else if (!isIn(Escapes, kind)) {
            return fail("an unknown escape in a string", place, place);
        }
    }
}

// Control characters are errors. Text beyond ASCII comes in runs: from its first byte on, as far
// as it goes in this block.
void JsonPlaces::checkSpecial(std::uint64_t special)
{
    while (special != 0) {
        const char *place = m_block + std::countr_zero(special);
        if (static_cast<signed char>(*place) >= 0)
            return fail("a control character in a string is not escaped", place, place);
        while (place != m_end && place - m_block < std::ptrdiff_t{BlockBytes}
               && static_cast<signed char>(*place) < 0 && place >= m_utf8End) {
            const std::size_t length = utf8SequenceLength(place, m_end);
            if (length == 0)
                return fail("invalid UTF-8", place, std::min(place, m_block + BlockBytes - 1));
            place += length;
            m_utf8End = place;
        }
        if (m_utf8End - m_block >= std::ptrdiff_t{BlockBytes})
            return;
        special &= ~std::uint64_t{0} << (m_utf8End - m_block);
    }
}

// The first error counts; what lies before it is good and is listed.
void JsonPlaces::fail(const char *text, const char *place, const char *from)
{
    if (m_errorText && m_errorFrom <= from)
        return;
    m_errorText = text;
    m_errorPlace = place;
    m_errorFrom = from;
}

} // namespace Weave
