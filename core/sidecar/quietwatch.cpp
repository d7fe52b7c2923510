#include "sidecar/quietwatch.h"

#include <utility>

namespace Weave {

QuietWatch::QuietWatch(const Spool &spool, Milliseconds interval)
    : m_spool(spool)
{
    m_timer.setInterval(interval);
    connect(&m_timer, &QTimer::timeout, this, &QuietWatch::look);
}

void QuietWatch::look()
{
    const RecordId nextId = m_spool.nextId();
    const std::uint64_t pendingCalls = m_spool.usage().pendingCalls;
    const bool isSame = std::exchange(m_nextId, nextId) == nextId
        && std::exchange(m_pendingCalls, pendingCalls) == pendingCalls;
    if (!isSame)
        return;
    m_timer.stop();
    Q_EMIT becameQuiet();
}

} // namespace Weave
