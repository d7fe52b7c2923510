#pragma once

#include "common/call.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace Weave {

// Where in a payload the members lie that a complete call takes over, when they are one piece, as
// with every SDK. Known from pairing, it spares a batch's body another look at what has left the
// processor's cache by then, which was a quarter of the daemon's time with complete calls.
struct MembersPlace
{
    std::uint32_t offset = 0;
    std::uint32_t size = 0; // 0: not in one piece, or not known

    [[nodiscard]] bool isKnown() const { return size != 0; }
};

// What the complete path looks for in a call's payload. All views point into the payload.
struct CallText
{
    std::string id; // escapes resolved
    std::string_view object; // the start or the end, braces included
    std::string_view startedAt; // JSON text of the value; empty when it is missing
    std::string_view traceId; // the same
    // The members that a complete call takes over, neighbours in one piece: `"id":"1","inputs":{}`.
    std::vector<std::string_view> members;

    [[nodiscard]] MembersPlace membersPlace(std::string_view payload) const;

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
