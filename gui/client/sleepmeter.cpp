#include "client/sleepmeter.h"

#include <ctime>
#include <utility>

namespace Weave {

namespace {

using namespace std::chrono_literals;

// Between the two readings of one look this thread may have to wait for its turn.
constexpr Milliseconds ShortestSleep = 1s;

// The names differ: what Linux calls monotonic stands still in sleep, what macOS calls so goes on.
#ifdef __APPLE__
constexpr clockid_t GoesOn = CLOCK_MONOTONIC;
constexpr clockid_t StandsStill = CLOCK_UPTIME_RAW;
#elif defined(CLOCK_BOOTTIME)
constexpr clockid_t GoesOn = CLOCK_BOOTTIME;
constexpr clockid_t StandsStill = CLOCK_MONOTONIC;
#else // never slept, as far as can be known
constexpr clockid_t GoesOn = CLOCK_MONOTONIC;
constexpr clockid_t StandsStill = CLOCK_MONOTONIC;
#endif

Milliseconds read(clockid_t clock)
{
    timespec time{};
    ::clock_gettime(clock, &time);
    return std::chrono::duration_cast<Milliseconds>(std::chrono::seconds(time.tv_sec)
                                                    + std::chrono::nanoseconds(time.tv_nsec));
}

} // namespace

SleepMeter::SleepMeter()
    : SleepMeter(now, [] { return read(StandsStill); })
{
}

SleepMeter::SleepMeter(Clock goesOn, Clock standsStill)
    : m_goesOn(std::move(goesOn)),
      m_standsStill(std::move(standsStill)),
      m_known(asleep())
{
}

Milliseconds SleepMeter::now()
{
    return read(GoesOn);
}

bool SleepMeter::hasSlept()
{
    const Milliseconds now = asleep();
    // A clock that is corrected may narrow the gap by a moment; that is no sleep to come.
    return now - std::exchange(m_known, now) >= ShortestSleep;
}

} // namespace Weave
