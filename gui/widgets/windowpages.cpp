#include "widgets/windowpages.h"

#include "client/daemonlauncher.h"
#include "widgets/daemonview.h"
#include "widgets/deadletterbox.h"
#include "widgets/livepage.h"
#include "widgets/mainwindow.h"
#include "widgets/overviewpage.h"
#include "widgets/problemspage.h"
#include "widgets/spoolcommands.h"
#include "widgets/statelook.h"
#include "widgets/tablepage.h"
#include "widgets/units.h"

#include <QDir>

namespace Weave {

namespace {

constexpr int PlotPoints = 300;
constexpr double MsPerSecond = 1000;

QString stateText(const SidecarClient &client)
{
    if (!client.isConnected())
        return client.absenceText();
    const Snapshot &snapshot = client.snapshot();
    if (snapshot.backendState == Snapshot::Backend::Ok)
        return WindowPages::tr("Working");
    if (snapshot.isPausedByUser)
        return snapshot.isSpoolNearlyFull()
            ? WindowPages::tr("Paused by you; new calls will soon be refused")
            : WindowPages::tr("Paused by you; calls are kept");
    const QString next = snapshot.nextAttemptSeconds
        ? WindowPages::tr("next attempt in %1").arg(formatAge(*snapshot.nextAttemptSeconds))
        : WindowPages::tr("calls are kept");
    if (snapshot.backendState == Snapshot::Backend::Degraded)
        return WindowPages::tr("Takes no calls of some projects; %1").arg(next);
    return snapshot.backendState == Snapshot::Backend::Retrying
        ? WindowPages::tr("Does not answer as it should; %1").arg(next)
        : WindowPages::tr("Refuses what is sent; %1").arg(next);
}

QString errorText(const Snapshot &snapshot)
{
    if (snapshot.lastError.isEmpty() || !snapshot.lastErrorSecondsAgo)
        return snapshot.lastError;
    return WindowPages::tr("%1 (%2 ago)")
        .arg(snapshot.lastError, formatAge(*snapshot.lastErrorSecondsAgo));
}

} // namespace

WindowPages::WindowPages(MainWindow &window, DaemonView &daemon)
    : QObject(&window),
      m_window(window),
      m_daemon(daemon)
{
    addOverview();
    addTables();
    addLive();
    connect(&daemon, &DaemonView::changed, this, &WindowPages::refresh);
    connect(&window, &MainWindow::watchedChanged, this, &WindowPages::refresh);
    refresh();
}

void WindowPages::addOverview()
{
    m_overview = new OverviewPage;
    m_window.addPage(tr("Overview"), m_overview);
    connect(m_overview, &OverviewPage::wanted, this, &WindowPages::refreshOverview);
}

void WindowPages::addTables()
{
    m_flushes = new TablePage(tr("Flushes"), {}, m_daemon.flushes(), FlushModel::Status);
    m_window.addPage(tr("Flushes"), m_flushes);
    m_clients = new TablePage(tr("Clients"), {}, m_daemon.clients(), ClientModel::Name);
    m_window.addPage(tr("Clients"), m_clients);
    connect(m_clients, &Page::watched, &m_daemon, &DaemonView::wantClients);
    m_problems = new ProblemsPage(m_daemon.problems());
    m_window.addPage(tr("Problems"), m_problems);
    if (const QString program = DaemonLauncher::findProgram(); !program.isEmpty()) {
        m_spool = new SpoolCommands(program, this);
        m_problems->deadLetters().setCommands(m_spool);
    }
}

void WindowPages::addLive()
{
    m_live = new LivePage(m_daemon.calls());
    m_window.addPage(tr("Live calls"), m_live);
    connect(m_live, &LivePage::wanted, &m_daemon, &DaemonView::wantCalls);
    connect(m_live, &LivePage::clearRequested, &m_daemon, &DaemonView::clearCalls);
    connect(&m_daemon.client(), &SidecarClient::callsSkipped, m_live, &LivePage::noteSkipped);
}

void WindowPages::refresh()
{
    if (!m_window.isVisible())
        return;
    m_window.setState(lookOf(m_daemon.state().kind()), m_daemon.state().line());
    QStringList notices{m_daemon.state().reason(), m_daemon.client().readOnlyReason()};
    notices.removeAll(QString());
    m_window.setNotice(notices.join(u'\n'));
    refreshEmptyTexts();
    refreshDeadLetters();
    if (m_overview->isWatched())
        refreshOverview();
}

// What a daemon does not tell this user is not to look as if nothing had happened.
void WindowPages::refreshEmptyTexts()
{
    const SidecarClient &client = m_daemon.client();
    const QString secret = !client.isConnected() ? client.absenceText()
        : client.isReadOnly() ? tr("Only the user that the sidecar runs as may see this.")
                              : QString();
    m_flushes->setEmptyText(secret.isEmpty() ? tr("Requests to the backend appear here.") : secret);
    m_clients->setEmptyText(secret.isEmpty() ? tr("No program is connected to the sidecar now.")
                                             : secret);
    m_live->setEmptyText(secret.isEmpty() ? tr("Calls appear here as your programs make them.")
                                          : secret);
    const AppState &state = m_daemon.state();
    const bool isWell =
        state.kind() == AppState::Kind::Idle || state.kind() == AppState::Kind::Sending;
    m_problems->setEmptyText(isWell ? tr("No problems. Calls are taken and delivered.")
                                 : state.reason().isEmpty() ? secret
                                                            : state.reason());
}

void WindowPages::refreshDeadLetters()
{
    const SidecarClient &client = m_daemon.client();
    DeadLetterBox &box = m_problems->deadLetters();
    if (!client.isConnected())
        return; // what is known stays
    const Snapshot &snapshot = client.snapshot();
    QString obstacle;
    if (client.isReadOnly())
        obstacle = tr("Only the user that the sidecar runs as may see this.");
    else if (snapshot.spoolDirectory.isEmpty())
        obstacle = tr("The sidecar keeps calls in memory alone: what is given up is not kept.");
    else if (m_spool == nullptr)
        obstacle = tr("The program weave-sidecar, which looks into the spool, is not installed.");
    else
        m_spool->setSpool(snapshot.spoolDirectory, client.socketPath());
    box.setObstacle(obstacle);
    const QString file = QStringLiteral("file:");
    box.setLiveFile(snapshot.backend.startsWith(file)
                        ? QDir::home().absoluteFilePath(snapshot.backend.mid(file.size()))
                        : QString());
    box.setCount(snapshot.deadLettered);
}

void WindowPages::refreshOverview()
{
    const SidecarClient &client = m_daemon.client();
    const Snapshot &snapshot = client.snapshot();
    OverviewFacts facts;
    facts.isKnown = client.isConnected();
    facts.backend = snapshot.backendName();
    facts.state = stateText(client);
    if (snapshot.oldestPendingSeconds)
        facts.oldestWaiting = formatAge(*snapshot.oldestPendingSeconds);
    facts.lastError = errorText(snapshot);
    facts.waitingBytes = double(snapshot.pendingBytes);
    facts.spoolUsed = double(snapshot.spoolUsedBytes);
    facts.spoolSize = double(snapshot.spoolMaxBytes);
    m_overview->setFacts(facts);

    const int span = int(m_overview->span().count());
    const auto values = [this, span](History::Series series) {
        return m_daemon.history().values(series, span, PlotPoints);
    };
    OverviewCurves curves;
    curves.stepSeconds = History::stepSeconds(span, PlotPoints);
    curves.callsIn = values(History::CallsIn);
    curves.callsOut = values(History::CallsOut);
    curves.waitingCalls = values(History::Pending);
    curves.waitingBytes = values(History::PendingBytes);
    curves.latency = values(History::Latency);
    for (double &latency : curves.latency)
        latency /= MsPerSecond;
    m_overview->setCurves(curves);
}

} // namespace Weave
