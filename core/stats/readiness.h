#pragma once

#include "stats/statusreport.h"

#include <string>

namespace Weave {

// Why calls do not get through for now, as half a sentence; empty when they do. A daemon that is
// not ready still takes calls and keeps them.
[[nodiscard]] std::string whyNotReady(const StatusReport &report);

} // namespace Weave
