#include "spool/segment.h"

#include "spool/segmentformat.h"

#include <atomic>
#include <cstring>

namespace Weave {

// What a process does with a segment in which another one is writing.

using SegmentFormat::FileHeader;
using SegmentFormat::RecordHeader;

Segment::ReadResult Segment::readCopy(std::uint32_t offset, Record &record, std::string &copy) const
{
    const std::string_view rest = bytes(offset, static_cast<std::uint32_t>(m_capacity));
    if (rest.size() < sizeof(RecordHeader))
        return ReadResult::End;
    const auto *length = reinterpret_cast<const std::uint32_t *>(rest.data());
    copy = rest.substr(0, sizeof(RecordHeader) + __atomic_load_n(length, __ATOMIC_ACQUIRE));
    return parse(copy, offset, record, true);
}

// The header of the next use is written before anything else of the file changes.
bool Segment::isReused() const
{
    std::atomic_signal_fence(std::memory_order_acquire); // behind all that was read so far
    FileHeader header;
    std::memcpy(&header, m_base, sizeof header);
    return header.number != m_number;
}

} // namespace Weave
