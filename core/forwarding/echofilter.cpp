#include "forwarding/echofilter.h"

#include "common/jsoncursor.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

namespace Weave {

namespace {

// Every echo of MinEcho bytes has a gram of these in it that begins at a multiple of Stride in the
// payload, so three of four places of the payload need not be looked at.
constexpr std::size_t GramBytes = 8;
constexpr std::size_t Stride = 4;
constexpr std::size_t MinEcho = 12;
static_assert(GramBytes + Stride - 1 <= MinEcho);

// Short gaps between blanked parts are escapes, which differ from what they stand for.
constexpr std::size_t MaxGap = 3;

// Words and payloads can be made so that nearly everything nearly matches. Then all is blanked.
constexpr std::uint64_t MaxSteps = 20'000'000;

constexpr std::string_view Blank = "[...]";

constexpr std::array<std::string_view, 4> Names{"id", "project_id", "trace_id", "parent_id"};

std::uint64_t gramAt(std::string_view text, std::size_t place)
{
    std::uint64_t gram = 0;
    std::memcpy(&gram, text.data() + place, GramBytes);
    return gram;
}

bool isWordCharacter(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool isInsideCharacter(char c)
{
    return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

// Quotes, commas and the like around it say nothing.
std::string_view trimmed(std::string_view text)
{
    while (!text.empty() && !isWordCharacter(text.front()))
        text.remove_prefix(1);
    while (!text.empty() && !isWordCharacter(text.back()))
        text.remove_suffix(1);
    return text;
}

// The values of Names in {"start":{…}} or {"end":{…}}, as they stand there.
void readNames(std::string_view payload, std::vector<std::string_view> &names)
{
    JsonCursor cursor(payload);
    JsonString key;
    cursor.enterObject();
    if (!cursor.nextMember(key) || cursor.peek() != '{')
        return;
    cursor.enterObject();
    while (cursor.nextMember(key)) {
        const bool isName = std::any_of(Names.begin(), Names.end(),
                                        [&key](std::string_view name) { return key.equals(name); });
        std::string_view value;
        JsonString text;
        if (isName && cursor.peek() == '"' && cursor.readString(text))
            names.push_back(text.inside);
        else
            cursor.skipValue(value);
    }
}

} // namespace

EchoFilter::EchoFilter(std::string words)
    : m_words(std::move(words)),
      m_isBlank(m_words.size(), false),
      m_stepsLeft(MaxSteps)
{
    for (std::size_t place = 0; place + GramBytes <= m_words.size(); ++place) {
        m_grams.push_back({gramAt(m_words, place), place});
        m_filter.set(filterBit(m_grams.back().bytes));
    }
    std::sort(m_grams.begin(), m_grams.end(), [](const Gram &a, const Gram &b) {
        return a.bytes != b.bytes ? a.bytes < b.bytes : a.place < b.place;
    });
}

std::size_t EchoFilter::filterBit(std::uint64_t gram)
{
    constexpr std::uint64_t Mixer = 0x9E3779B97F4A7C15U; // 2^64 divided by the golden ratio
    constexpr unsigned UnusedBits = 64 - 14;
    static_assert(FilterBits == std::size_t{1} << (64 - UnusedBits));
    return (gram * Mixer) >> UnusedBits;
}

void EchoFilter::compare(std::string_view payload)
{
    m_names.clear();
    m_hasNames = false;
    for (std::size_t place = 0; place + GramBytes <= payload.size(); place += Stride) {
        const std::uint64_t bytes = gramAt(payload, place);
        if (!m_filter[filterBit(bytes)])
            continue;
        auto gram = std::lower_bound(
            m_grams.begin(), m_grams.end(), bytes,
            [](const Gram &candidate, std::uint64_t wanted) { return candidate.bytes < wanted; });
        for (; gram != m_grams.end() && gram->bytes == bytes; ++gram) {
            if (!m_isBlank[gram->place])
                compareAt(*gram, payload, place);
            if (m_stepsLeft == 0)
                return;
        }
    }
}

void EchoFilter::compareAt(const Gram &gram, std::string_view payload, std::size_t place)
{
    std::size_t begin = gram.place;
    std::size_t back = place;
    while (begin > 0 && back > 0 && m_words[begin - 1] == payload[back - 1]) {
        --begin;
        --back;
    }
    std::size_t end = gram.place + GramBytes;
    std::size_t next = place + GramBytes;
    while (end < m_words.size() && next < payload.size() && m_words[end] == payload[next]) {
        ++end;
        ++next;
    }
    m_stepsLeft -= std::min<std::uint64_t>(end - begin, m_stepsLeft);
    const std::string_view echo = std::string_view(m_words).substr(begin, end - begin);
    if (m_stepsLeft == 0)
        blank(0, m_words.size());
    else if (echo.size() >= MinEcho && !isName(echo, payload))
        blank(begin, end);
}

bool EchoFilter::isName(std::string_view echo, std::string_view payload)
{
    if (!std::exchange(m_hasNames, true))
        readNames(payload, m_names);
    const std::string_view word = trimmed(echo);
    return std::any_of(m_names.begin(), m_names.end(), [word](std::string_view name) {
        return name.find(word) != std::string_view::npos;
    });
}

void EchoFilter::blank(std::size_t begin, std::size_t end)
{
    // Not through the middle of a character.
    while (begin > 0 && isInsideCharacter(m_words[begin]))
        --begin;
    while (end < m_words.size() && isInsideCharacter(m_words[end]))
        ++end;
    std::fill(m_isBlank.begin() + static_cast<std::ptrdiff_t>(begin),
              m_isBlank.begin() + static_cast<std::ptrdiff_t>(end), true);
}

std::string EchoFilter::text() const
{
    std::string text;
    for (std::size_t place = 0; place < m_words.size();) {
        if (!m_isBlank[place]) {
            text += m_words[place++];
            continue;
        }
        std::size_t end = place;
        for (std::size_t next = place; next < m_words.size() && next <= end + MaxGap; ++next) {
            if (m_isBlank[next])
                end = next;
        }
        text += Blank;
        place = end + 1;
    }
    return text;
}

} // namespace Weave
