#pragma once

#include "common/clock.h"
#include "common/result.h"

#include <string>
#include <string_view>

namespace Weave {

// Durations as Go's time.ParseDuration writes them: "500ms", "1s", "1m30s", "1.5h"; units h, m, s,
// ms, us; no sign. "0" needs no unit. What is left below a millisecond is rounded up, so that a
// positive duration never becomes zero.
[[nodiscard]] Result<Milliseconds> parseDuration(std::string_view text);

// A text that parseDuration reads back as the same duration: "1m30s", "500ms", "0s".
[[nodiscard]] std::string formatDuration(Milliseconds duration);

} // namespace Weave
