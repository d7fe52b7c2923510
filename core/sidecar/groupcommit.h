#pragma once

#include "common/clock.h"
#include "spool/deadletters.h"
#include "spool/diskspool.h"
#include "spool/synctask.h"

#include <QObject>
#include <QTimer>

#include <cstdint>

namespace Weave {

// Syncs calls to the disk before they are answered (--spool-sync always). All that come while a
// sync is under way share the next one.
class GroupCommit final : public QObject
{
    Q_OBJECT

public:
    // Both outlive it; spool collects what is appended.
    GroupCommit(DiskSpool &spool, DeadLetters &deadLetters);

    // Asks for a sync of everything appended so far. The ticket says which finished() tells of it.
    [[nodiscard]] std::uint64_t request();

Q_SIGNALS:
    // Of every ticket up to this one that was not finished before. When the disk fails or takes
    // too long, isSynced is false.
    void finished(quint64 ticket, bool isSynced);

private:
    void begin();
    void handleSynced(std::uint64_t ticket, const QString &error);
    void giveUp();

    DiskSpool &m_spool;
    DeadLetters &m_deadLetters;
    QTimer m_begin;
    QTimer m_deadline;
    std::uint64_t m_open = 1; // the ticket that requests get now
    bool m_isWanted = false; // somebody has got it
    TimePoint m_wantedSince; // when the first did
    bool m_isSyncing = false;
    SyncTask m_task; // ends first
};

} // namespace Weave
