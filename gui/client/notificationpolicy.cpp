#include "client/notificationpolicy.h"

#include <utility>

namespace Weave {

namespace {

constexpr qsizetype MaxCauses = 100;

}

void NotificationPolicy::setWanted(bool problems, bool recovery)
{
    m_wantsProblems = problems;
    m_wantsRecovery = recovery;
}

void NotificationPolicy::noteResume(qint64 nowMs)
{
    m_quietUntil = nowMs + GraceMs;
}

void NotificationPolicy::noteConnection(bool isConnected, qint64 nowMs)
{
    if (isConnected == m_connectedSince.has_value())
        return;
    if (m_connectedSince && nowMs - *m_connectedSince >= GraceMs)
        noteResume(nowMs);
    m_connectedSince = isConnected ? std::optional(nowMs) : std::nullopt;
}

std::optional<NotificationPolicy::Message>
NotificationPolicy::update(AppState::Kind kind, const QString &cause, qint64 nowMs)
{
    const bool isPaused = kind == AppState::Kind::Paused;
    // Since the start, or since delivery goes on: the first requests may find a backend that has
    // been away all the time.
    if (!m_quietUntil || (m_wasPaused && !isPaused))
        noteResume(nowMs);
    m_wasPaused = isPaused;
    if (kind != AppState::Kind::Trouble) {
        // Whoever pauses in the middle of trouble has not seen the end of it.
        const bool isNews = std::exchange(m_isTold, false) && !isPaused;
        m_cause.clear();
        return isNews && m_wantsRecovery ? std::optional(Message::Recovered) : std::nullopt;
    }
    if (m_cause == cause || nowMs < *m_quietUntil || !m_wantsProblems)
        return std::nullopt;
    m_cause = cause;
    const auto last = m_lastTold.constFind(cause);
    if (last != m_lastTold.cend() && nowMs - *last < QuietMs)
        return std::nullopt;
    if (m_lastTold.size() >= MaxCauses)
        m_lastTold.clear();
    m_lastTold.insert(cause, nowMs);
    m_isTold = true;
    return Message::Trouble;
}

} // namespace Weave
