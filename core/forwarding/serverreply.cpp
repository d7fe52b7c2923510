#include "forwarding/serverreply.h"

#include "common/jsoncursor.h"

#include <array>

namespace Weave {

namespace {

constexpr std::size_t MaxReasonBytes = 500;

std::string clipped(std::string text)
{
    if (text.size() > MaxReasonBytes) {
        // Not through the middle of a character.
        std::size_t length = MaxReasonBytes;
        while (length > 0 && (static_cast<unsigned char>(text[length]) & 0xC0U) == 0x80U)
            --length;
        text.resize(length);
        text += "...";
    }
    return text;
}

bool isMissingRoute(std::string_view reason)
{
    return reason == "Not Found" || reason == "Method Not Allowed";
}

// The parts of a path in a JSON text, with points between them.
std::string readPath(JsonCursor &cursor)
{
    std::string path;
    cursor.enterArray();
    while (cursor.nextElement()) {
        std::string part;
        if (cursor.peek() == '"') {
            JsonString text;
            cursor.readString(text);
            part = text.decoded();
        } else {
            std::string_view span;
            cursor.skipValue(span);
            part = span;
        }
        path += (path.empty() ? "" : ".") + part;
    }
    return path;
}

// One entry of FastAPI's list. False when it is something else.
bool readEntry(JsonCursor &cursor, std::string &message, std::string &place)
{
    if (cursor.peek() != '{')
        return false;
    cursor.enterObject();
    JsonString key;
    while (cursor.nextMember(key)) {
        std::string_view span;
        if (key.equals("msg") && cursor.peek() == '"') {
            JsonString text;
            cursor.readString(text);
            message = text.decoded();
        } else if (key.equals("loc") && cursor.peek() == '[') {
            place = readPath(cursor);
        } else {
            cursor.skipValue(span);
        }
    }
    return !message.empty();
}

// FastAPI's list of what is wrong with a request, as "msg (loc.loc); msg (loc)". Its entries also
// repeat the input, which is the caller's and not for logs. Empty when it is another list.
std::string describeList(std::string_view list)
{
    constexpr int MaxEntries = 3;
    std::string text;
    int entries = 0;
    JsonCursor cursor(list);
    cursor.enterArray();
    while (cursor.nextElement()) {
        std::string message;
        std::string place;
        if (!readEntry(cursor, message, place))
            return {};
        if (++entries > MaxEntries)
            continue;
        text += (text.empty() ? "" : "; ") + message;
        if (!place.empty())
            text += " (" + place + ")";
    }
    if (entries > MaxEntries)
        text += "; and " + std::to_string(entries - MaxEntries) + " more";
    return text;
}

} // namespace

ServerError parseServerError(std::string_view body)
{
    constexpr std::array<std::string_view, 4> ReasonKeys{"reason", "message", "error", "detail"};
    std::array<std::string, ReasonKeys.size()> found;
    ServerError result;
    JsonCursor cursor(body);
    if (cursor.peek() != '{')
        return result;
    cursor.enterObject();
    JsonString key;
    while (cursor.nextMember(key)) {
        std::string value;
        if (cursor.peek() == '"') {
            JsonString text;
            cursor.readString(text);
            value = text.decoded();
        } else {
            std::string_view span;
            cursor.skipValue(span);
            value = span.starts_with('[') ? describeList(span) : std::string();
            if (value.empty())
                value = span;
        }
        if (cursor.failed())
            break;
        if (key.equals("error_code"))
            result.errorCode = clipped(value);
        for (std::size_t i = 0; i < ReasonKeys.size(); ++i) {
            if (key.equals(ReasonKeys.at(i)))
                found.at(i) = value;
        }
    }
    if (!cursor.finish())
        return {};
    for (const std::string &reason : found) {
        if (!reason.empty() && reason != "null" && !isMissingRoute(reason)) {
            result.reason = clipped(reason);
            break;
        }
    }
    return result;
}

} // namespace Weave
