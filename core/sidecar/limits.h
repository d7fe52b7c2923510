#pragma once

#include "batching/batcher.h"
#include "batching/completepairing.h"
#include "config/config.h"
#include "forwarding/deliveryqueue.h"
#include "ingest/ingestserver.h"

#include <cstdint>

namespace Weave {

// What the settings mean for each part, at the start and after a reload.

[[nodiscard]] BatchLimits batchLimits(const Config &config);
[[nodiscard]] PairingLimits pairingLimits(const Config &config);
[[nodiscard]] DeliveryLimits deliveryLimits(const Config &config);
[[nodiscard]] IngestLimits ingestLimits(const Config &config);

// For each door, as far as the limit of open files goes, which this raises.
[[nodiscard]] std::uint64_t possibleConnections(const Config &config);

} // namespace Weave
