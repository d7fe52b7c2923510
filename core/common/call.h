#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace Weave {

// Which half of a traced call a line carries. The numbers are written to spool records.
enum class CallKind : std::uint8_t {
    Start = 1,
    End = 2,
};

// Which of the trace server's two write paths calls take.
enum class CallsMode {
    Auto, // /call/upsert_batch, and complete for projects that the server wants it for
    Upsert, // /call/upsert_batch
    Complete, // /v2/…/calls/complete, and upsert where the server has no such route
};

// Longer ids and project names are a mistake somewhere; the limit keeps every table of names and
// the spool's record header small.
inline constexpr std::size_t MaxCallNameBytes = 1024;

// One accepted line, as views into the reader's buffer; valid until the next read.
struct CallView
{
    CallKind kind = CallKind::Start;
    std::string_view project; // decoded, "entity/project"
    std::string_view id; // decoded call id
    std::string_view payload; // the bytes between the payload's braces, braces included
    std::uint16_t client = 0; // IngestServer's number of the connection; 0: nobody knows any more
};

} // namespace Weave
