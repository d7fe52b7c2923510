#include "widgets/windowpages.h"

#include "client/roles.h"
#include "widgets/daemonview.h"
#include "widgets/deadletterbox.h"
#include "widgets/livepage.h"
#include "widgets/mainwindow.h"
#include "widgets/overviewpage.h"
#include "widgets/problemspage.h"
#include "widgets/statelook.h"
#include "widgets/tablepage.h"
#include "widgets/units.h"

#include <algorithm>

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
        return WindowPages::tr("Paused by you; calls are kept");
    const QString next = snapshot.nextAttemptSeconds
        ? WindowPages::tr("next attempt in %1").arg(formatAge(*snapshot.nextAttemptSeconds))
        : WindowPages::tr("calls are kept");
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
    m_window.addPage(tr("Flushes"),
                     new TablePage(tr("Flushes"), tr("Requests to the backend appear here."),
                                   m_daemon.flushes(), FlushModel::Status));
    auto *const clients =
        new TablePage(tr("Clients"), tr("No program is connected to the sidecar now."),
                      m_daemon.clients(), ClientModel::Name);
    m_window.addPage(tr("Clients"), clients);
    connect(clients, &Page::watched, &m_daemon, &DaemonView::wantClients);
    m_problems = new ProblemsPage(m_daemon.problems());
    m_window.addPage(tr("Problems"), m_problems);
}

void WindowPages::addLive()
{
    auto *const live = new LivePage(m_daemon.calls());
    m_window.addPage(tr("Live calls"), live);
    connect(live, &LivePage::wanted, &m_daemon, &DaemonView::wantCalls);
    connect(live, &LivePage::clearRequested, &m_daemon.calls(), &CallModel::clear);
    connect(&m_daemon.client(), &SidecarClient::callsSkipped, live, &LivePage::noteSkipped);
}

void WindowPages::refresh()
{
    if (!m_window.isVisible())
        return;
    m_window.setState(lookOf(m_daemon.state().kind()), m_daemon.state().line());
    m_window.setNotice(m_daemon.state().reason());
    m_problems->deadLetters().setCount(
        qulonglong(std::max<qint64>(m_daemon.client().snapshot().deadLettered, 0)));
    if (m_overview->isWatched())
        refreshOverview();
}

void WindowPages::refreshOverview()
{
    const SidecarClient &client = m_daemon.client();
    const Snapshot &snapshot = client.snapshot();
    OverviewFacts facts;
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
