#pragma once

#include "common/uniquefd.h"

#include <cstddef>
#include <string>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/un.h>

namespace Weave {

// Writes to a peer never block, and one that has gone away is an error and not a signal. macOS has
// no MSG_NOSIGNAL; there the daemon ignores SIGPIPE, and the sockets that makeUnixSocket makes for
// commands raise none.
#ifdef MSG_NOSIGNAL
inline constexpr int SendFlags = MSG_NOSIGNAL | MSG_DONTWAIT;
#else
inline constexpr int SendFlags = MSG_DONTWAIT;
#endif

// The longest path that a Unix socket's address can hold: 107 bytes on Linux, 103 on macOS.
inline constexpr std::size_t MaxUnixPathBytes = sizeof(sockaddr_un::sun_path) - 1;

// A stream socket that programs started later do not inherit. Not valid when the system has no
// descriptor left; errno says so.
[[nodiscard]] UniqueFd makeUnixSocket();

void setNonBlocking(int descriptor);

// The next client of a socket that listens; not valid, with errno, when there is none. Programs
// started later do not inherit it.
[[nodiscard]] UniqueFd acceptUnix(int listening);

// Who is at the other end of a connected socket, as the system vouches for it.
struct UnixPeer
{
    uid_t user = static_cast<uid_t>(-1);
    pid_t process = 0; // 0: unknown
};
[[nodiscard]] UnixPeer peerOf(int descriptor);

// path has at most MaxUnixPathBytes.
[[nodiscard]] sockaddr_un unixAddress(const std::string &path);

// The path that a Unix socket is bound to: "@name" for an abstract one, empty for one without.
[[nodiscard]] std::string boundPath(int descriptor);

// As the system's own call; the address types differ only in name.
[[nodiscard]] int connectUnix(int descriptor, const sockaddr_un &address);
[[nodiscard]] int bindUnix(int descriptor, const sockaddr_un &address);

} // namespace Weave
