#pragma once

#include <QObject>
#include <QTimer>

namespace Weave {

// Says when there is something to put a tray icon into.
//
// Qt 6.4 asks the session bus once for a tray host and remembers a no for ever. So nothing touches
// QSystemTrayIcon before this class has seen a host, or has given up waiting for one on the bus.
class TrayHost final : public QObject
{
    Q_OBJECT

public:
    explicit TrayHost(QObject *parent = nullptr);
    ~TrayHost() override;

    // Looks now, and goes on looking.
    void start();

Q_SIGNALS:
    void found(); // once
    void missing(); // once, when none came for a while; found() may still follow

private:
    void lookOnBus();
    void lookOnScreen();
    void announce();
    void giveUp();

    QTimer m_patience;
    QTimer m_screenTimer;
    bool m_isAnnounced = false;
};

} // namespace Weave
