#include "common/jsonplaces.h"

#include "common/jsonkinds.h"
#include "common/jsontext.h"

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

bool isHexDigit(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

// Of several backslashes in a row every second one is escaped itself. They are few, so one by one
// is fast enough. Gives the bits of those that start an escape, and of the bytes behind those.
std::uint64_t findEscapes(std::uint64_t backslashes, std::uint64_t carry, std::uint64_t &escaped)
{
    escaped = carry;
    std::uint64_t starts = 0;
    for (std::uint64_t left = backslashes & ~escaped; left != 0;) {
        const std::uint64_t start = left & -left;
        starts |= start;
        escaped |= start << 1U;
        left &= ~(start | start << 1U);
    }
    return starts;
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

    [[gnu::always_inline]] void passOverEscaped(JsonKinds &kinds)
    {
        escapeStarts = 0;
        if ((kinds.backslashes | escapeCarry) == 0)
            return;
        std::uint64_t escaped = 0;
        escapeStarts = findEscapes(kinds.backslashes, escapeCarry, escaped);
        escapeCarry = escapeStarts >> 63U;
        kinds.quotes &= ~escaped;
    }

    // insides: of the quotes, see jsonInsides().
    [[gnu::always_inline]] std::uint64_t placesOf(const JsonKinds &kinds, std::uint64_t insides)
    {
        const std::uint64_t inside = insides ^ insideCarry;
        insideCarry = std::uint64_t{0} - (inside >> 63U);
        const std::uint64_t other = ~(kinds.structure | kinds.spaces | kinds.quotes | inside);
        const std::uint64_t begins = other & ~(other << 1U | otherCarry);
        otherCarry = other >> 63U;
        std::uint64_t places = (kinds.structure & ~inside) | (kinds.quotes & inside) | begins;
        if (((escapeStarts | kinds.special) & inside) != 0) {
            owner.m_block = block;
            places = owner.checkInside(places, escapeStarts & inside, kinds.special & inside);
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
    std::uint64_t escapeStarts = 0;
    std::uint64_t escapeCarry;
    std::uint64_t insideCarry;
    std::uint64_t otherCarry;
};

JsonPlaces::JsonPlaces(std::string_view text)
    : m_block(text.data()),
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
        JsonKinds kinds = JsonVectors::kindsOf(pass.bytes(padded));
        pass.passOverEscaped(kinds);
        const std::uint64_t places = pass.placesOf(kinds, jsonInsides(kinds.quotes));
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
        JsonKinds kinds = finder.kindsOf(pass.bytes(padded));
        pass.passOverEscaped(kinds);
        const std::uint64_t places = pass.placesOf(kinds, jsonInsidesAvx2(kinds.quotes));
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
        JsonKinds kinds = finder.kindsOf(bytes);
        pass.passOverEscaped(kinds);
        const std::uint64_t places = pass.placesOf(kinds, jsonInsidesAvx2(kinds.quotes));
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

std::uint64_t JsonPlaces::checkInside(std::uint64_t places, std::uint64_t escapeStarts,
                                      std::uint64_t special)
{
    checkEscapes(escapeStarts);
    checkSpecial(special);
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
            if (!std::all_of(place + 2, place + 6, isHexDigit))
                return fail("\\u is not followed by four hexadecimal digits", place, place);
        } else if (std::string_view("\"\\/bfnrt").find(kind) == std::string_view::npos) {
            return fail("an unknown escape in a string", place, place);
        }
    }
}

// Control characters are errors. Text beyond ASCII comes in runs: from its first byte on, as far
// as it goes.
void JsonPlaces::checkSpecial(std::uint64_t special)
{
    while (special != 0) {
        const char *place = m_block + std::countr_zero(special);
        if (static_cast<signed char>(*place) >= 0)
            return fail("a control character in a string is not escaped", place, place);
        while (place != m_end && static_cast<signed char>(*place) < 0 && place >= m_utf8End) {
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
