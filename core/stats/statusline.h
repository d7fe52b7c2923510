#pragma once

#include "stats/statusreport.h"

#include <string>

namespace Weave {

// The daemon's state as one line for people, such as "Connected · 1,240 delivered · 0 waiting", or
// with what is wrong in front. For a service manager's status; UTF-8, no control characters, at
// most about 400 bytes.
[[nodiscard]] std::string statusLine(const StatusReport &report);

} // namespace Weave
