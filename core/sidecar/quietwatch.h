#pragma once

#include "common/clock.h"
#include "spool/spool.h"

#include <QObject>
#include <QTimer>

#include <cstdint>

namespace Weave {

// Notices that no call has come or gone for a while. Asleep until it is woken.
class QuietWatch final : public QObject
{
    Q_OBJECT

public:
    // spool outlives it. It is quiet after one to two intervals in which the spool has not changed.
    QuietWatch(const Spool &spool, Milliseconds interval);

    // The spool has changed, or may have. Costs nothing while it is awake.
    void wake()
    {
        if (!m_timer.isActive())
            m_timer.start();
    }

Q_SIGNALS:
    // Once, until it is woken again.
    void becameQuiet();

private:
    void look();

    const Spool &m_spool;
    QTimer m_timer;
    RecordId m_nextId; // when it looked last
    std::uint64_t m_pendingCalls = 0; // the same
};

} // namespace Weave
