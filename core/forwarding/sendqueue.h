#pragma once

#include <cstddef>

namespace Weave {

// The bytes that the kernel has of a TCP socket and the peer has not acknowledged. 0 where that
// cannot be known.
[[nodiscard]] std::size_t sendQueueBytes(int descriptor);

} // namespace Weave
