#pragma once

#include "common/bytesize.h"
#include "spool/spool.h"

#include <cstddef>
#include <memory>
#include <vector>

namespace Weave {

// Keeps calls in memory: what has not been delivered when the process ends is gone.
//
// Payloads lie one behind the other in segments. A segment whose records are all removed is used
// again for the next calls while it is still warm in the cache, because asking the system for
// fresh pages costs more than everything else a call needs (the kernel zeroes them).
class MemorySpool final : public Spool
{
public:
    static constexpr std::size_t DefaultSegmentBytes = MiB;

    // maxBytes bounds the memory of all segments in use. A payload larger than segmentBytes gets a
    // segment of its own size.
    explicit MemorySpool(std::uint64_t maxBytes, std::size_t segmentBytes = DefaultSegmentBytes,
                         NowFunction now = SteadyClock::now);

    Result<RecordRef> append(const CallView &call) override;
    std::string_view payload(const RecordRef &record) const override;
    Milliseconds age(const RecordRef &record) const override;
    void remove(const RecordRef &record) override;
    void setMaxBytes(std::uint64_t maxBytes) override { m_usage.maxBytes = maxBytes; }
    RecordId nextId() const override;
    SpoolUsage usage() const override;

private:
    // What lies from the offset on, up to the next mark, came at that time or less than a second
    // later.
    struct Mark
    {
        std::uint32_t offset;
        TimePoint time;
    };
    struct Segment
    {
        std::uint64_t number = 0;
        std::unique_ptr<char[]> data;
        std::uint32_t capacity = 0;
        std::uint32_t used = 0;
        std::uint32_t liveRecords = 0;
        std::vector<Mark> marks;
    };

    // A record's id is its segment's number and the offset in it.
    [[nodiscard]] static std::uint64_t segmentNumber(RecordId id) { return id.value >> 32U; }
    [[nodiscard]] static std::uint32_t offset(RecordId id)
    {
        return static_cast<std::uint32_t>(id.value);
    }

    [[nodiscard]] std::vector<Segment>::const_iterator segmentOf(RecordId id) const;
    [[nodiscard]] bool leavesRoom(CallKind kind, std::size_t payloadBytes, bool fits) const;
    [[nodiscard]] bool openSegment(std::size_t payloadBytes);
    void recycle(std::vector<Segment>::iterator segment);

    const std::uint32_t m_segmentBytes;
    const NowFunction m_now;
    // By number; those in which records live, and the last one, which is being filled. Nothing is
    // left of the others: one call that stays for a day would have a million of them behind it.
    std::vector<Segment> m_segments;
    std::uint64_t m_nextNumber = 0;
    std::vector<std::unique_ptr<char[]>> m_spare; // of m_segmentBytes each
    SpoolUsage m_usage;
};

} // namespace Weave
