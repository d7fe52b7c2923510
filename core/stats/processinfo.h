#pragma once

#include "common/clock.h"

#include <cstdint>

namespace Weave {

// What the system says about this process. 0 where it does not tell.
struct ProcessInfo
{
    double startTimeSeconds = 0; // since 1970
    double cpuSeconds = 0; // user and system
    std::uint64_t residentBytes = 0;
    std::uint64_t virtualBytes = 0;
    std::uint64_t threads = 0; // not on macOS
    std::uint64_t openFiles = 0; // descriptors
    std::uint64_t maxFiles = 0; // the soft limit of them
};

// Asks the system once a second at most: counting descriptors takes its time with many clients.
class ProcessWatch
{
public:
    explicit ProcessWatch(NowFunction now);

    [[nodiscard]] const ProcessInfo &current();

private:
    const NowFunction m_now;
    TimePoint m_readAt;
    ProcessInfo m_info;
};

} // namespace Weave
