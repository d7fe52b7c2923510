// When halves of calls stop waiting for the other ones.
#include "batching/completepairing.h"

#include <algorithm>
#include <unordered_set>

namespace Weave {

void CompletePairing::promoteDue()
{
    const TimePoint now = m_now();
    while (!m_heldStarts.empty() && m_heldStarts.front().since + m_limits.hold <= now)
        move(m_heldStarts.begin(), State::Due);
    while (!m_heldEnds.empty() && m_heldEnds.front().since + m_limits.endHold <= now)
        move(m_heldEnds.begin(), State::Due);
    promoteOfGoneClients();
}

void CompletePairing::promoteStarts()
{
    while (!m_heldStarts.empty())
        move(m_heldStarts.begin(), State::Due);
}

void CompletePairing::stopHolding()
{
    m_limits.hold = Milliseconds(0);
    m_limits.endHold = Milliseconds(0);
}

// Its last calls may still be with batching, which hands them over within an interval.
void CompletePairing::clientGone(std::uint16_t client)
{
    const TimePoint now = m_now();
    if (m_heldStarts.empty())
        return; // those that come later are known by their client
    if (m_gone.empty() || m_gone.back().client != client)
        m_gone.push_back({client, now + m_limits.interval});
}

// One look for all clients whose time has come, and not too many looks when clients go one after
// the other.
void CompletePairing::promoteOfGoneClients()
{
    const TimePoint now = m_now();
    if (m_heldStarts.empty())
        m_gone.clear();
    if (m_gone.empty() || now < nextLook())
        return;
    std::unordered_set<std::uint16_t> gone;
    while (!m_gone.empty() && m_gone.front().lookAt <= now) {
        gone.insert(m_gone.front().client);
        m_gone.pop_front();
    }
    m_lastLook = now;
    for (auto call = m_heldStarts.begin(); call != m_heldStarts.end();) {
        const auto next = std::next(call);
        if (gone.contains(call->half.record.client) && !m_isConnected(call->half.record.client))
            move(call, State::Due);
        call = next;
    }
}

TimePoint CompletePairing::nextLook() const
{
    return std::max(m_gone.front().lookAt, m_lastLook + m_limits.interval / 4);
}

std::optional<TimePoint> CompletePairing::nextDue() const
{
    std::optional<TimePoint> next;
    const auto consider = [&next](TimePoint time) { next = next ? std::min(*next, time) : time; };
    if (!m_heldStarts.empty())
        consider(m_heldStarts.front().since + m_limits.hold);
    if (!m_heldEnds.empty())
        consider(m_heldEnds.front().since + m_limits.endHold);
    if (!m_gone.empty() && !m_heldStarts.empty())
        consider(nextLook());
    return next;
}

} // namespace Weave
