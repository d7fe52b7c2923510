#pragma once

#include "client/notificationpolicy.h"
#include "client/sleepmeter.h"
#include "widgets/actions.h"
#include "widgets/autostart.h"
#include "widgets/daemonkeeper.h"
#include "widgets/daemonview.h"
#include "widgets/settingsflow.h"
#include "widgets/trayicon.h"

#include <QElapsedTimer>
#include <QObject>
#include <QString>
#include <QTimer>

#include <memory>

namespace Weave {

class MainWindow;
class SpoolCommands;
class WindowPages;

// The one place that wires the front-end: what is known of the daemon to what shows it, and the
// user's actions to what does them.
class Frontend final : public QObject
{
    Q_OBJECT

public:
    // socket: the daemon's, instead of the one in the settings; may be empty.
    explicit Frontend(const QString &socket, QObject *parent = nullptr);
    ~Frontend() override;

    [[nodiscard]] QString socketPath() const { return m_keeper.socketPath(); }
    [[nodiscard]] Actions &actions() { return m_actions; }

    // isHidden: show the icon alone, unless there is nowhere to show it.
    void start(bool isHidden);

    void openWindow();

private:
    void attach();
    void askFirstQuestions();
    void connectActions();
    void connectCommands();
    void handleAbsence(SidecarClient::Absence why);
    void handleKept();
    void handleNoTray();
    void refresh();
    void notifyIfWorthIt();
    void say(const QString &what, const QString &detail);
    void openLog();
    void copyDiagnostics();
    void quit();
    [[nodiscard]] qint64 runningPid() const;

    DaemonKeeper m_keeper;
    SettingsFlow m_flow;
    std::unique_ptr<DaemonView> m_daemon;
    Actions m_actions;
    Autostart m_autostart;
    TrayIcon m_tray;
    NotificationPolicy m_policy;
    SleepMeter m_sleep;
    QElapsedTimer m_clock;
    QTimer m_policyTimer; // trouble becomes worth a word while nothing else happens
    bool m_mayStartDaemon = true;
    bool m_isDaemonMissing = false;
    bool m_wasConnected = false;
    std::unique_ptr<MainWindow> m_window; // made when it is first opened
    WindowPages *m_pages = nullptr; // the window's
};

} // namespace Weave
