#pragma once

#include "common/clock.h"

#include <QObject>
#include <QTimer>

#include <functional>
#include <string>

namespace Weave {

// Keeps the service manager informed: ready, reloading, stopping, a line of status, and from the
// event loop that it still turns, so that a daemon that hangs is killed and started anew.
//
// Costs a wake-up each half of the watchdog's time and nothing else while nothing happens; without
// a service manager nothing at all.
class ServiceNotifier final : public QObject
{
    Q_OBJECT

public:
    // The line that describes the daemon now. After it has been asked for one, the owner calls
    // noteChange() when another might be due.
    using StatusSource = std::function<std::string()>;
    explicit ServiceNotifier(StatusSource status,
                             Milliseconds statusDelay = std::chrono::seconds(3));

    // Clients are served. Also ends reloading().
    void ready();
    // The configuration is being read again; ready() follows, whatever comes of it.
    void reloading();
    // The daemon ends, and may take so long for it.
    void stopping(Milliseconds allowance);

    // The status may be another. It is told after the delay, with whatever has changed until then.
    void noteChange();

private:
    void tellStatus();
    [[nodiscard]] std::string newStatus();

    const StatusSource m_status;
    const Milliseconds m_statusDelay;
    const bool m_isActive;
    bool m_isStopping = false;
    std::string m_lastStatus;
    QTimer m_statusTimer;
    QTimer m_watchdogTimer;
};

} // namespace Weave
