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
    // For the daemon's own user alone.
    Subscribe,
    Pause,
    Resume,
    Retry,
    Reload,
};

// What a subscriber is told of, besides a status each second. Bits.
enum Topic : unsigned {
    TopicFlushes = 1, // requests to the trace server
    TopicClients = 2, // who is connected
    TopicCalls = 4, // calls as they come
    TopicPayloads = 8, // their inputs and outputs as well
};

// One checked line. The views last as long as the parser and the line they came from.
struct Request
{
    Method method = Method::Status;
    CallView call; // CallStart and CallEnd only
    unsigned topics = 0; // Subscribe only
};

} // namespace Weave
