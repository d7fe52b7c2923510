#pragma once

#include "common/jsonplaces.h"

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace Weave {

class JsonContainer;

// The inside of a JSON string (without its quotes), as it stands in the text.
struct JsonString
{
    std::string_view inside;

    [[nodiscard]] bool hasEscapes() const { return inside.find('\\') != std::string_view::npos; }
    // Whether the string, its escapes resolved, is the given text.
    [[nodiscard]] bool equals(std::string_view text) const
    {
        // Names are short and mostly differ in their first byte: a call of memcmp costs more.
        std::size_t same = 0;
        const std::size_t most = std::min(inside.size(), text.size());
        while (same != most && inside[same] == text[same] && inside[same] != '\\')
            ++same;
        if (same == inside.size())
            return same == text.size();
        return inside[same] == '\\' && decoded() == text;
    }
    // The string with its escapes resolved, as UTF-8.
    [[nodiscard]] std::string decoded() const;
};

// A member of an object to look for, and its value.
struct JsonMember
{
    std::string_view key; // not empty, without quotes and backslashes in it
    bool isPresent = false;
    JsonString string{}; // its value; empty when it is no string
};

// Walks over one JSON text, checks every byte that it passes against RFC 8259 and gives back the
// places of values, so that payload bytes can be forwarded as they came. It builds nothing and
// allocates nothing (decoded() aside).
//
// Numbers are checked for their grammar only: any size and precision passes. Lone surrogates
// written as \uXXXX pass; bytes that are not UTF-8, NaN and Infinity do not.
//
// After the first error every call fails and errorText()/errorOffset() say what and where.
class JsonCursor
{
public:
    // Nesting of objects and arrays, the outermost counted. It bounds memory, and stays below the
    // depth at which the JSON readers of the usual servers give up (CPython's is near 1000).
    static constexpr std::size_t MaxDepth = 512;

    explicit JsonCursor(std::string_view text);

    // The first byte of the next value after white space: one of { [ " t f n - 0..9 when the text
    // is well-formed so far. 0 at the end of the text.
    [[nodiscard]] char peek();

    // Right after the construction, for who knows how the text begins: with so many places (see
    // JsonPlaces), of which so many open an object, up to a member's value.
    void startAt(std::size_t places, std::size_t depth);

    // Steps into the object that comes next. False when something else comes.
    bool enterObject();
    // Moves to the next member of the object entered last and past its colon. False after the
    // closing brace, which it takes, and on an error.
    bool nextMember(JsonString &key);

    // The same for arrays: before each element, true; after the closing bracket, false.
    bool enterArray();
    bool nextElement();

    // Checks the next value, whatever it is, and gives its text without surrounding white space.
    bool skipValue(std::string_view &span);
    bool readString(JsonString &string);
    // The same as skipValue() for the object that comes next. On the way it looks which of the
    // wanted members there are; of a key that stands twice the last one counts.
    bool findMembers(std::span<JsonMember> wanted);

    // True when nothing but white space is left; anything else is an error.
    bool finish();

    // Where the cursor stands; after peek(), the first byte of the next value.
    [[nodiscard]] const char *position() const { return m_position; }

    [[nodiscard]] bool failed() const { return m_errorText != nullptr; }
    [[nodiscard]] const char *errorText() const { return m_errorText; }
    [[nodiscard]] std::size_t errorOffset() const { return m_errorOffset; }

private:
    bool fail(const char *text, const char *where);
    bool failHere(const char *text);
    [[nodiscard]] bool hasPlace() const { return *m_at != JsonPlaces::sentinel(); }
    void step(std::size_t places);
    void setRefill();
    bool enter(char bracket, const char *errorText);
    bool next(char closing, const char *errorText);
    bool checkContainer(std::span<JsonMember> wanted);
    [[nodiscard]] bool isListed(JsonContainer &container) const;
    bool checkListed(const JsonContainer &container, std::span<JsonMember> wanted);
    bool checkByPlace(std::span<JsonMember> wanted);
    void noteMember(std::span<JsonMember> wanted, const char *const *colon) const;
    void noteIfSame(JsonMember &member, const char *const *colon) const;
    bool checkScalar();
    bool checkString(std::string_view &inside);
    [[nodiscard]] JsonString stringAt(const char *const *quote) const;
    [[nodiscard]] bool isString(const char *const *quote, std::string_view text) const;
    [[nodiscard]] const char *endOfScalar(const char *begin);
    [[nodiscard]] const char *endOfLiteral(const char *begin, std::string_view literal);
    [[nodiscard]] const char *endOfNumber(const char *begin);

    JsonPlaces m_places;
    const char *m_begin;
    const char *m_end;
    const char *const *m_at; // the next place in the list, or a sentinel
    const char *const *m_refillAt = nullptr; // from here on the list is too short to look ahead
    const char *m_position;
    std::size_t m_depth = 0;
    bool m_justEntered = false;
    const char *m_errorText = nullptr;
    std::size_t m_errorOffset = 0;
};

} // namespace Weave
