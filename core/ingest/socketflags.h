#pragma once

#include <sys/socket.h>

namespace Weave {

// Writes to a client never block, and one that has gone away is an error and not a signal. macOS
// has no MSG_NOSIGNAL; there main() ignores SIGPIPE.
#ifdef MSG_NOSIGNAL
inline constexpr int SendFlags = MSG_NOSIGNAL | MSG_DONTWAIT;
#else
inline constexpr int SendFlags = MSG_DONTWAIT;
#endif

} // namespace Weave
