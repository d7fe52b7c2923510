#include "sidecar/shutdown.h"

#include "common/logging.h"
#include "common/textnumber.h"

#include <algorithm>
#include <utility>

namespace Weave {

namespace {

using namespace std::chrono_literals;

// For clients to take their last answers, before the next daemon takes the socket.
constexpr Milliseconds HandOverTimeout = 1s;

} // namespace

Shutdown::Shutdown(const Parts &parts)
    : m_parts(parts)
{
    m_timer.setSingleShot(true);
    m_timer.setTimerType(Qt::PreciseTimer);
    connect(&m_timer, &QTimer::timeout, this, &Shutdown::endDrain);
    connect(&m_parts.server, &IngestServer::allGone, this, &Shutdown::finish);
    if (m_parts.http)
        connect(m_parts.http, &HttpServer::allAnswered, this, &Shutdown::check);
}

void Shutdown::begin(Milliseconds timeout)
{
    if (std::exchange(m_hasBegun, true))
        return;
    m_handsOver = m_parts.disk && m_parts.server.isSocketAdopted();
    m_barrier = m_parts.spool.nextId();
    m_drainCalls = m_parts.spool.usage().pendingCalls;
    if (!m_handsOver)
        m_parts.server.stopListening();
    if (m_parts.http)
        m_parts.http->stopListening(); // which may call check()
    qCInfo(lcApp, "stopping with %s pending", countOf(m_drainCalls, "call").c_str());
    m_parts.batcher.makeAllDue();
    m_parts.pairing.stopHolding();
    if (mayLoseCalls())
        m_parts.delivery.setPausedByUser(false);
    m_parts.delivery.retryNow(); // the last chance of what waits for another attempt
    // While paused nothing leaves; the next start delivers it.
    m_timer.start(m_parts.delivery.isPausedByUser() ? Milliseconds(0) : timeout);
    // From the event loop, so that a caller can connect to finished() after this call, too.
    QMetaObject::invokeMethod(this, &Shutdown::check, Qt::QueuedConnection);
}

void Shutdown::recordsDone(std::span<const RecordRef> records)
{
    if (!m_hasBegun)
        return;
    const auto drained = static_cast<std::uint64_t>(
        std::count_if(records.begin(), records.end(),
                      [this](const RecordRef &record) { return record.id < m_barrier; }));
    // Calls of an earlier run may have been found since.
    m_drainCalls -= std::min(drained, m_drainCalls);
    check();
}

void Shutdown::stopWaiting()
{
    if (!m_hasBegun || m_isHandingOver)
        return;
    if (mayLoseCalls())
        m_parts.delivery.setPausedByUser(false);
    else
        m_timer.start(0);
}

void Shutdown::check()
{
    if (!m_hasBegun || (m_parts.http && m_parts.http->isBusy()))
        return;
    if (m_handsOver && m_drainCalls == 0)
        handOver();
    else if (!m_handsOver && m_parts.spool.usage().pendingCalls == 0)
        finish();
}

std::uint64_t Shutdown::callsWithoutFile() const
{
    return m_parts.disk ? m_parts.disk->callsWithoutFile() : m_parts.spool.usage().pendingCalls;
}

bool Shutdown::mayLoseCalls() const
{
    return !m_parts.disk || callsWithoutFile() > 0;
}

void Shutdown::endDrain()
{
    if (m_handsOver && !m_isHandingOver)
        handOver();
    else
        finish();
}

void Shutdown::handOver()
{
    if (std::exchange(m_isHandingOver, true))
        return;
    m_timer.start(HandOverTimeout);
    m_parts.flushWaiters.giveUp();
    m_parts.server.handOver();
    if (!m_parts.server.hasClients())
        finish();
}

void Shutdown::finish()
{
    if (std::exchange(m_isFinished, true))
        return;
    m_timer.stop();
    m_parts.flushWaiters.giveUp();
    const std::uint64_t lost = callsWithoutFile();
    const std::uint64_t left = m_parts.spool.usage().pendingCalls - lost;
    if (left > 0)
        qCInfo(lcApp, "left in the spool for the next start: %s", countOf(left, "call").c_str());
    if (lost > 0) {
        const std::string error = m_parts.delivery.state().lastError;
        qCCritical(lcApp, "lost%s: %s could not be delivered in time%s%s",
                   m_parts.disk ? ", unless files of the spool that were moved are put back" : "",
                   countOf(lost, "call").c_str(), error.empty() ? "" : ": ", error.c_str());
    }
    // From the event loop, behind the replies to those who waited for the last calls.
    QMetaObject::invokeMethod(this, &Shutdown::finished, Qt::QueuedConnection);
}

} // namespace Weave
