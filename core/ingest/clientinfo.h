#pragma once

#include <cstdint>
#include <string>
#include <sys/types.h>

namespace Weave {

// A process that is connected to the socket, over all of its connections.
struct ClientInfo
{
    pid_t process = 0; // 0: the system did not say
    std::string name;
    std::uint64_t connections = 0;
    std::uint64_t calls = 0; // accepted on the connections that are open now
    std::uint64_t bytes = 0; // their payloads
    std::uint64_t refused = 0;
};

} // namespace Weave
