#pragma once

#include "client/appstate.h"
#include "client/callmodel.h"
#include "client/callpacer.h"
#include "client/clientmodel.h"
#include "client/flushmodel.h"
#include "client/history.h"
#include "client/problemmodel.h"
#include "client/sidecarclient.h"

#include <QObject>
#include <QTimer>

namespace Weave {

// All that the front-end knows of one daemon, kept up to date, whether or not it is shown.
class DaemonView final : public QObject
{
    Q_OBJECT

public:
    explicit DaemonView(SidecarClient::FindSocket findSocket, QObject *parent = nullptr);
    explicit DaemonView(const QString &socket, QObject *parent = nullptr);

    [[nodiscard]] SidecarClient &client() { return m_client; }
    [[nodiscard]] const SidecarClient &client() const { return m_client; }
    [[nodiscard]] const History &history() const { return m_history; }
    [[nodiscard]] const AppState &state() const { return m_state; }
    [[nodiscard]] FlushModel &flushes() { return m_flushes; }
    [[nodiscard]] ClientModel &clients() { return m_clients; }
    [[nodiscard]] ProblemModel &problems() { return m_problems; }
    [[nodiscard]] CallModel &calls() { return m_calls; }

    // What is in sight, and so what the daemon is asked for.
    void wantClients(bool isWanted);
    void wantCalls(bool isWanted, bool withPayloads);
    void clearCalls() { m_callPacer.clear(); }

Q_SIGNALS:
    void changed(); // about once a second

private:
    void handleSnapshot(const Snapshot &snapshot);
    void handleAbsence(const QString &text);
    void handleFlush(const FlushEvent &flush);
    void updateTopics();

    SidecarClient m_client;
    History m_history;
    FlushModel m_flushes;
    ClientModel m_clients;
    ProblemModel m_problems;
    CallModel m_calls;
    CallPacer m_callPacer{m_calls};
    AppState m_state;
    QTimer m_absence; // goes on while there is no daemon
    qint64 m_deliveredBefore = 0;
    bool m_wantsClients = false;
    bool m_wantsCalls = false;
    bool m_wantsPayloads = false;
};

} // namespace Weave
