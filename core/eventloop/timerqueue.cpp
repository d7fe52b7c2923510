#include "eventloop/timerqueue.h"

#include <algorithm>

namespace Weave {

void TimerQueue::add(int id, Milliseconds interval, Milliseconds tolerance, TimePoint now)
{
    Timer &timer = m_timers[id];
    timer = {interval, tolerance, now + interval, {}, false};
    enqueue(id, timer);
}

bool TimerQueue::remove(int id)
{
    const auto found = m_timers.find(id);
    if (found == m_timers.end())
        return false;
    if (!found->second.isOut)
        m_order.erase({found->second.due, id});
    m_timers.erase(found);
    return true;
}

// Timers with the same tolerance meet at its multiples, and so wake up the processor once.
void TimerQueue::enqueue(int id, Timer &timer)
{
    timer.due = timer.wanted;
    if (timer.tolerance > Milliseconds::zero()) {
        const auto past = timer.wanted.time_since_epoch() % timer.tolerance;
        if (past > past.zero())
            timer.due += timer.tolerance - past;
    }
    m_order.insert({timer.due, id});
}

std::optional<TimePoint> TimerQueue::nextDue() const
{
    if (m_order.empty())
        return std::nullopt;
    return m_order.begin()->first;
}

std::optional<int> TimerQueue::takeDue(TimePoint now)
{
    if (m_order.empty() || m_order.begin()->first > now)
        return std::nullopt;
    const int id = m_order.begin()->second;
    m_order.erase(m_order.begin());
    m_timers.at(id).isOut = true;
    return id;
}

// Times that were missed are left out.
void TimerQueue::putBack(int id, TimePoint now)
{
    const auto found = m_timers.find(id);
    if (found == m_timers.end() || !found->second.isOut)
        return;
    Timer &timer = found->second;
    timer.isOut = false;
    timer.wanted += timer.interval;
    if (timer.wanted < now)
        timer.wanted = now + timer.interval;
    enqueue(id, timer);
}

std::optional<Milliseconds> TimerQueue::remaining(int id, TimePoint now) const
{
    const auto found = m_timers.find(id);
    if (found == m_timers.end())
        return std::nullopt;
    const Timer &timer = found->second;
    const TimePoint due = timer.isOut ? timer.wanted + timer.interval : timer.due;
    return std::max(std::chrono::ceil<Milliseconds>(due - now), Milliseconds::zero());
}

} // namespace Weave
