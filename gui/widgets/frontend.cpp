#include "widgets/frontend.h"

#include "client/diagnostics.h"
#include "widgets/aboutbox.h"
#include "widgets/deadletterbox.h"
#include "widgets/mainwindow.h"
#include "widgets/problemspage.h"
#include "widgets/quitquestion.h"
#include "widgets/spoolcommands.h"
#include "widgets/statelook.h"
#include "widgets/windowpages.h"

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QDesktopServices>
#include <QFileInfo>
#include <QUrl>

#include <chrono>
#include <utility>

namespace Weave {

namespace {

using namespace std::chrono_literals;

constexpr auto PolicyInterval = 5s;

} // namespace

Frontend::Frontend(const QString &socket, QObject *parent)
    : QObject(parent),
      m_keeper(socket),
      m_flow(m_keeper, [this] { return runningPid(); }),
      m_tray(m_actions)
{
    m_clock.start();
    m_policyTimer.setInterval(PolicyInterval);
    connect(&m_policyTimer, &QTimer::timeout, this, &Frontend::notifyIfWorthIt);
    connect(&m_flow, &SettingsFlow::kept, this, &Frontend::handleKept);
    connect(&m_keeper, &DaemonKeeper::failed, this,
            [this](const QString &text) { say(tr("The sidecar cannot be started"), text); });
    connect(&m_tray, &TrayIcon::activated, this, &Frontend::openWindow);
    connect(&m_tray, &TrayIcon::hostMissing, this, &Frontend::handleNoTray);
    connect(&m_tray, &TrayIcon::notificationClicked, this, [this] {
        openWindow();
        m_window->showPage(&m_pages->problems());
    });
    connectActions();
    connectCommands();
    m_policy.setWanted(m_keeper.settings().notifiesProblems, m_keeper.settings().notifiesRecovery);
}

Frontend::~Frontend() = default;

void Frontend::start(bool isHidden)
{
    attach();
    m_tray.start();
    if (!isHidden)
        openWindow();
}

// To the daemon at the socket of the settings, which may have changed.
void Frontend::attach()
{
    const bool wasVisible = m_window && m_window->isVisible();
    m_window.reset();
    m_pages = nullptr;
    m_isDaemonMissing = false;
    m_daemon = std::make_unique<DaemonView>(m_keeper.socketPath());
    connect(m_daemon.get(), &DaemonView::changed, this, &Frontend::refresh);
    connect(&m_daemon->client(), &SidecarClient::disconnected, this, &Frontend::handleAbsence);
    connect(&m_daemon->client(), &SidecarClient::connected, this, [this] {
        m_isDaemonMissing = false;
        m_mayStartDaemon = false;
    });
    m_daemon->client().start();
    refresh();
    if (wasVisible)
        openWindow();
}

// A daemon is started when this program finds none at its own start. One that ends later has been
// ended by somebody.
void Frontend::handleAbsence(SidecarClient::Absence why)
{
    m_isDaemonMissing = why == SidecarClient::Absence::NoDaemon;
    askFirstQuestions();
    if (!m_isDaemonMissing || !m_mayStartDaemon || !m_keeper.isConfigured())
        return;
    m_mayStartDaemon = false;
    m_keeper.startDaemon();
}

void Frontend::handleKept()
{
    m_mayStartDaemon = false;
    m_policy.setWanted(m_keeper.settings().notifiesProblems, m_keeper.settings().notifiesRecovery);
    if (m_keeper.socketPath() != m_daemon->client().socketPath())
        attach();
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
        m_pages = new WindowPages(*m_window, *m_daemon); // the window's child
        const QString program = DaemonLauncher::findProgram();
        if (!program.isEmpty())
            m_pages->problems().deadLetters().setCommands(
                new SpoolCommands(program, m_keeper.spoolFlags(), m_window.get()));
    }
    m_window->comeForward();
    askFirstQuestions();
}

// Where calls shall go is asked once it is known that no daemon runs: one that does knows already.
void Frontend::askFirstQuestions()
{
    if (m_isDaemonMissing && m_window && m_window->isVisible() && !m_keeper.isConfigured())
        m_flow.openFirstStart(m_window.get());
}

void Frontend::connectActions()
{
    connect(m_actions.open, &QAction::triggered, this, &Frontend::openWindow);
    connect(m_actions.about, &QAction::triggered, this, [this] { showAbout(m_window.get()); });
    connect(m_actions.settings, &QAction::triggered, this,
            [this] { m_flow.openSettings(m_window.get()); });
    connect(m_actions.openLog, &QAction::triggered, this, &Frontend::openLog);
    connect(m_actions.copyDiagnostics, &QAction::triggered, this, &Frontend::copyDiagnostics);
    connect(m_actions.quit, &QAction::triggered, this, &Frontend::quit);
    m_actions.startAtLogin->setChecked(m_autostart.isOn());
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
        SidecarClient &client = m_daemon->client();
        if (client.snapshot().isPausedByUser)
            client.resume(saying(tr("Delivery cannot be resumed")));
        else
            client.pause(saying(tr("Delivery cannot be paused")));
    });
    connect(m_actions.flush, &QAction::triggered, this, [this, saying] {
        m_daemon->client().flush(saying(tr("Not all calls could be delivered")));
    });
    connect(m_actions.retry, &QAction::triggered, this, [this, saying] {
        m_daemon->client().retryNow(saying(tr("The backend cannot be tried again")));
    });
    connect(m_actions.startDaemon, &QAction::triggered, this, [this] {
        if (m_keeper.isConfigured())
            m_keeper.startDaemon();
        else
            m_flow.openFirstStart(m_window.get());
    });
}

void Frontend::refresh()
{
    const AppState &state = m_daemon->state();
    const SidecarClient &client = m_daemon->client();
    const bool isConnected = client.isConnected();
    if (std::exchange(m_wasConnected, isConnected) && !isConnected)
        m_policy.noteResume(m_clock.elapsed()); // a daemon that starts anew is no trouble
    m_tray.setState(lookOf(state.kind()), state.line());
    m_actions.setConnected(isConnected, m_keeper.launcher().owns(runningPid()));
    m_actions.setPaused(isConnected && client.snapshot().isPausedByUser);
    const bool isTrouble = state.kind() == AppState::Kind::Trouble;
    if (isTrouble && !m_policyTimer.isActive())
        m_policyTimer.start();
    else if (!isTrouble)
        m_policyTimer.stop();
    notifyIfWorthIt();
}

void Frontend::notifyIfWorthIt()
{
    if (m_sleep.hasSlept())
        m_policy.noteResume(m_clock.elapsed());
    const AppState &state = m_daemon->state();
    const auto message = m_policy.update(state.kind(), state.cause(), m_clock.elapsed());
    if (!message)
        return;
    if (*message == NotificationPolicy::Message::Trouble)
        m_tray.notify(tr("Calls are not delivered"), state.reason(), true);
    else
        m_tray.notify(tr("Delivery works again"), state.line(), false);
}

// What the user asked for and did not get is said where the user is.
void Frontend::say(const QString &what, const QString &detail)
{
    if (m_window && m_window->isVisible())
        m_window->showMessage(tr("%1: %2").arg(what, detail));
    else
        m_tray.notify(what, detail, true);
}

void Frontend::openLog()
{
    const QString file = m_keeper.launcher().logFile();
    if (!QFileInfo::exists(file) || !QDesktopServices::openUrl(QUrl::fromLocalFile(file)))
        say(tr("There is no log to open"),
            tr("A sidecar that systemd has started writes to the journal: "
               "journalctl --user -u weave-sidecar"));
}

void Frontend::copyDiagnostics()
{
    const SidecarClient &client = m_daemon->client();
    const std::optional<Snapshot> snapshot =
        client.isConnected() ? std::optional(client.snapshot()) : std::nullopt;
    QGuiApplication::clipboard()->setText(
        diagnosticsText(snapshot, client.absenceText(), m_daemon->problems()));
}

qint64 Frontend::runningPid() const
{
    return m_daemon && m_daemon->client().isConnected() ? m_daemon->client().snapshot().pid : 0;
}

void Frontend::quit()
{
    if (!m_keeper.launcher().owns(runningPid())) {
        QApplication::quit();
        return;
    }
    askHowToQuit(m_window.get(), [this](bool stopsDaemon) {
        if (stopsDaemon)
            m_keeper.launcher().stop();
        QApplication::quit();
    });
}

} // namespace Weave
