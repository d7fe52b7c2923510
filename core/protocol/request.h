#pragma once

#include "common/call.h"

#include <string_view>

namespace Weave {

// What a line asks for. docs/protocol.md describes each.
enum class Method {
    CallStart,
    CallEnd,
    Flush,
    Status,
};

// One checked line. The views last as long as the parser and the line they came from.
struct Request
{
    Method method = Method::Status;
    CallView call; // CallStart and CallEnd only
};

} // namespace Weave
