#include "widgets/frontend.h"

#include "client/daemonlog.h"
#include "client/diagnostics.h"
#include "widgets/aboutbox.h"
#include "widgets/mainwindow.h"
#include "widgets/messagebox.h"
#include "widgets/problemspage.h"
#include "widgets/quitquestion.h"
#include "widgets/sdkhint.h"
#include "widgets/statelook.h"
#include "widgets/windowpages.h"

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QUrl>

namespace Weave {

Frontend::Frontend(const QString &socket, QObject *parent)
    : QObject(parent),
      m_keeper(socket),
      m_daemon([this] { return m_keeper.socketPath(); }),
      m_flow(m_keeper, m_daemon.client(), m_autostart),
      m_log(m_keeper.launcher().logFile()),
      m_tray(m_actions)
{
    const auto setWanted = [this] {
        const Settings &settings = m_keeper.settings();
        m_notifier.setWanted(settings.notifiesProblems, settings.notifiesRecovery);
        m_actions.startAtLogin->setChecked(m_autostart.isOn());
    };
    connect(&m_keeper, &DaemonKeeper::kept, this, [this, setWanted] {
        m_mayStartDaemon = false; // it is started with what has been kept
        setWanted();
    });
    setWanted();
    connect(&m_keeper, &DaemonKeeper::startFailed, this,
            [this](const QString &text) { say(tr("The sidecar cannot be started"), text); });
    connect(&m_flow, &SettingsFlow::said, this, [this](const QString &what, const QString &detail) {
        showMessage(m_window.get(), what, detail);
    });
    connect(&m_log, &LogOpener::failed, this,
            [this](const QString &text) { say(tr("There is no log to open"), text); });
    connect(&m_notifier, &Notifier::worthTelling, &m_tray, &TrayIcon::notify);
    connect(&m_tray, &TrayIcon::activated, this, &Frontend::openWindow);
    connect(&m_tray, &TrayIcon::hostMissing, this, &Frontend::handleNoTray);
    connect(&m_tray, &TrayIcon::hostFound, this,
            [] { QApplication::setQuitOnLastWindowClosed(false); });
    connect(&m_tray, &TrayIcon::notificationClicked, this, [this] {
        openWindow();
        m_window->showPage(&m_pages->problems());
    });
    connect(&m_daemon, &DaemonView::changed, this, &Frontend::refresh);
    connect(&m_daemon.client(), &SidecarClient::disconnected, this, &Frontend::handleAbsence);
    connect(&m_daemon.client(), &SidecarClient::connected, this, [this] {
        m_isDaemonMissing = false;
        m_mayStartDaemon = false;
        m_keeper.launcher().recognize(runningPid());
    });
    connect(&m_keeper.launcher(), &DaemonLauncher::started, &m_daemon.client(),
            &SidecarClient::lookSoon);
    connectActions();
    connectCommands();
}

Frontend::~Frontend() = default;

void Frontend::start(bool isHidden)
{
    m_daemon.client().start();
    refresh();
    m_tray.start();
    if (!isHidden)
        openWindow();
}

// A daemon is started when this program finds none at its own start. One that ends later has been
// ended by somebody.
void Frontend::handleAbsence(SidecarClient::Absence why)
{
    // A daemon that lets others in alone is none of this user's.
    m_isDaemonMissing = why == SidecarClient::Absence::NoDaemon
        || (why == SidecarClient::Absence::NotPermitted && m_keeper.hasRoomForOwnDaemon());
    askFirstQuestions();
    if (!m_isDaemonMissing || !m_mayStartDaemon)
        return;
    const QString problem = m_keeper.problem();
    if (!m_keeper.isConfigured() && problem.isEmpty())
        return;
    m_mayStartDaemon = false;
    if (problem.isEmpty())
        m_keeper.startDaemon();
    else
        say(tr("The settings cannot be read"), problem);
}

// Without an icon the window is the only way in, and closing it the only way out.
void Frontend::handleNoTray()
{
    QApplication::setQuitOnLastWindowClosed(true);
    if (!m_window || !m_window->isVisible()) // else it would come before a dialog that is in use
        openWindow();
}

void Frontend::openWindow()
{
    if (!m_window) {
        m_window = std::make_unique<MainWindow>(m_actions);
        m_pages = new WindowPages(*m_window, m_daemon); // the window's child
    }
    m_window->comeForward();
    askFirstQuestions();
}

// Where calls shall go is asked once it is known that no daemon runs: one that does knows already.
// So did one that was here before: it has been ended, or is being restarted.
void Frontend::askFirstQuestions()
{
    if (m_isDaemonMissing && m_mayStartDaemon && m_window && m_window->isVisible()
        && !m_keeper.isConfigured() && m_keeper.problem().isEmpty())
        m_flow.openFirstStart(m_window.get());
}

void Frontend::connectActions()
{
    connect(m_actions.open, &QAction::triggered, this, &Frontend::openWindow);
    connect(m_actions.about, &QAction::triggered, this, [this] { showAbout(m_window.get()); });
    connect(m_actions.settings, &QAction::triggered, this,
            [this] { m_flow.openSettings(m_window.get()); });
    connect(m_actions.connectPrograms, &QAction::triggered, this, [this] {
        const SidecarClient &client = m_daemon.client();
        showSdkHint(m_window.get(),
                    client.isConnected() ? QUrl(client.snapshot().httpUrl).authority()
                                         : m_keeper.settings().http,
                    m_keeper.unusualSocketPath());
    });
    connect(m_actions.openLog, &QAction::triggered, this,
            [this] { m_log.open(runningPid(), DaemonLog::of(runningPid())); });
    connect(m_actions.copyDiagnostics, &QAction::triggered, this, &Frontend::copyDiagnostics);
    connect(m_actions.quit, &QAction::triggered, this, &Frontend::quit);
    connect(m_actions.startAtLogin, &QAction::triggered, this, [this](bool isOn) {
        const QString problem = m_autostart.setOn(isOn);
        m_actions.startAtLogin->setChecked(m_autostart.isOn());
        if (!problem.isEmpty())
            say(tr("Start at login cannot be changed"), problem);
    });
}

void Frontend::connectCommands()
{
    const auto saying = [this](const QString &what) {
        return [this, what](const SidecarClient::Done &done) {
            if (!done.error.isEmpty())
                say(what, done.error);
        };
    };
    connect(m_actions.pause, &QAction::triggered, this, [this, saying] {
        SidecarClient &client = m_daemon.client();
        if (client.snapshot().isPausedByUser)
            client.resume(saying(tr("Delivery cannot be resumed")));
        else
            client.pause(saying(tr("Delivery cannot be paused")));
    });
    connect(m_actions.flush, &QAction::triggered, this, [this, saying] {
        m_daemon.client().flush(saying(tr("Not all calls could be delivered")));
    });
    connect(m_actions.retry, &QAction::triggered, this, [this, saying] {
        m_daemon.client().retryNow(saying(tr("The backend cannot be tried again")));
    });
    connect(m_actions.startDaemon, &QAction::triggered, this, [this] {
        if (const QString problem = m_keeper.problem(); !problem.isEmpty())
            showMessage(m_window.get(), tr("The settings cannot be read"), problem);
        else if (m_keeper.isConfigured())
            m_keeper.startDaemon();
        else
            m_flow.openFirstStart(m_window.get());
    });
}

void Frontend::refresh()
{
    const AppState &state = m_daemon.state();
    const SidecarClient &client = m_daemon.client();
    m_tray.setState(lookOf(state.kind()), state.line());
    if (client.isConnected())
        m_actions.setDaemon(!client.isReadOnly(), m_keeper.launcher().owns(runningPid()));
    else
        m_actions.setConnected(false);
    if (client.absence() == SidecarClient::Absence::Full)
        m_actions.startDaemon->setVisible(false); // one runs
    m_actions.setPaused(client.isConnected() && client.snapshot().isPausedByUser);
    m_notifier.note(state, client.isConnected());
}

// What the user asked for and did not get is said where the user is.
void Frontend::say(const QString &what, const QString &detail)
{
    if (!m_tray.isShown())
        openWindow(); // nowhere else
    if (!m_window || !m_window->isVisible())
        m_tray.notify(what, detail, true);
    else if (!m_window->showMessage(tr("%1: %2").arg(what, detail)))
        showMessage(m_window.get(), what, detail); // reasons stand at the end of a line
}

void Frontend::copyDiagnostics()
{
    const SidecarClient &client = m_daemon.client();
    const std::optional<Snapshot> snapshot =
        client.isConnected() ? std::optional(client.snapshot()) : std::nullopt;
    QGuiApplication::clipboard()->setText(
        diagnosticsText(snapshot, client.absenceText(), m_daemon.problems()));
}

qint64 Frontend::runningPid() const
{
    return m_daemon.client().isConnected() ? m_daemon.client().snapshot().pid : 0;
}

void Frontend::quit()
{
    if (!m_keeper.launcher().owns(runningPid())) {
        QApplication::quit();
        return;
    }
    if (m_quitQuestion) { // behind other windows, perhaps
        m_quitQuestion->raise();
        m_quitQuestion->activateWindow();
        return;
    }
    m_quitQuestion = askHowToQuit(m_window.get(), [this](bool stopsDaemon) {
        if (stopsDaemon)
            m_keeper.launcher().stop();
        QApplication::quit();
    });
}

} // namespace Weave
