#include "common/jsoncursor.h"

#include "common/jsontext.h"

#include <bitset>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace Weave {

namespace {

constexpr const char *EndText = "the text ends too early";

bool isSpace(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

bool isHexDigit(char c)
{
    return isDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

// A byte inside a string that needs a look: quote, backslash, control character, not ASCII.
bool isSpecial(char c)
{
    return c == '"' || c == '\\' || static_cast<signed char>(c) < 0x20;
}

// The first special byte at or after position. Most bytes of a trace are text inside strings, so
// this loop is where checking spends its time; 16 bytes a step is 6 times a byte a step.
const char *findSpecial(const char *position, const char *end)
{
#if defined(__SSE2__)
    const __m128i quote = _mm_set1_epi8('"');
    const __m128i backslash = _mm_set1_epi8('\\');
    const __m128i space = _mm_set1_epi8(0x20);
    while (end - position >= 16) {
        const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i *>(position));
        // Signed: bytes from 0x80 are negative, so one comparison finds them and the controls.
        const __m128i special = _mm_or_si128(
            _mm_cmplt_epi8(block, space),
            _mm_or_si128(_mm_cmpeq_epi8(block, quote), _mm_cmpeq_epi8(block, backslash)));
        const auto mask = static_cast<unsigned>(_mm_movemask_epi8(special));
        if (mask != 0)
            return position + __builtin_ctz(mask);
        position += 16;
    }
#endif
    while (position != end && !isSpecial(*position))
        ++position;
    return position;
}

} // namespace

bool JsonString::equals(std::string_view text) const
{
    return hasEscapes ? decoded() == text : inside == text;
}

std::string JsonString::decoded() const
{
    std::string text;
    appendDecodedJsonString(text, inside);
    return text;
}

JsonCursor::JsonCursor(std::string_view text)
    : m_position(text.data()),
      m_begin(text.data()),
      m_end(text.data() + text.size())
{
}

bool JsonCursor::fail(const char *text, const char *where)
{
    if (!m_errorText) {
        m_errorText = text;
        m_errorOffset = static_cast<std::size_t>(where - m_begin);
    }
    m_position = m_end; // so that no later call finds anything to read
    return false;
}

inline void JsonCursor::skipSpace()
{
    while (m_position != m_end && isSpace(*m_position))
        ++m_position;
}

char JsonCursor::peek()
{
    skipSpace();
    return m_position == m_end ? '\0' : *m_position;
}

bool JsonCursor::enter(char bracket, const char *errorText)
{
    if (failed())
        return false;
    if (peek() != bracket)
        return fail(m_position == m_end ? EndText : errorText, m_position);
    if (m_depth == MaxDepth)
        return fail("nested too deeply", m_position);
    ++m_depth;
    ++m_position;
    m_justEntered = true;
    return true;
}

// Takes the comma before an element or the closing bracket; true when an element follows.
bool JsonCursor::next(char closing, const char *errorText)
{
    if (failed())
        return false;
    const char c = peek();
    if (c == closing) {
        ++m_position;
        --m_depth;
        m_justEntered = false;
        return false;
    }
    if (m_justEntered) {
        m_justEntered = false;
        return true;
    }
    if (m_position == m_end)
        return fail(EndText, m_position);
    if (c != ',')
        return fail(errorText, m_position);
    ++m_position;
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
    if (!next('}', "expected ',' or '}' after an object member"))
        return false;
    if (!readString(key))
        return false;
    if (peek() != ':')
        return fail(m_position == m_end ? EndText : "expected ':' after a key", m_position);
    ++m_position;
    return true;
}

bool JsonCursor::readString(JsonString &string)
{
    if (failed())
        return false;
    if (peek() != '"')
        return fail(m_position == m_end ? EndText : "expected a string in double quotes",
                    m_position);
    return checkString(string);
}

bool JsonCursor::skipValue(std::string_view &span)
{
    if (failed())
        return false;
    const char first = peek();
    const char *begin = m_position;
    const bool isContainer = first == '{' || first == '[';
    if (!(isContainer ? checkContainer() : checkScalar()))
        return false;
    span = {begin, static_cast<std::size_t>(m_position - begin)};
    return true;
}

// An object or array with all that is in it, without recursion: a bit a level says which it is.
bool JsonCursor::checkContainer()
{
    std::bitset<MaxDepth + 1> isObject;
    const std::size_t outerDepth = m_depth;
    do {
        // A value, or the inside of a container that has just been opened.
        skipSpace();
        if (m_position == m_end)
            return fail(EndText, m_position);
        const char first = *m_position;
        bool opened = false;
        if (first == '{' || first == '[') {
            if (m_depth == MaxDepth)
                return fail("nested too deeply", m_position);
            ++m_depth;
            isObject[m_depth] = first == '{';
            ++m_position;
            opened = true;
        } else if (!checkScalar()) {
            return false;
        }
        // What may follow it: closing brackets, then a comma and the next value.
        while (m_depth != outerDepth) {
            skipSpace();
            if (m_position == m_end)
                return fail(EndText, m_position);
            const bool inObject = isObject[m_depth];
            if (*m_position == (inObject ? '}' : ']')) {
                ++m_position;
                --m_depth;
                opened = false;
                continue;
            }
            if (!opened) {
                if (*m_position != ',')
                    return fail(inObject ? "expected ',' or '}' after an object member"
                                         : "expected ',' or ']' after an array element",
                                m_position);
                ++m_position;
            }
            if (inObject) {
                JsonString key;
                if (!readString(key))
                    return false;
                skipSpace();
                if (m_position == m_end || *m_position != ':')
                    return fail("expected ':' after a key", m_position);
                ++m_position;
            }
            break;
        }
    } while (m_depth != outerDepth);
    return true;
}

bool JsonCursor::checkScalar()
{
    if (m_position == m_end)
        return fail(EndText, m_position);
    switch (*m_position) {
    case '"': {
        JsonString string;
        return checkString(string);
    }
    case 't':
        return checkLiteral("true");
    case 'f':
        return checkLiteral("false");
    case 'n':
        return checkLiteral("null");
    default:
        return checkNumber();
    }
}

bool JsonCursor::checkString(JsonString &string)
{
    const char *begin = ++m_position;
    string.hasEscapes = false;
    for (;;) {
        m_position = findSpecial(m_position, m_end);
        if (m_position == m_end)
            return fail("a string is not closed", begin - 1);
        const char c = *m_position;
        if (c == '"') {
            string.inside = {begin, static_cast<std::size_t>(m_position - begin)};
            ++m_position;
            return true;
        }
        if (c == '\\') {
            string.hasEscapes = true;
            if (!checkEscape())
                return false;
            continue;
        }
        if (static_cast<unsigned char>(c) < 0x20)
            return fail("a control character in a string is not escaped", m_position);
        // Text that is not ASCII comes in runs; stay here until the run is over.
        while (m_position != m_end && static_cast<signed char>(*m_position) < 0) {
            const std::size_t length = utf8SequenceLength(m_position, m_end);
            if (length == 0)
                return fail("invalid UTF-8", m_position);
            m_position += length;
        }
    }
}

bool JsonCursor::checkEscape()
{
    const auto left = m_end - m_position;
    if (left < 2)
        return fail(EndText, m_end);
    switch (m_position[1]) {
    case '"':
    case '\\':
    case '/':
    case 'b':
    case 'f':
    case 'n':
    case 'r':
    case 't':
        m_position += 2;
        return true;
    case 'u':
        if (left < 6)
            return fail(EndText, m_end);
        for (int i = 2; i < 6; ++i) {
            if (!isHexDigit(m_position[i]))
                return fail("\\u is not followed by four hexadecimal digits", m_position);
        }
        m_position += 6;
        return true;
    default:
        return fail("an unknown escape in a string", m_position);
    }
}

bool JsonCursor::checkNumber()
{
    const char *begin = m_position;
    const auto digits = [this] {
        const char *first = m_position;
        while (m_position != m_end && isDigit(*m_position))
            ++m_position;
        return m_position != first;
    };
    if (*m_position == '-')
        ++m_position;
    const bool leadingZero = m_position != m_end && *m_position == '0';
    if (!digits())
        return fail("expected a value", begin);
    if (leadingZero && m_position - begin > (*begin == '-' ? 2 : 1))
        return fail("a number starts with a zero", begin);
    if (m_position != m_end && *m_position == '.') {
        ++m_position;
        if (!digits())
            return fail("a number has no digit after its point", begin);
    }
    if (m_position != m_end && (*m_position == 'e' || *m_position == 'E')) {
        ++m_position;
        if (m_position != m_end && (*m_position == '+' || *m_position == '-'))
            ++m_position;
        if (!digits())
            return fail("a number has no digit in its exponent", begin);
    }
    return true;
}

bool JsonCursor::checkLiteral(std::string_view literal)
{
    const std::string_view rest(m_position, static_cast<std::size_t>(m_end - m_position));
    if (!rest.starts_with(literal))
        return fail("expected a value", m_position);
    m_position += literal.size();
    return true;
}

bool JsonCursor::finish()
{
    if (failed())
        return false;
    if (peek() != '\0' || m_position != m_end)
        return fail("more text after the end of the value", m_position);
    return true;
}

} // namespace Weave
