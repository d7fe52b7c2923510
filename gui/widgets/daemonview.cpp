#include "widgets/daemonview.h"

#include "client/sleepmeter.h"

#include <QDateTime>

#include <chrono>
#include <utility>

namespace Weave {

using namespace std::chrono_literals;

DaemonView::DaemonView(SidecarClient::FindSocket findSocket, QObject *parent)
    : QObject(parent),
      m_client(std::move(findSocket)),
      m_state(AppState::of({}, {}, 0))
{
    connect(&m_client, &SidecarClient::snapshotArrived, this, &DaemonView::handleSnapshot);
    connect(&m_client, &SidecarClient::flushArrived, this, &DaemonView::handleFlush);
    connect(&m_client, &SidecarClient::disconnected, this,
            [this](SidecarClient::Absence, const QString &text) { handleAbsence(text); });
    connect(&m_client, &SidecarClient::clientsArrived, this,
            [this](const QList<ClientSnapshot> &clients) {
                m_clients.update(clients, SleepMeter::now().count());
            });
    connect(&m_client, &SidecarClient::callArrived, &m_callPacer, &CallPacer::add);
    connect(&m_client, &SidecarClient::callsSkipped, &m_callPacer, &CallPacer::noteGap);
    m_absence.setInterval(1s);
    connect(&m_absence, &QTimer::timeout, this, [this] {
        m_history.noteAbsence(SleepMeter::now().count());
        Q_EMIT changed();
    });
}

DaemonView::DaemonView(const QString &socket, QObject *parent)
    : DaemonView([socket] { return socket; }, parent)
{
}

void DaemonView::handleSnapshot(const Snapshot &snapshot)
{
    m_absence.stop();
    m_history.noteSnapshot(snapshot, SleepMeter::now().count());
    m_problems.noteSnapshot(snapshot, QDateTime::currentMSecsSinceEpoch());
    m_state = AppState::of(snapshot, {}, m_deliveredBefore);
    m_deliveredBefore = snapshot.delivered;
    Q_EMIT changed();
}

void DaemonView::handleAbsence(const QString &text)
{
    m_history.noteAbsence(SleepMeter::now().count());
    m_absence.start();
    m_problems.noteAbsence(text, QDateTime::currentMSecsSinceEpoch());
    m_clients.clear();
    m_callPacer.noteGap();
    m_state = AppState::of({}, text, 0);
    Q_EMIT changed();
}

void DaemonView::handleFlush(const FlushEvent &flush)
{
    // What is told before the first snapshot was over before, perhaps for hours: no latency of now.
    if (m_client.isConnected())
        m_history.noteFlush(flush);
    m_flushes.add(flush);
    m_problems.noteFlush(flush);
}

void DaemonView::wantClients(bool isWanted)
{
    if (std::exchange(m_wantsClients, isWanted) != isWanted)
        updateTopics();
}

void DaemonView::wantCalls(bool isWanted, bool withPayloads)
{
    const bool isSame = m_wantsCalls == isWanted && m_wantsPayloads == withPayloads;
    m_wantsCalls = isWanted;
    m_wantsPayloads = withPayloads;
    if (!isSame)
        updateTopics();
}

// Which connects anew, so that some calls may end unseen.
void DaemonView::updateTopics()
{
    m_callPacer.noteGap();
    m_client.setTopics(m_wantsClients, m_wantsCalls, m_wantsPayloads);
}

} // namespace Weave
