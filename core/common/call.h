#pragma once

#include <cstdint>
#include <string_view>

namespace Weave {

// Which half of a traced call a line carries. The numbers are written to spool records.
enum class CallKind : std::uint8_t {
    Start = 1,
    End = 2,
};

// One accepted line, as views into the reader's buffer; valid until the next read.
struct CallView
{
    CallKind kind = CallKind::Start;
    std::string_view project; // decoded, "entity/project"
    std::string_view id; // decoded call id
    std::string_view payload; // the bytes between the payload's braces, braces included
};

} // namespace Weave
