#pragma once

#include "common/clock.h"

#include <chrono>
#include <optional>
#include <string_view>

namespace Weave {

// The wait that a Retry-After header asks for (RFC 9110, 10.2.3): whole seconds or an HTTP date.
// A date in the past is no wait; anything else that is not one of the two is no answer.
[[nodiscard]] std::optional<Milliseconds>
parseRetryAfter(std::string_view value, std::chrono::system_clock::time_point now);

} // namespace Weave
