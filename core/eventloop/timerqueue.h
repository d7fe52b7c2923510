#pragma once

#include "common/clock.h"

#include <optional>
#include <set>
#include <unordered_map>
#include <utility>

namespace Weave {

// Timers that repeat until they are removed, by when they are due. Knows no clock: now is what the
// caller says. One thread.
class TimerQueue
{
public:
    // interval >= 0. Instead of exactly then, the timer may be due up to `tolerance` later,
    // together with others. id is not in the queue.
    void add(int id, Milliseconds interval, Milliseconds tolerance, TimePoint now);
    // False when there is none.
    bool remove(int id);

    // When the first is due that is not out.
    [[nodiscard]] std::optional<TimePoint> nextDue() const;
    // The timer that has been due longest of those that were due at `now`; it is out until it is
    // put back, and so not due again while it is being handled.
    [[nodiscard]] std::optional<int> takeDue(TimePoint now);
    // For its next time, which is not before now. Does nothing when it has been removed, or removed
    // and added anew.
    void putBack(int id, TimePoint now);

    // Nothing when there is none; zero for one that is late.
    [[nodiscard]] std::optional<Milliseconds> remaining(int id, TimePoint now) const;

private:
    struct Timer
    {
        Milliseconds interval;
        Milliseconds tolerance;
        TimePoint wanted; // due without tolerance
        TimePoint due;
        bool isOut = false;
    };
    void enqueue(int id, Timer &timer);

    std::unordered_map<int, Timer> m_timers;
    std::set<std::pair<TimePoint, int>> m_order; // when due, and the id; of those that are not out
};

} // namespace Weave
