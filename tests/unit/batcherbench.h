#pragma once

#include "batching/batcher.h"
#include "batching/upsertbody.h"
#include "spool/memoryspool.h"
#include "unit/text.h"

namespace Weave {

inline constexpr std::size_t NoLimit = 1'000'000;
inline constexpr Milliseconds Interval = std::chrono::seconds(1);

// {"batch":[{"mode":"start","req":…}]}
inline constexpr std::size_t FrameBytes = 12;
inline constexpr std::size_t StartBytes = 23;
inline constexpr std::size_t EndBytes = 21;
inline constexpr std::size_t CommaBytes = 1;

inline std::size_t bodyBytes(std::size_t calls, std::size_t payloadBytes)
{
    return FrameBytes + calls * (StartBytes + payloadBytes) + (calls - 1) * CommaBytes;
}

// A batcher with a clock that a test moves, and a spool that its calls lie in.
class Bench final
{
public:
    explicit Bench(const BatchLimits &limits)
        : batcher(limits, [this] { return now; })
    {
    }

    bool add(std::string_view project, std::size_t payloadBytes = 10,
             CallKind kind = CallKind::Start)
    {
        last = *spool.append({kind, project, "id", std::string(payloadBytes, 'x')});
        return batcher.add(project, last);
    }

    [[nodiscard]] std::size_t realBodySize(const Batch &batch) const
    {
        return upsertBody(batch.records, spool).size();
    }

    // The project of the next batch, "" when there is none.
    QByteArray takenProject()
    {
        const auto batch = batcher.take();
        return batch ? toBytes(batch->project) : QByteArray("");
    }

    // The number of calls in the next batch, 0 when there is none.
    std::size_t takenCount()
    {
        const auto batch = batcher.take();
        return batch ? batch->records.size() : 0;
    }

    TimePoint now = TimePoint(std::chrono::hours(1000));
    MemorySpool spool{std::uint64_t{1} << 30};
    RecordRef last;
    Batcher batcher;
};

inline BatchLimits limits(std::size_t maxCount, std::size_t maxBytes = NoLimit)
{
    BatchLimits limits;
    limits.maxCount = maxCount;
    limits.maxBytes = maxBytes;
    limits.interval = Interval;
    return limits;
}

} // namespace Weave
