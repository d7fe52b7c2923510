#include "common/unixsocket.h"

#include <cstring>
#include <fcntl.h>

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
    return socket;
}

void setNonBlocking(int descriptor)
{
    ::fcntl(descriptor, F_SETFL, ::fcntl(descriptor, F_GETFL) | O_NONBLOCK);
}

sockaddr_un unixAddress(const std::string &path)
{
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    return address;
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
