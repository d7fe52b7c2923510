#include "common/jsoncursor.h"

#include "common/jsoncontainer.h"
#include "common/jsongrammar.h"
#include "common/jsontext.h"

#include <array>
#include <bit>

namespace Weave {

namespace {

constexpr const char *EndText = "the text ends too early";

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

// What may stand behind a number or a literal; anything else is a part of it, and wrong.
constexpr std::array<bool, 256> ScalarEnds = [] {
    std::array<bool, 256> ends{};
    for (const unsigned char c : std::string_view(" \t\r\n,:\"[]{}"))
        ends[c] = true;
    return ends;
}();

bool endsScalar(char c)
{
    return ScalarEnds[static_cast<unsigned char>(c)];
}

} // namespace

std::string JsonString::decoded() const
{
    std::string text;
    appendDecodedJsonString(text, inside);
    return text;
}

JsonCursor::JsonCursor(std::string_view text)
    : m_places(text),
      m_begin(text.data()),
      m_end(text.data() + text.size()),
      m_at(m_places.first()),
      m_position(text.data())
{
    setRefill();
}

inline void JsonCursor::setRefill()
{
    constexpr auto Lookahead = std::ptrdiff_t{JsonPlaces::Lookahead};
    m_refillAt = m_places.last() + 1 - (m_places.isComplete() ? 0 : Lookahead);
}

bool JsonCursor::fail(const char *text, const char *where)
{
    if (!m_errorText) {
        m_errorText = text;
        m_errorOffset = static_cast<std::size_t>(where - m_begin);
    }
    m_at = m_places.last(); // so that no later call finds anything to read
    m_position = m_end;
    return false;
}

// With what comes next, or with the reason why nothing does.
bool JsonCursor::failHere(const char *text)
{
    if (hasPlace())
        return fail(text, *m_at);
    if (m_places.errorText())
        return fail(m_places.errorText(), m_places.errorPlace());
    return fail(EndText, m_end);
}

// Past so many places; there are always a few in the list to look at.
inline void JsonCursor::step(std::size_t places)
{
    m_at += places;
    if (m_at < m_refillAt)
        return;
    m_places.refill(m_at);
    m_at = m_places.first();
    setRefill();
}

char JsonCursor::peek()
{
    m_position = hasPlace() ? *m_at : m_end;
    return **m_at;
}

void JsonCursor::startAt(std::size_t places, std::size_t depth)
{
    m_depth = depth;
    step(places);
}

bool JsonCursor::enter(char bracket, const char *errorText)
{
    if (failed())
        return false;
    if (**m_at != bracket)
        return failHere(errorText);
    if (m_depth == MaxDepth)
        return fail("nested too deeply", *m_at);
    ++m_depth;
    m_position = *m_at + 1;
    step(1);
    m_justEntered = true;
    return true;
}

// Takes the comma before an element or the closing bracket; true when an element follows.
inline bool JsonCursor::next(char closing, const char *errorText)
{
    if (failed())
        return false;
    if (**m_at == closing) {
        m_position = *m_at + 1;
        step(1);
        --m_depth;
        m_justEntered = false;
        return false;
    }
    if (m_justEntered) {
        m_justEntered = false;
        return true;
    }
    if (**m_at != ',')
        return failHere(errorText);
    step(1);
    return true;
}

bool JsonCursor::enterObject()
{
    return enter('{', "expected an object");
}

bool JsonCursor::enterArray()
{
    return enter('[', "expected an array");
}

bool JsonCursor::nextElement()
{
    return next(']', "expected ',' or ']' after an array element");
}

bool JsonCursor::nextMember(JsonString &key)
{
    if (!next('}', "expected ',' or '}' after an object member") || !readString(key))
        return false;
    if (**m_at != ':')
        return failHere("expected ':' after a key");
    step(1);
    return true;
}

bool JsonCursor::readString(JsonString &string)
{
    if (failed())
        return false;
    if (**m_at != '"')
        return failHere("expected a string in double quotes");
    return checkString(string.inside);
}

bool JsonCursor::skipValue(std::string_view &span)
{
    if (failed())
        return false;
    const char first = peek();
    const char *begin = m_position;
    const bool isContainer = first == '{' || first == '[';
    if (!(isContainer ? checkContainer({}) : checkScalar()))
        return false;
    span = {begin, static_cast<std::size_t>(m_position - begin)};
    return true;
}

bool JsonCursor::findMembers(std::span<JsonMember> wanted)
{
    if (failed())
        return false;
    return peek() == '{' ? checkContainer(wanted) : failHere("expected an object");
}

// An object or array with all that is in it.
bool JsonCursor::checkContainer(std::span<JsonMember> wanted)
{
    JsonContainer container;
    return isListed(container) ? checkListed(container, wanted) : checkByPlace(wanted);
}

bool JsonCursor::isListed(JsonContainer &container) const
{
    return m_places.hasBytes() && m_places.isComplete()
        && container.check(m_places.bytesAt(m_at), static_cast<std::size_t>(m_places.last() - m_at),
                           MaxDepth - m_depth);
}

// Of a container whose grammar is good. The first error that is left is the first one of all.
bool JsonCursor::checkListed(const JsonContainer &container, std::span<JsonMember> wanted)
{
    const char *const *group = m_at;
    for (std::uint64_t bits : container.scalars()) {
        for (; bits != 0; bits &= bits - 1) {
            const char *end = endOfScalar(group[std::countr_zero(bits)]);
            if (!end)
                return false;
            if (end != m_end && !endsScalar(*end))
                return checkByPlace(wanted); // which knows what it should be
        }
        group += JsonContainer::GroupPlaces;
    }
    group = m_at;
    for (std::uint64_t bits :
         wanted.empty() ? std::span<const std::uint64_t>() : container.keys()) {
        for (; bits != 0; bits &= bits - 1)
            noteMember(wanted, group + std::countr_zero(bits) + 1);
        group += JsonContainer::GroupPlaces;
    }
    m_at += container.places() - 1;
    m_position = *m_at + 1;
    step(1);
    return true;
}

// What comes next in a trace can hardly be guessed, and a wrong guess costs the processor as much
// as ten places; so the grammar is looked up, and branches are left for brackets and scalars.
bool JsonCursor::checkByPlace(std::span<JsonMember> wanted)
{
    using Verdict = JsonGrammar::Verdict;
    using Container = JsonGrammar::Container;
    const Container outermost = wanted.empty() ? Container::Object : Container::WatchedObject;
    std::array<Container, MaxDepth + 1> around;
    JsonGrammar grammar;
    const std::size_t outerDepth = m_depth;
    const char *const *at = m_at;
    const auto refill = [this, &at](const char *const *from) {
        const bool hasMore = m_places.refill(from);
        at = m_places.first();
        return hasMore;
    };
    Verdict verdict = **at == '{' ? Verdict::PushObject : Verdict::PushArray;
    for (;;) {
        const char *place = *at;
        if (place == JsonPlaces::sentinel()) {
            grammar.undo();
            if (!refill(at)) {
                m_at = at;
                return failHere(EndText);
            }
            verdict = grammar.next(**at);
            continue;
        }
        switch (verdict) {
        case Verdict::PushObject:
        case Verdict::PushArray:
            if (m_depth == MaxDepth)
                return fail("nested too deeply", place);
            around[m_depth + 1] = verdict == Verdict::PushArray ? Container::Array
                : m_depth == outerDepth                         ? outermost
                                                                : Container::Object;
            grammar.enter(around[++m_depth]);
            break;
        case Verdict::Pop:
            if (--m_depth == outerDepth) {
                m_position = place + 1;
                m_at = at;
                setRefill();
                step(1);
                return true;
            }
            grammar.leaveTo(around[m_depth]);
            break;
        case Verdict::Scalar: {
            const char *end = endOfScalar(place);
            if (!end)
                return false;
            if (end != m_end && !endsScalar(*end))
                return fail(grammar.behindValue(), end);
            break;
        }
        case Verdict::Key:
            if (m_places.last() - at <= std::ptrdiff_t{JsonPlaces::Lookahead}
                && !m_places.isComplete())
                refill(at);
            noteMember(wanted, at);
            break;
        case Verdict::Good:
            break;
        case Verdict::Fail:
            return fail(grammar.expectation(), place);
        }
        // The sentinel is no good either: a zero byte begins no value. Unrolled, because how many
        // places follow is then a branch of its own for each of the first ones, which the processor
        // guesses better: 4 % of the daemon's time for short calls.
#pragma GCC unroll 4
        do
            verdict = grammar.next(**++at);
        while (verdict == Verdict::Good);
    }
}

// The key is before the colon, the value behind it. Most keys differ in their first byte from all
// that are wanted.
void JsonCursor::noteMember(std::span<JsonMember> wanted, const char *const *colon) const
{
    const char first = colon[-1][1];
    for (JsonMember &member : wanted) {
        if (first == member.key[0] || first == '\\')
            noteIfSame(member, colon);
    }
}

void JsonCursor::noteIfSame(JsonMember &member, const char *const *colon) const
{
    if (!isString(colon - 1, member.key))
        return;
    member.isPresent = true;
    member.string = *colon[1] == '"' ? stringAt(colon + 1) : JsonString();
}

// The same as stringAt(quote).equals(text), whose end need not be looked for: the string's closing
// quote differs from every byte of the text.
inline bool JsonCursor::isString(const char *const *quote, std::string_view text) const
{
    const char *inside = *quote + 1;
    std::size_t same = 0;
    while (same != text.size() && inside[same] == text[same])
        ++same;
    if (same == text.size())
        return inside[same] == '"';
    return inside[same] == '\\' && stringAt(quote).equals(text);
}

// What is inside of the quotes; the closing one is not listed, but between it and the next place
// is white space alone. (A string with an error in it ends somewhere, and is not used.)
inline JsonString JsonCursor::stringAt(const char *const *quote) const
{
    const char *begin = *quote + 1;
    const char *end = quote[1] == JsonPlaces::sentinel() ? m_end : quote[1];
    while (end != begin && *--end != '"') { }
    return {{begin, static_cast<std::size_t>(end - begin)}};
}

bool JsonCursor::checkScalar()
{
    if (!hasPlace())
        return failHere(EndText);
    if (**m_at == '"') {
        std::string_view ignored;
        return checkString(ignored);
    }
    const char *end = endOfScalar(*m_at);
    if (!end)
        return false;
    m_position = end;
    if (end == m_end || endsScalar(*end))
        step(1);
    else // what goes on without a break is no part of the value: it comes next, and is an error
        m_places.replace(m_at, end);
    return true;
}

inline bool JsonCursor::checkString(std::string_view &inside)
{
    if (m_at[1] == JsonPlaces::sentinel() && m_places.errorText())
        return fail(m_places.errorText(), m_places.errorPlace());
    inside = stringAt(m_at).inside;
    m_position = inside.data() + inside.size() + 1;
    step(1);
    return true;
}

inline const char *JsonCursor::endOfLiteral(const char *begin, std::string_view literal)
{
    const std::string_view rest(begin, static_cast<std::size_t>(m_end - begin));
    if (rest.starts_with(literal))
        return begin + literal.size();
    fail("expected a value", begin);
    return nullptr;
}

// Behind the number or literal; null after an error.
const char *JsonCursor::endOfScalar(const char *begin)
{
    switch (*begin) {
    case 't':
        return endOfLiteral(begin, "true");
    case 'f':
        return endOfLiteral(begin, "false");
    case 'n':
        return endOfLiteral(begin, "null");
    default:
        return endOfNumber(begin);
    }
}

const char *JsonCursor::endOfNumber(const char *begin)
{
    const char *at = begin;
    const auto digits = [this, &at] {
        const char *first = at;
        while (at != m_end && isDigit(*at))
            ++at;
        return at != first;
    };
    const auto failed = [this, begin](const char *text) {
        fail(text, begin);
        return nullptr;
    };
    if (*at == '-')
        ++at;
    const bool leadingZero = at != m_end && *at == '0';
    if (!digits())
        return failed("expected a value");
    if (leadingZero && at - begin > (*begin == '-' ? 2 : 1))
        return failed("a number starts with a zero");
    if (at != m_end && *at == '.') {
        ++at;
        if (!digits())
            return failed("a number has no digit after its point");
    }
    if (at != m_end && (*at == 'e' || *at == 'E')) {
        ++at;
        if (at != m_end && (*at == '+' || *at == '-'))
            ++at;
        if (!digits())
            return failed("a number has no digit in its exponent");
    }
    return at;
}

bool JsonCursor::finish()
{
    if (failed())
        return false;
    if (hasPlace())
        return fail("more text after the end of the value", *m_at);
    if (m_places.errorText())
        return failHere(nullptr);
    m_position = m_end;
    return true;
}

} // namespace Weave
