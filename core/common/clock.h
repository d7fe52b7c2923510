#pragma once

#include <chrono>
#include <functional>

namespace Weave {

// Every interval is measured on the steady clock, so that a jump of the wall clock moves nothing.
using SteadyClock = std::chrono::steady_clock;
using TimePoint = SteadyClock::time_point;
using Milliseconds = std::chrono::milliseconds;

// Time is injected: the daemon passes SteadyClock::now, a test passes what it likes.
using NowFunction = std::function<TimePoint()>;

inline double secondsBetween(TimePoint from, TimePoint to)
{
    return std::chrono::duration<double>(to - from).count();
}

} // namespace Weave
