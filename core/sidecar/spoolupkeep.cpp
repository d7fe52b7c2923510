#include "sidecar/spoolupkeep.h"

#include "common/logging.h"
#include "common/textnumber.h"
#include "sidecar/deadlettersync.h"

namespace Weave {

namespace {

using namespace std::chrono_literals;

// A call is synced when it has been there for a whole tick, so after half a second to a second.
constexpr std::chrono::milliseconds Tick = 500ms;

// Clients wait no longer than this while a large backlog is checked.
constexpr std::chrono::microseconds RecoverySlice = 2ms;

} // namespace

SpoolUpkeep::SpoolUpkeep(DiskSpool &spool, DeadLetters &deadLetters, SpoolSync sync)
    : m_spool(spool),
      m_deadLetters(deadLetters),
      m_mode(sync)
{
    if (sync != SpoolSync::Never)
        m_sync.emplace();
    m_recovery.setInterval(0);
    connect(&m_recovery, &QTimer::timeout, this, &SpoolUpkeep::recoverSome);
    m_tick.setInterval(Tick);
    connect(&m_tick, &QTimer::timeout, this, &SpoolUpkeep::tick);
}

void SpoolUpkeep::startRecovery()
{
    for (const std::string &sentence : m_spool.unopenedFiles())
        qCWarning(lcSpool, "%s", sentence.c_str());
    m_recovery.start();
}

void SpoolUpkeep::wake()
{
    if (!m_tick.isActive())
        m_tick.start();
}

void SpoolUpkeep::recoverSome()
{
    std::vector<std::string> projects;
    if (!m_spool.recover(RecoverySlice, projects)) {
        m_recovery.stop();
        const SpoolUsage usage = m_spool.usage();
        if (usage.pendingCalls > 0) {
            qCInfo(lcSpool, "waiting in the spool: %s",
                   countOf(usage.pendingCalls, "call").c_str());
        }
        if (usage.quarantined > 0) {
            qCWarning(lcSpool, "moved to the spool's quarantine/: %s",
                      countOf(usage.quarantined, "damaged piece").c_str());
        }
        wake();
    }
    if (!projects.empty())
        Q_EMIT recovered(projects);
    if (!isRecovering())
        Q_EMIT recoveryEnded();
}

// One after the other: a disk that is slower than the ticks would have more and more to do, and
// hold the files that were delivered meanwhile.
void SpoolUpkeep::syncWhatWaits()
{
    if (m_isSyncing)
        return;
    SyncTask::Job job; // with SpoolSync::Always calls are synced as they come
    if (m_mode == SpoolSync::Lazy)
        job = m_spool.takeUnsynced();
    job.first = deadLetterSync(m_deadLetters);
    if (job.segments.empty() && !job.first)
        return;
    m_isSyncing = true;
    job.done = [this](const Result<void> &result) {
        m_isSyncing = false;
        if (result)
            return;
        qCWarning(lcSpool, "%s", result.error().message.c_str());
        m_spool.noteSyncFailed();
    };
    m_sync->sync(std::move(job));
}

void SpoolUpkeep::lookAfterDirectory()
{
    if (!m_spool.checkDirectory())
        m_isFolderLost = true;
    if (!m_isFolderLost || isRecovering()) // until then it is not known how many calls there are
        return;
    const std::uint64_t calls = m_spool.callsWithoutFile();
    if (calls > m_withoutFile) {
        qCWarning(
            lcSpool,
            "the spool's folder was removed, moved or replaced while the daemon ran. The next "
            "start will not find what waited there, so let it be delivered first: %s",
            countOf(calls, "call").c_str());
    }
    m_withoutFile = calls;
    m_isFolderLost = calls > 0;
}

void SpoolUpkeep::tick()
{
    lookAfterDirectory();
    if (m_sync)
        syncWhatWaits();
    const bool isToSync = m_sync && m_deadLetters.isUnsynced();
    const bool isIdle = !m_spool.tidy() && m_spool.usage().pendingCalls == 0 && !isToSync;
    if (isIdle)
        m_tick.stop();
}

} // namespace Weave
