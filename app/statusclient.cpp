#include "app/statusclient.h"

#include "common/bytesize.h"
#include "common/unixsocket.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <sys/time.h>

namespace Weave {

namespace {

// flush answers within 4 s; everything else at once.
constexpr timeval Timeout{6, 0};
constexpr std::size_t MaxReplyBytes = 16 * MiB;

Error silence(const std::string &path)
{
    return {ErrorCode::Unavailable,
            "the daemon behind " + path + " has not answered for " + std::to_string(Timeout.tv_sec)
                + "s: it hangs or is stopped, and has to be started again"};
}

Result<UniqueFd> connectTo(const std::string &path)
{
    if (path.size() > MaxUnixPathBytes)
        return Error{ErrorCode::InvalidArgument, "the socket path is too long: " + path};
    UniqueFd socket = makeUnixSocket();
    ::setsockopt(socket.get(), SOL_SOCKET, SO_SNDTIMEO, &Timeout, sizeof Timeout);
    ::setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &Timeout, sizeof Timeout);
    if (connectUnix(socket.get(), unixAddress(path)) == 0)
        return socket;
    if (errno == ENOENT || errno == ECONNREFUSED)
        return Error{ErrorCode::Unavailable,
                     "no weave-sidecar is listening on " + path
                         + ". Start it, or say --socket PATH if it listens elsewhere"};
    if (errno == EAGAIN) // others wait in front of this one
        return silence(path);
    const char *advice = errno == EACCES
        ? ". Run this as the socket's owner or as root, or have the socket shared with a group of "
          "yours (--socket-mode 0660, --socket-group; the system's service: SocketMode= and "
          "SocketGroup= by `systemctl edit weave-sidecar.socket`)"
        : "";
    return Error{ErrorCode::Io, "cannot connect to " + path + ": " + std::strerror(errno) + advice};
}

} // namespace

Result<std::string> ask(const std::string &socketPath, std::string_view requestLine)
{
    auto socket = connectTo(socketPath);
    if (!socket)
        return socket.error();
    const std::string line = std::string(requestLine) + "\n";
    // A daemon with too many connections has closed already; its reason lies ready to be read.
    const ssize_t sent = ::send(socket->get(), line.data(), line.size(), SendFlags & ~MSG_DONTWAIT);
    if (sent >= 0 ? sent < static_cast<ssize_t>(line.size())
                  : errno == EAGAIN || errno == EWOULDBLOCK)
        return silence(socketPath); // it does not read
    if (sent < 0 && errno != EPIPE)
        return Error{ErrorCode::Io, "cannot write to " + socketPath + ": " + std::strerror(errno)};
    std::string reply;
    std::array<char, 16384> buffer{};
    while (reply.find('\n') == std::string::npos && reply.size() < MaxReplyBytes) {
        const ssize_t length = ::recv(socket->get(), buffer.data(), buffer.size(), 0);
        if (length < 0 && errno == EINTR)
            continue;
        if (length < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
            return silence(socketPath);
        if (length <= 0)
            return Error{ErrorCode::Unavailable,
                         "the daemon behind " + socketPath
                             + " closed the connection before its reply was whole; if it has "
                               "ended, its log says why"};
        reply.append(buffer.data(), static_cast<std::size_t>(length));
    }
    const std::size_t end = reply.find('\n');
    if (end == std::string::npos)
        return Error{ErrorCode::TooLarge, "the reply of " + socketPath + " does not end"};
    reply.resize(end);
    return reply;
}

Error notASidecar(const std::string &socketPath)
{
    return {
        ErrorCode::Unavailable,
        "the program behind " + socketPath
            + " does not answer as a weave-sidecar; say --socket PATH if that listens elsewhere"};
}

} // namespace Weave
