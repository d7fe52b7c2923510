#pragma once

#include "common/jsoncursor.h"

#include <string>
#include <string_view>

namespace Weave {

// What a JsonCursor says of a whole text, and two ways to ask it.

struct Verdict
{
    bool accepted = false;
    bool isHonest = false; // it failed exactly when it said so
    std::size_t offset = 0; // of the error
    std::string span; // of the value
};

inline Verdict verdict(JsonCursor &cursor, bool accepted)
{
    Verdict result;
    result.isHonest = accepted != cursor.failed();
    result.accepted = accepted && cursor.finish();
    result.isHonest = result.isHonest && result.accepted != cursor.failed();
    result.offset = cursor.errorOffset();
    return result;
}

inline Verdict bySkipping(std::string_view text)
{
    JsonCursor cursor(text);
    std::string_view span;
    const bool accepted = cursor.skipValue(span);
    Verdict result = verdict(cursor, accepted);
    result.span = span;
    return result;
}

// Enters whatever can be entered.
inline bool walk(JsonCursor &cursor)
{
    JsonString string;
    std::string_view span;
    switch (cursor.peek()) {
    case '{':
        if (cursor.enterObject()) {
            while (cursor.nextMember(string))
                walk(cursor);
        }
        return !cursor.failed();
    case '[':
        if (cursor.enterArray()) {
            while (cursor.nextElement())
                walk(cursor);
        }
        return !cursor.failed();
    case '"':
        return cursor.readString(string);
    default:
        return cursor.skipValue(span);
    }
}

inline Verdict byEntering(std::string_view text)
{
    JsonCursor cursor(text);
    const bool accepted = walk(cursor);
    return verdict(cursor, accepted);
}

} // namespace Weave
