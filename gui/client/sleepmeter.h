#pragma once

#include "common/clock.h"

#include <functional>

namespace Weave {

// Tells whether the machine has slept. Of two clocks of the system one goes on while it sleeps and
// one stands still, so a gap that has grown between them is time asleep. That needs no bus, misses
// no wake-up, and is known at the first look after it.
class SleepMeter final
{
public:
    using Clock = std::function<Milliseconds()>;

    SleepMeter(); // with the system's clocks
    SleepMeter(Clock goesOn, Clock standsStill);

    // Whether the machine has slept for a second or more since the last call, or since this object
    // was made.
    [[nodiscard]] bool hasSlept();

    // The system's steady clock that goes on while the machine sleeps.
    [[nodiscard]] static Milliseconds now();

private:
    [[nodiscard]] Milliseconds asleep() const { return m_goesOn() - m_standsStill(); }

    Clock m_goesOn;
    Clock m_standsStill;
    Milliseconds m_known; // time asleep that has been told of
};

} // namespace Weave
