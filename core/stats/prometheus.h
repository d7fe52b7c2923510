#pragma once

#include "stats/statusreport.h"

#include <string>

namespace Weave {

// The metric table's numbers in the Prometheus text format 0.0.4.
[[nodiscard]] std::string toPrometheus(const StatusReport &report);

} // namespace Weave
