#pragma once

#include "common/clock.h"
#include "spool/spool.h"

#include <QObject>
#include <QTimer>

#include <functional>
#include <list>
#include <span>

namespace Weave {

struct FlushResult
{
    bool isComplete = false; // every call is delivered or given up
    std::uint64_t pendingCalls = 0; // of those that were accepted before the flush
    std::uint64_t givenUpCalls = 0; // of those, refused by the backend for good
};

// Remembers who waits for which calls, and tells them when those have left the spool or when their
// time is over.
class FlushWaiters final : public QObject
{
    Q_OBJECT

public:
    using Done = std::function<void(const FlushResult &)>;

    explicit FlushWaiters(Milliseconds timeout);

    // Waits for those of the pendingCalls calls with an id below barrier that are not held. done is
    // called once, at once when there is nothing to wait for.
    void add(RecordId barrier, std::uint64_t pendingCalls, Done done);
    // The same while it is not known which calls there are: count() says so later.
    void addUncounted(RecordId barrier, std::uint64_t pendingCalls, Done done);
    void count(RecordId barrier, std::uint64_t pendingCalls);
    // Records have left the spool.
    void recordsDone(std::span<const RecordRef> records, bool delivered);
    // Records are held for the other halves of their calls: nobody waits for them.
    void recordsHeld(std::span<const RecordRef> records);
    // Tells everybody now how far it has got; nobody waits any longer.
    void giveUp();

private:
    struct Waiter
    {
        RecordId barrier;
        FlushResult result;
        TimePoint deadline;
        Done done;
        bool isCounted = true;
    };
    using Waiters = std::list<Waiter>; // in the order of their deadlines

    template <class IsMeant>
    void subtract(std::span<const RecordRef> records, IsMeant isMeant, bool delivered);
    void expire();
    void armTimer();

    const Milliseconds m_timeout;
    Waiters m_waiters;
    std::uint64_t m_heldCalls = 0; // pending records that nobody waits for
    QTimer m_timer;
};

} // namespace Weave
