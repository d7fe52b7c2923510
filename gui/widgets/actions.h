#pragma once

#include <QObject>

class QAction;

namespace Weave {

// What the user can do, once: the tray's menu and the window's menus show the same actions.
class Actions final : public QObject
{
    Q_OBJECT

public:
    explicit Actions(QObject *parent = nullptr);

    // The text says which of the two a click does.
    void setPaused(bool isPaused);
    // Without a daemon nothing can be paused or flushed, but one can be started.
    void setConnected(bool isConnected);
    // Whether the user may control the daemon that answers, and whether this program has started
    // it.
    void setDaemon(bool mayControl, bool isOurs);

    QAction *const open;
    QAction *const pause;
    QAction *const flush;
    QAction *const retry;
    QAction *const startDaemon;
    QAction *const connectPrograms;
    QAction *const openLog;
    QAction *const copyDiagnostics;
    QAction *const settings;
    QAction *const startAtLogin;
    QAction *const about;
    QAction *const quit;

private:
};

} // namespace Weave
