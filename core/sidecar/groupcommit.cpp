#include "sidecar/groupcommit.h"

#include "common/logging.h"
#include "sidecar/deadlettersync.h"

#include <QString>

#include <algorithm>
#include <utility>

namespace Weave {

namespace {

using namespace std::chrono_literals;

// A reply is promised within a second.
constexpr Milliseconds Deadline = 900ms;

} // namespace

GroupCommit::GroupCommit(DiskSpool &spool, DeadLetters &deadLetters)
    : m_spool(spool),
      m_deadLetters(deadLetters)
{
    // From the event loop, so that calls of several clients that came together share a sync.
    m_begin.setSingleShot(true);
    m_begin.setInterval(0);
    connect(&m_begin, &QTimer::timeout, this, &GroupCommit::begin);
    m_deadline.setSingleShot(true);
    connect(&m_deadline, &QTimer::timeout, this, &GroupCommit::giveUp);
}

std::uint64_t GroupCommit::request()
{
    if (!std::exchange(m_isWanted, true))
        m_wantedSince = SteadyClock::now();
    if (!m_isSyncing && !m_begin.isActive())
        m_begin.start();
    if (!m_deadline.isActive())
        m_deadline.start(Deadline);
    return m_open;
}

void GroupCommit::begin()
{
    m_isSyncing = true;
    m_isWanted = false;
    const std::uint64_t ticket = m_open++;
    SyncTask::Job job = m_spool.takeAppended();
    job.first = deadLetterSync(m_deadLetters);
    job.done = [this, ticket](const Result<void> &result) {
        const QString error = result ? QString() : QString::fromStdString(result.error().message);
        QMetaObject::invokeMethod(
            this, [this, ticket, error] { handleSynced(ticket, error); }, Qt::QueuedConnection);
    };
    m_task.sync(std::move(job));
}

void GroupCommit::handleSynced(std::uint64_t ticket, const QString &error)
{
    m_isSyncing = false;
    m_deadline.stop();
    if (m_isWanted) {
        m_begin.start();
        // They have waited for a part of their time already.
        const auto waited = std::chrono::floor<Milliseconds>(SteadyClock::now() - m_wantedSince);
        m_deadline.start(std::max(Deadline - waited, Milliseconds(0)));
    }
    if (!error.isEmpty()) {
        qCWarning(lcSpool, "%s", qPrintable(error));
        m_spool.noteSyncFailed();
    }
    Q_EMIT finished(ticket, error.isEmpty());
}

void GroupCommit::giveUp()
{
    qCWarning(lcSpool, "the disk takes too long to sync the spool; calls are refused meanwhile");
    m_isWanted = false;
    Q_EMIT finished(m_open++, false);
}

} // namespace Weave
