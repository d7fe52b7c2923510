#pragma once

#include "spool/deadletters.h"

#include <functional>

namespace Weave {

// What a sync of the spool does first, in its thread: a call has its dead letter on the disk before
// the disk hears that it waits no more. An error is logged. Empty when nothing has been added since
// the last one. letters outlives it.
[[nodiscard]] std::function<void()> deadLetterSync(DeadLetters &letters);

} // namespace Weave
