#include "common/jsoncontainer.h"

#include "common/jsoncursor.h"
#include "common/jsonkinds.h"

#include <bit>

namespace Weave {

#if defined(__SSE2__)

namespace {

// What a place can be, a bit for each, so that what may follow is a set.
enum Kind : unsigned char {
    Scalar = 1,
    OpenObject = 2,
    CloseObject = 4,
    OpenArray = 8,
    CloseArray = 16,
    Colon = 32,
    Comma = 64,
    String = 128,
};

using AsciiTable = std::array<unsigned char, 128>;

constexpr AsciiTable Kinds = [] {
    AsciiTable kinds{};
    kinds.fill(Scalar);
    kinds['{'] = OpenObject;
    kinds['}'] = CloseObject;
    kinds['['] = OpenArray;
    kinds[']'] = CloseArray;
    kinds[':'] = Colon;
    kinds[','] = Comma;
    kinds['"'] = String;
    return kinds;
}();

// What may come behind a place, whatever it is in. The rest depends on the container.
constexpr AsciiTable Followers = [] {
    constexpr unsigned char Values = Scalar | OpenObject | OpenArray | String;
    constexpr unsigned char BehindValue = Comma | CloseObject | CloseArray;
    AsciiTable followers{};
    followers.fill(BehindValue);
    followers['{'] = String | CloseObject;
    followers['['] = Values | CloseArray;
    followers[':'] = Values;
    followers[','] = Values;
    followers['"'] = BehindValue | Colon;
    return followers;
}();

struct Table
{
    WEAVE_AVX512 explicit Table(const AsciiTable &table)
        : low(_mm512_loadu_si512(table.data())),
          high(_mm512_loadu_si512(table.data() + 64))
    {
    }
    // For ASCII; of other bytes the upper bit is ignored.
    WEAVE_AVX512 __m512i operator[](__m512i bytes) const
    {
        return _mm512_permutex2var_epi8(low, bytes, high);
    }
    __m512i low;
    __m512i high;
};

WEAVE_AVX512 inline std::uint64_t equals(__m512i bytes, char byte)
{
    return _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8(byte));
}

} // namespace

// A bit for each place of a group, the lowest for the first.
struct JsonContainer::Group
{
    WEAVE_AVX512 Group(const char *bytes, const Table &kinds, const Table &followers)
    {
        const __m512i before = _mm512_loadu_si512(bytes - 1);
        const __m512i here = _mm512_loadu_si512(bytes);
        const __m512i next = _mm512_loadu_si512(bytes + 1);
        const __m512i second = _mm512_loadu_si512(bytes + 2);
        const std::uint64_t openObjects = equals(here, '{');
        const std::uint64_t closeObjects = equals(here, '}');
        const std::uint64_t strings = equals(here, '"');
        const std::uint64_t beforeColon = equals(second, ':');
        commas = equals(here, ',');
        opens = openObjects | equals(here, '[');
        brackets = opens | closeObjects | equals(here, ']');
        objects = openObjects | closeObjects;
        keys = strings & equals(next, ':');
        keyed = commas & equals(next, '"') & beforeColon;
        scalars = ~(brackets | commas | strings | equals(here, ':'));
        wrong = _mm512_testn_epi8_mask(followers[here], kinds[next]) // cannot follow each other
            | (openObjects & ~(equals(next, '}') | beforeColon))
            | (keys & ~(equals(before, '{') | equals(before, ',')))
            | _mm512_movepi8_mask(here); // not ASCII
    }

    std::uint64_t commas;
    std::uint64_t keyed; // commas with a key behind them
    std::uint64_t opens;
    std::uint64_t brackets;
    std::uint64_t objects; // their brackets
    std::uint64_t keys;
    std::uint64_t scalars;
    std::uint64_t wrong; // whatever they are in
};

// Between two brackets all is in the same container, so it is enough to look at those one by one;
// without a branch on their kind, because it can hardly be guessed.
WEAVE_AVX512 bool JsonContainer::check(const char *bytes, std::size_t count, std::size_t maxDepth)
{
    constexpr std::uint64_t All = ~std::uint64_t{0};
    const Table kinds(Kinds);
    const Table followers(Followers);
    // What the places are in, by depth: all ones for an object, zeros for an array. Setting all of
    // it would cost more than most containers do.
    std::array<std::uint64_t, JsonCursor::MaxDepth + 2> around;
    around[0] = 0;
    std::size_t depth = 0;
    std::uint64_t inObject = 0;
    std::uint64_t mismatches = 0; // of brackets
    for (std::size_t at = 0; at < count; at += GroupPlaces) {
        const Group group(bytes + at, kinds, followers);
        const std::size_t left = count - at;
        const std::uint64_t listed = left >= GroupPlaces ? All : (std::uint64_t{1} << left) - 1;
        std::uint64_t wrong = group.wrong & listed;
        std::uint64_t keys = 0;
        std::uint64_t rest = listed; // behind the last bracket
        std::uint64_t brackets = group.brackets & listed;
        for (;;) {
            const std::uint64_t bit = brackets & -brackets;
            const std::uint64_t stretch = rest & (bit - 1); // all that is left, without a bracket
            // In an object each comma has a key behind it, in an array none.
            wrong |= group.commas & (group.keyed ^ inObject) & stretch;
            keys |= depth == 1 ? group.keys & stretch : 0;
            if (brackets == 0)
                break;
            brackets ^= bit;
            rest &= ~(bit | stretch);
            const std::uint64_t isObject = (group.objects & bit) != 0 ? All : 0;
            const bool opens = (group.opens & bit) != 0;
            mismatches |= opens ? 0 : isObject ^ inObject;
            around[depth + 1] = isObject;
            depth += opens ? 1 : All;
            inObject = around[depth];
            if (depth == 0) {
                m_scalars[at / GroupPlaces] = group.scalars & (bit - 1);
                m_keys[at / GroupPlaces] = keys;
                m_places = at + static_cast<std::size_t>(std::countr_zero(bit)) + 1;
                return (wrong & (bit - 1)) == 0 && mismatches == 0;
            }
            if (depth > maxDepth)
                return false;
        }
        if (wrong != 0 || mismatches != 0)
            return false;
        m_scalars[at / GroupPlaces] = group.scalars & listed;
        m_keys[at / GroupPlaces] = keys;
    }
    return false; // it does not end here
}

#else

bool JsonContainer::check(const char *, std::size_t, std::size_t)
{
    return false;
}

#endif

} // namespace Weave
