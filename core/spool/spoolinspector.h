#pragma once

#include "common/result.h"
#include "spool/segment.h"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace Weave {

// What a look at a spool has found.
struct SpoolInspection
{
    std::uint64_t files = 0;
    std::uint64_t pendingCalls = 0;
    std::uint64_t doneCalls = 0;
    // "0000000000000001.seg: damaged from byte 4096 to 8192", one for each piece.
    std::vector<std::string> problems;
};

// Behind the reason why a spool cannot be looked at: what to do.
inline constexpr std::string_view SpoolAccessHint =
    "; run it as the daemon's user, or name the daemon's folder with --spool-dir";

// Called for every good record that waits, oldest first within a project. The views end with the
// call.
using RecordVisitor = std::function<void(std::string_view project, const Segment::Record &record)>;

// Reads a spool's segments and changes nothing; also while a daemon works there, whose newest calls
// may then be missing or counted as waiting although they have just been delivered. What a visitor
// gets is a copy, of one call at a time. NotFound when there is no such directory.
[[nodiscard]] Result<SpoolInspection> inspectSpool(const std::string &directory,
                                                   const RecordVisitor &visit);

} // namespace Weave
