#pragma once

#include "widgets/actions.h"
#include "widgets/autostart.h"
#include "widgets/daemonkeeper.h"
#include "widgets/daemonview.h"
#include "widgets/logopener.h"
#include "widgets/notifier.h"
#include "widgets/settingsflow.h"
#include "widgets/trayicon.h"

#include <QMessageBox>
#include <QObject>
#include <QPointer>
#include <QString>

#include <memory>

namespace Weave {

class MainWindow;
class WindowPages;

// The one place that wires the front-end: what is known of the daemon to what shows it, and the
// user's actions to what does them.
class Frontend final : public QObject
{
    Q_OBJECT

public:
    // socket: the daemon's, instead of the one that the settings lead to; may be empty.
    explicit Frontend(const QString &socket, QObject *parent = nullptr);
    ~Frontend() override;

    [[nodiscard]] Actions &actions() { return m_actions; }

    // isHidden: show the icon alone, unless there is nowhere to show it.
    void start(bool isHidden);

    void openWindow();

private:
    void askFirstQuestions();
    void connectActions();
    void connectCommands();
    void handleAbsence(SidecarClient::Absence why);
    void handleNoTray();
    void refresh();
    void say(const QString &what, const QString &detail);
    void copyDiagnostics();
    void quit();
    [[nodiscard]] qint64 runningPid() const;

    DaemonKeeper m_keeper;
    DaemonView m_daemon;
    Actions m_actions;
    Autostart m_autostart;
    SettingsFlow m_flow;
    LogOpener m_log;
    Notifier m_notifier;
    TrayIcon m_tray;
    bool m_mayStartDaemon = true;
    bool m_isDaemonMissing = false;
    QPointer<QMessageBox> m_quitQuestion; // while it is open
    std::unique_ptr<MainWindow> m_window; // made when it is first opened
    WindowPages *m_pages = nullptr; // the window's
};

} // namespace Weave
