#pragma once

#include "batching/batcher.h"
#include "batching/completepairing.h"
#include "forwarding/deliveryqueue.h"
#include "http/httpserver.h"
#include "ingest/ingestserver.h"
#include "sidecar/flushwaiters.h"
#include "spool/diskspool.h"

#include <QObject>
#include <QTimer>

#include <span>

namespace Weave {

// How the daemon ends: it delivers what is pending for as long as it may.
//
// A socket of its own is removed first, and new calls are refused. When a service manager holds the
// socket for the next daemon and the spool outlives this one, nobody is refused: calls are taken
// meanwhile, and at the end the clients are let go, so that they find the next daemon.
class Shutdown final : public QObject
{
    Q_OBJECT

public:
    // All outlive it.
    struct Parts
    {
        Spool &spool;
        Batcher &batcher;
        CompletePairing &pairing;
        DeliveryQueue &delivery;
        FlushWaiters &flushWaiters;
        IngestServer &server;
        HttpServer *http; // null without one
        const DiskSpool *disk; // the same spool; null in memory
    };
    explicit Shutdown(const Parts &parts);

    // A second call does nothing. finished() comes from the event loop.
    void begin(Milliseconds timeout);
    [[nodiscard]] bool hasBegun() const { return m_hasBegun; }
    [[nodiscard]] bool refusesCalls() const { return m_hasBegun && !m_handsOver; }
    // Clients are being let go; whatever they still ask for has to be answered at once.
    [[nodiscard]] bool isHandingOver() const { return m_isHandingOver; }

    // Records have left the spool.
    void recordsDone(std::span<const RecordRef> records);
    // Something that it may have waited for is over.
    void check();
    // The user has paused delivery: what is on disk is the next start's. What is not goes on.
    void stopWaiting();

Q_SIGNALS:
    void finished();

private:
    // Of what waits, what the next start would not find.
    [[nodiscard]] std::uint64_t callsWithoutFile() const;
    // Whether anything is, or what comes yet will be.
    [[nodiscard]] bool mayLoseCalls() const;
    void endDrain();
    void handOver();
    void finish();

    const Parts m_parts;
    QTimer m_timer;
    RecordId m_barrier; // calls below it were pending when the shutdown began
    std::uint64_t m_drainCalls = 0; // of those, what is pending yet
    bool m_hasBegun = false;
    bool m_handsOver = false; // the next daemon gets the clients
    bool m_isHandingOver = false;
    bool m_isFinished = false;
};

} // namespace Weave
