#include "forwarding/deliveryqueue.h"

#include <algorithm>

// What the queue tells of itself.
namespace Weave {

bool DeliveryQueue::isFlowing() const
{
    return m_inFlight.areAllQuick() && !m_isPaused && !m_isPausedByUser && !m_reachability.isLost()
        && !m_parked.isAnyFailing();
}

DeliveryState DeliveryQueue::state() const
{
    using Condition = DeliveryState::Condition;
    const TimePoint now = m_now();
    DeliveryState state;
    state.requestsInFlight = m_inFlight.count();
    state.isPausedByUser = m_isPausedByUser;
    state.failingProjects = m_parked.failingCount();
    state.failingNamed = m_parked.failing(DeliveryState::MaxFailingNamed);
    const bool areOthersDelivered = m_parked.areOthersDelivered();
    const bool isAnyFailing = state.failingProjects > 0;
    if (m_isPausedByUser || m_isPaused || (m_parked.isAnyPaused() && !areOthersDelivered))
        state.condition = Condition::Paused;
    else if (now < waitUntil() || m_reachability.isLost() || (isAnyFailing && !areOthersDelivered))
        state.condition = Condition::Retrying;
    else if (isAnyFailing)
        state.condition = Condition::Degraded;
    state.lastError = m_lastError;
    if (!m_lastError.empty())
        state.lastErrorSecondsAgo = secondsBetween(m_lastErrorAt, now);
    if (state.condition != Condition::Ok && !m_isPausedByUser) {
        const TimePoint next = std::max(waitUntil(), m_parked.nextTime().value_or(now));
        state.nextAttemptInSeconds = std::max(0.0, secondsBetween(now, next));
    }
    return state;
}

std::optional<TimePoint> DeliveryQueue::oldest() const
{
    std::optional<TimePoint> oldest;
    for (const auto time : {m_inFlight.oldest(), m_parked.oldest(), m_source.oldest()}) {
        if (time)
            oldest = oldest ? std::min(*oldest, *time) : *time;
    }
    return oldest;
}

} // namespace Weave
