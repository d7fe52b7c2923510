#include "widgets/notifier.h"

#include <chrono>

namespace Weave {

namespace {

using namespace std::chrono_literals;

constexpr auto Interval = 5s;

} // namespace

Notifier::Notifier(QObject *parent)
    : QObject(parent)
{
    m_clock.start();
    m_timer.setInterval(Interval);
    connect(&m_timer, &QTimer::timeout, this, &Notifier::look);
}

void Notifier::note(const AppState &state, bool isConnected)
{
    m_state = state;
    m_policy.noteConnection(isConnected, m_clock.elapsed());
    const bool isTrouble = state.kind() == AppState::Kind::Trouble;
    if (isTrouble && !m_timer.isActive())
        m_timer.start();
    else if (!isTrouble)
        m_timer.stop();
    look();
}

void Notifier::look()
{
    if (m_sleep.hasSlept())
        m_policy.noteResume(m_clock.elapsed());
    const auto message = m_policy.update(m_state.kind(), m_state.cause(), m_clock.elapsed());
    if (!message)
        return;
    if (*message == NotificationPolicy::Message::Trouble)
        Q_EMIT worthTelling(tr("Calls are not delivered"), m_state.reason(), true);
    else
        Q_EMIT worthTelling(tr("Delivery works again"), m_state.line(), false);
}

} // namespace Weave
