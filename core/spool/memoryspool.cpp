#include "spool/memoryspool.h"

#include "spool/spoolroom.h"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <limits>
#include <utility>

namespace Weave {

namespace {

// Enough for the segments that turn over between two batches; the rest goes back to the system.
constexpr std::size_t MaxSpareSegments = 8;

constexpr std::chrono::seconds MarkInterval{1};

} // namespace

MemorySpool::MemorySpool(std::uint64_t maxBytes, std::size_t segmentBytes, NowFunction now)
    : m_segmentBytes(static_cast<std::uint32_t>(segmentBytes)),
      m_now(std::move(now))
{
    m_usage.maxBytes = maxBytes;
}

std::vector<MemorySpool::Segment>::const_iterator MemorySpool::segmentOf(RecordId id) const
{
    return std::lower_bound(
        m_segments.begin(), m_segments.end(), segmentNumber(id),
        [](const Segment &segment, std::uint64_t number) { return segment.number < number; });
}

Result<RecordRef> MemorySpool::append(const CallView &call)
{
    const std::size_t size = call.payload.size();
    const bool fits =
        !m_segments.empty() && size <= m_segments.back().capacity - m_segments.back().used;
    if (!leavesRoom(call.kind, size, fits) || (!fits && !openSegment(size)))
        return spoolFull(call.kind, m_usage.maxBytes);
    Segment &segment = m_segments.back();
    RecordRef record;
    record.id = nextId();
    record.payloadSize = static_cast<std::uint32_t>(size);
    record.kind = call.kind;
    record.client = call.client;
    if (const TimePoint now = m_now();
        segment.marks.empty() || now - segment.marks.back().time >= MarkInterval)
        segment.marks.push_back({segment.used, now});
    std::memcpy(segment.data.get() + segment.used, call.payload.data(), size);
    segment.used += record.payloadSize;
    ++segment.liveRecords;
    ++m_usage.pendingCalls;
    m_usage.pendingBytes += size;
    return record;
}

// Whether enough is left for others behind a payload that fits into the last segment, or does not.
bool MemorySpool::leavesRoom(CallKind kind, std::size_t payloadBytes, bool fits) const
{
    const std::uint64_t behind = roomBehind(kind, m_usage.maxBytes);
    if (behind == 0)
        return true;
    std::uint64_t inUse = m_usage.usedBytes;
    if (fits)
        inUse -= m_segments.back().capacity - m_segments.back().used;
    else if (!m_segments.empty() && m_segments.back().liveRecords == 0)
        inUse -= m_segments.back().capacity;
    return inUse + payloadBytes + behind <= m_usage.maxBytes;
}

bool MemorySpool::openSegment(std::size_t payloadBytes)
{
    if (payloadBytes > std::numeric_limits<std::uint32_t>::max())
        return false;
    const std::uint32_t capacity =
        std::max(m_segmentBytes, static_cast<std::uint32_t>(payloadBytes));
    // remove() leaves the last segment alone; when nothing lives in it, its room counts as free.
    const bool lastIsDead = !m_segments.empty() && m_segments.back().liveRecords == 0;
    const std::uint64_t freed = lastIsDead ? m_segments.back().capacity : 0;
    if (m_usage.usedBytes - freed + capacity > m_usage.maxBytes)
        return false;
    if (freed > 0)
        recycle(std::prev(m_segments.end()));
    Segment segment;
    segment.number = m_nextNumber++;
    if (capacity == m_segmentBytes && !m_spare.empty()) {
        segment.data = std::move(m_spare.back());
        m_spare.pop_back();
    } else {
        // make_unique would write to all of it; what would not, macOS has from Xcode 15 on.
        segment.data.reset(new char[capacity]);
    }
    segment.capacity = capacity;
    m_usage.usedBytes += capacity;
    m_segments.push_back(std::move(segment));
    return true;
}

std::string_view MemorySpool::payload(const RecordRef &record) const
{
    return {segmentOf(record.id)->data.get() + offset(record.id), record.payloadSize};
}

Milliseconds MemorySpool::age(const RecordRef &record) const
{
    const std::vector<Mark> &marks = segmentOf(record.id)->marks;
    const auto after =
        std::upper_bound(marks.begin(), marks.end(), offset(record.id),
                         [](std::uint32_t place, const Mark &mark) { return place < mark.offset; });
    return std::chrono::duration_cast<Milliseconds>(m_now() - std::prev(after)->time);
}

void MemorySpool::remove(const RecordRef &record)
{
    const auto segment = m_segments.begin() + (segmentOf(record.id) - m_segments.cbegin());
    --segment->liveRecords;
    --m_usage.pendingCalls;
    m_usage.pendingBytes -= record.payloadSize;
    if (segment->liveRecords == 0 && segment != std::prev(m_segments.end()))
        recycle(segment);
}

void MemorySpool::recycle(std::vector<Segment>::iterator segment)
{
    m_usage.usedBytes -= segment->capacity;
    if (segment->capacity == m_segmentBytes && m_spare.size() < MaxSpareSegments)
        m_spare.push_back(std::move(segment->data));
    m_segments.erase(segment);
}

RecordId MemorySpool::nextId() const
{
    if (m_segments.empty())
        return {m_nextNumber << 32U};
    return {m_segments.back().number << 32U | m_segments.back().used};
}

SpoolUsage MemorySpool::usage() const
{
    return m_usage;
}

} // namespace Weave
