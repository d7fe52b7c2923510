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
            std::string_view span; // FastAPI's 422 has a list under "detail"
            cursor.skipValue(span);
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
    if (isMissingRoute(found.back()))
        found.back().clear(); // "detail"
    for (const std::string &reason : found) {
        if (!reason.empty() && reason != "null") {
            result.reason = clipped(reason);
            break;
        }
    }
    return result;
}

} // namespace Weave
