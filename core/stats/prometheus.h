#pragma once

#include "stats/statusreport.h"

#include <string>

namespace Weave {

// The report in the Prometheus text format 0.0.4. Every metric's name begins with weave_sidecar_;
// the rest is the report's own name for it. docs/metrics.md lists them.
[[nodiscard]] std::string toPrometheus(const StatusReport &report);

} // namespace Weave
