#include "forwarding/sendqueue.h"

#if defined(__linux__)
#include <linux/sockios.h>
#include <sys/ioctl.h>
#elif defined(__APPLE__)
#include <sys/socket.h>
#endif

namespace Weave {

std::size_t sendQueueBytes(int descriptor)
{
    int bytes = 0;
#if defined(__linux__) // tcp(7)
    if (::ioctl(descriptor, SIOCOUTQ, &bytes) != 0)
        return 0;
#elif defined(__APPLE__) // sys/socket.h
    socklen_t size = sizeof bytes;
    if (::getsockopt(descriptor, SOL_SOCKET, SO_NWRITE, &bytes, &size) != 0)
        return 0;
#else
    static_cast<void>(descriptor);
#endif
    return bytes > 0 ? static_cast<std::size_t>(bytes) : 0;
}

} // namespace Weave
