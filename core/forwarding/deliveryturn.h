#pragma once

#include "common/clock.h"

#include <algorithm>
#include <chrono>

namespace Weave {

// How long the queue may go on before clients get the event loop back. No client is answered while
// batches are made: to pair 2,000 halves of complete calls takes 1.2 to 5 ms. So that is done in
// turns with the clients, and takes as much time as they have taken since the turn before, within
// bounds.
class DeliveryTurn
{
public:
    void begin(TimePoint now)
    {
        constexpr std::chrono::microseconds Shortest{50};
        constexpr std::chrono::microseconds Longest{1000};
        const auto clientsTurn = m_isOver ? now - m_endedAt : TimePoint::duration::zero();
        m_end = now + std::clamp<TimePoint::duration>(clientsTurn, Shortest, Longest);
        m_isOver = false;
    }
    // A piece of work is done. True when it was the last of this turn.
    bool isOverAt(TimePoint now)
    {
        m_endedAt = now;
        m_isOver = now >= m_end;
        return m_isOver;
    }
    // Whether there was more to do when the turn ended.
    [[nodiscard]] bool isOver() const { return m_isOver; }

private:
    TimePoint m_end{};
    TimePoint m_endedAt{};
    bool m_isOver = false;
};

} // namespace Weave
