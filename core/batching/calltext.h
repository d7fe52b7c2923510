#pragma once

#include "common/call.h"

#include <string>
#include <string_view>
#include <vector>

namespace Weave {

// What the complete path looks for in a call's payload. All views point into the payload.
struct CallText
{
    std::string id; // escapes resolved
    std::string_view object; // the start or the end, braces included
    std::string_view startedAt; // JSON text of the value; empty when it is missing
    std::string_view traceId; // the same
    // The members that a complete call takes over, neighbours in one piece: `"id":"1","inputs":{}`.
    std::vector<std::string_view> members;

    // Whether the member is there and says something.
    [[nodiscard]] static bool isGiven(std::string_view value)
    {
        return !value.empty() && value != "null";
    }
};

// Reads a payload that RequestParser has accepted. Of a key that stands twice the last one counts.
// A text is reused from call to call so that it allocates little.
void readCallText(CallKind kind, std::string_view payload, CallText &text);

} // namespace Weave
