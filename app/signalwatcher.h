#pragma once

#include "common/uniquefd.h"

#include <QObject>
#include <QSocketNotifier>

#include <memory>

namespace Weave {

// Turns SIGTERM and SIGINT, and SIGHUP, into Qt signals: the handler only writes a byte to a socket
// pair, and the event loop reads it. One object a process.
class SignalWatcher final : public QObject
{
    Q_OBJECT

public:
    SignalWatcher();
    ~SignalWatcher() override;

Q_SIGNALS:
    void terminationRequested();
    void reloadRequested();

private:
    void readSignals();

    UniqueFd m_readEnd;
    UniqueFd m_writeEnd;
    std::unique_ptr<QSocketNotifier> m_notifier;
};

} // namespace Weave
