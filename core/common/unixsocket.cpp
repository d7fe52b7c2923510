#include "common/unixsocket.h"

#include <cstddef>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

namespace Weave {

namespace {

const sockaddr *plain(const sockaddr_un &address)
{
    return reinterpret_cast<const sockaddr *>(&address);
}

} // namespace

// Not SOCK_CLOEXEC, which macOS does not have; nothing is started at the same time.
UniqueFd makeUnixSocket()
{
    UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM, 0));
    if (socket.isValid())
        ::fcntl(socket.get(), F_SETFD, FD_CLOEXEC);
#if defined(SO_NOSIGPIPE)
    const int on = 1;
    ::setsockopt(socket.get(), SOL_SOCKET, SO_NOSIGPIPE, &on, sizeof on);
#endif
    return socket;
}

void setNonBlocking(int descriptor)
{
    ::fcntl(descriptor, F_SETFL, ::fcntl(descriptor, F_GETFL) | O_NONBLOCK);
}

UniqueFd acceptUnix(int listening)
{
    UniqueFd client(::accept(listening, nullptr, nullptr));
    if (client.isValid())
        ::fcntl(client.get(), F_SETFD, FD_CLOEXEC);
    return client;
}

UnixPeer peerOf(int descriptor)
{
    UnixPeer peer;
#if defined(SO_PEERCRED)
    ucred credentials = {};
    socklen_t size = sizeof credentials;
    if (::getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &credentials, &size) == 0)
        peer = {credentials.uid, credentials.pid};
#else
    gid_t group = 0;
    if (::getpeereid(descriptor, &peer.user, &group) != 0)
        return {};
    socklen_t size = sizeof peer.process;
    ::getsockopt(descriptor, SOL_LOCAL, LOCAL_PEERPID, &peer.process, &size);
#endif
    return peer;
}

sockaddr_un unixAddress(const std::string &path)
{
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    return address;
}

std::string boundPath(int descriptor)
{
    sockaddr_un address = {};
    socklen_t length = sizeof address;
    if (::getsockname(descriptor, reinterpret_cast<sockaddr *>(&address), &length) != 0
        || length <= offsetof(sockaddr_un, sun_path))
        return {};
    const std::size_t size = length - offsetof(sockaddr_un, sun_path);
    if (address.sun_path[0] == '\0') // abstract: as long as the system says, without an end
        return "@" + std::string(address.sun_path + 1, size - 1);
    return {address.sun_path, ::strnlen(address.sun_path, size)};
}

int connectUnix(int descriptor, const sockaddr_un &address)
{
    return ::connect(descriptor, plain(address), sizeof address);
}

int bindUnix(int descriptor, const sockaddr_un &address)
{
    return ::bind(descriptor, plain(address), sizeof address);
}

} // namespace Weave
