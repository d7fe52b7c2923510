#pragma once

#include "stats/metrictable.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace Weave::Samples {

// How a metric's numbers come out of a report. Times are in seconds with six digits.
using List = std::vector<MetricSample>;

[[nodiscard]] List one(std::uint64_t number);
[[nodiscard]] List seconds(double number);
[[nodiscard]] List seconds(const std::optional<double> &number); // none: no sample
[[nodiscard]] List refused(const StatusReport &report);
[[nodiscard]] List deadLettered(const StatusReport &report);
[[nodiscard]] List failedRequests(const StatusReport &report);
[[nodiscard]] List states(const StatusReport &report); // 1 for the one it is in
[[nodiscard]] List paused(const StatusReport &report);
[[nodiscard]] List doorRequests(const StatusReport &report);
[[nodiscard]] List metricsRequests(const StatusReport &report);
// p50, p99 and the largest, as quantiles.
[[nodiscard]] List summary(const Histogram &histogram);
[[nodiscard]] List requestTimes(const StatusReport &report);

} // namespace Weave::Samples
