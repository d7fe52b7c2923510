#pragma once

#include "common/call.h"
#include "common/result.h"

#include <cstdint>

namespace Weave {

// The last part of a spool's room is for ends. A call that is refused is sent by its client
// directly; were only its end refused, which is mostly the larger half, the start that was kept
// would come to the server behind the complete call and show it as unfinished.

// How much of maxBytes has to stay free behind a call of this kind: of what ends need a sixteenth,
// which is a full-size file on disk, and four pieces of memory where those are as many as usual.
[[nodiscard]] constexpr std::uint64_t roomBehind(CallKind kind, std::uint64_t maxBytes)
{
    constexpr std::uint64_t ShareOfEnds = 16;
    return kind == CallKind::Start ? maxBytes / ShareOfEnds : 0;
}

// Why a call of this kind is not taken.
[[nodiscard]] Error spoolFull(CallKind kind, std::uint64_t maxBytes);

} // namespace Weave
