#pragma once

#include "config/config.h"
#include "spool/deadletters.h"
#include "spool/diskspool.h"
#include "spool/synctask.h"

#include <QObject>
#include <QTimer>

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace Weave {

// What a spool on disk needs from time to time: checking what an earlier process left, syncing,
// giving up files, noticing that its directory is gone. Asleep while nothing is there to do.
class SpoolUpkeep final : public QObject
{
    Q_OBJECT

public:
    // Both outlive it.
    SpoolUpkeep(DiskSpool &spool, DeadLetters &deadLetters, SpoolSync sync);

    // Starts to check what was found, and tells what could not be opened. recovered() comes piece
    // by piece.
    void startRecovery();
    // Until then it is not known how many calls there are.
    [[nodiscard]] bool isRecovering() const { return m_recovery.isActive(); }
    // Calls have been appended, or have become dead letters.
    void wake();

Q_SIGNALS:
    // Calls of these projects are in the spool from before and whole.
    void recovered(const std::vector<std::string> &projects);
    // All that was found has been checked.
    void recoveryEnded();

private:
    void recoverSome();
    void lookAfterDirectory();
    void syncWhatWaits();
    void tick();

    DiskSpool &m_spool;
    DeadLetters &m_deadLetters;
    const SpoolSync m_mode;
    bool m_isFolderLost = false; // and calls may wait in what was there
    std::uint64_t m_withoutFile = 0; // calls, at the last look
    std::atomic<bool> m_isSyncing = false;
    std::optional<SyncTask> m_sync; // ends before that
    QTimer m_recovery;
    QTimer m_tick;
};

} // namespace Weave
