#include "sidecar/flushwaiters.h"

#include <algorithm>
#include <utility>

namespace Weave {

FlushWaiters::FlushWaiters(Milliseconds timeout)
    : m_timeout(timeout)
{
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, &FlushWaiters::expire);
}

void FlushWaiters::add(RecordId barrier, std::uint64_t pendingCalls, Done done)
{
    if (pendingCalls == m_heldCalls) {
        done({true, 0, 0});
        return;
    }
    const FlushResult nothingYet{false, pendingCalls - m_heldCalls, 0};
    m_waiters.push_back({barrier, nothingYet, SteadyClock::now() + m_timeout, std::move(done)});
    armTimer();
}

void FlushWaiters::addUncounted(RecordId barrier, std::uint64_t pendingCalls, Done done)
{
    m_waiters.push_back({barrier,
                         {false, pendingCalls, 0},
                         SteadyClock::now() + m_timeout,
                         std::move(done),
                         false});
    armTimer();
}

void FlushWaiters::count(RecordId barrier, std::uint64_t pendingCalls)
{
    for (Waiter &waiter : m_waiters) {
        if (std::exchange(waiter.isCounted, true))
            continue;
        waiter.barrier = barrier;
        waiter.result.pendingCalls = pendingCalls - m_heldCalls;
    }
    subtract(
        {}, [](const RecordRef &) { return false; }, true); // some wait for nothing
}

void FlushWaiters::recordsDone(std::span<const RecordRef> records, bool delivered)
{
    m_heldCalls -= static_cast<std::uint64_t>(std::count_if(
        records.begin(), records.end(), [](const RecordRef &record) { return record.wasHeld; }));
    subtract(
        records, [](const RecordRef &record) { return !record.wasHeld; }, delivered);
}

void FlushWaiters::recordsHeld(std::span<const RecordRef> records)
{
    m_heldCalls += records.size();
    subtract(
        records, [](const RecordRef &) { return true; }, true);
}

template <class IsMeant>
void FlushWaiters::subtract(std::span<const RecordRef> records, IsMeant isMeant, bool delivered)
{
    if (m_waiters.empty())
        return;
    Waiters finished;
    for (auto waiter = m_waiters.begin(); waiter != m_waiters.end();) {
        const auto count = static_cast<std::uint64_t>(
            std::count_if(records.begin(), records.end(), [&](const RecordRef &record) {
                return record.id < waiter->barrier && isMeant(record);
            }));
        if (waiter->isCounted)
            waiter->result.pendingCalls -= count;
        if (!delivered)
            waiter->result.givenUpCalls += count;
        const auto next = std::next(waiter);
        if (waiter->isCounted && waiter->result.pendingCalls == 0) {
            waiter->result.isComplete = true;
            finished.splice(finished.end(), m_waiters, waiter);
        }
        waiter = next;
    }
    armTimer();
    // Last, because a client that is told may flush again.
    for (const Waiter &waiter : finished)
        waiter.done(waiter.result);
}

void FlushWaiters::expire()
{
    const TimePoint now = SteadyClock::now();
    Waiters late;
    while (!m_waiters.empty() && m_waiters.front().deadline <= now)
        late.splice(late.end(), m_waiters, m_waiters.begin());
    armTimer();
    for (const Waiter &waiter : late)
        waiter.done(waiter.result);
}

void FlushWaiters::giveUp()
{
    const Waiters waiting = std::exchange(m_waiters, {});
    armTimer();
    for (const Waiter &waiter : waiting)
        waiter.done(waiter.result);
}

void FlushWaiters::armTimer()
{
    if (m_waiters.empty()) {
        m_timer.stop();
        return;
    }
    const auto wait =
        std::chrono::ceil<Milliseconds>(m_waiters.front().deadline - SteadyClock::now());
    m_timer.start(std::max(wait, Milliseconds(0)));
}

} // namespace Weave
