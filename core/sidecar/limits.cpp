#include "sidecar/limits.h"

#include "ingest/filelimit.h"
#include "sidecar/doorfactory.h"

#include <algorithm>
#include <chrono>
#include <cstddef>

namespace Weave {

BatchLimits batchLimits(const Config &config)
{
    return {static_cast<std::size_t>(config.flushMaxCount),
            static_cast<std::size_t>(config.flushMaxBytes), config.flushInterval};
}

PairingLimits pairingLimits(const Config &config)
{
    PairingLimits limits;
    limits.hold = config.pairHold;
    limits.endHold = std::min(limits.endHold, config.pairHold);
    limits.interval = config.flushInterval;
    limits.request.maxCount = static_cast<std::size_t>(config.flushMaxCount);
    limits.request.maxBytes = static_cast<std::size_t>(config.flushMaxBytes);
    return limits;
}

DeliveryLimits deliveryLimits(const Config &config)
{
    // Batches that close by time have waited for the interval, without any trouble.
    return {config.senders, config.maxAge, config.callsMode,
            config.flushInterval + std::chrono::seconds(1)};
}

std::uint64_t possibleConnections(const Config &config)
{
    const std::uint64_t doors = config.http ? 2 : 1; // both take as many
    const std::uint64_t others = config.metrics ? MaxMetricsConnections : 0;
    const std::uint64_t wanted = config.maxConnections * doors + others;
    const std::uint64_t enoughFor = raiseFileLimit(wanted);
    if (enoughFor >= wanted)
        return config.maxConnections;
    return (enoughFor > 2 * others ? enoughFor - others : enoughFor / 2) / doors;
}

IngestLimits ingestLimits(const Config &config)
{
    return {static_cast<std::size_t>(config.maxLineBytes), possibleConnections(config),
            config.spoolSync == SpoolSync::Always};
}

} // namespace Weave
