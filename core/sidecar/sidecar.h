#pragma once

#include "batching/batcher.h"
#include "batching/completepairing.h"
#include "config/config.h"
#include "forwarding/deliveryqueue.h"
#include "http/httpserver.h"
#include "ingest/ingestserver.h"
#include "ingest/requesthandler.h"
#include "sidecar/feeder.h"
#include "sidecar/flushwaiters.h"
#include "sidecar/groupcommit.h"
#include "sidecar/observers.h"
#include "sidecar/spoolupkeep.h"
#include "spool/deadletters.h"
#include "spool/spool.h"
#include "stats/stats.h"

#include <QObject>
#include <QTimer>

#include <memory>

namespace Weave {

// The daemon without its process: owns every part, in the order in which they need each other, and
// passes calls from ingest to the spool and the batcher.
class Sidecar final : public QObject, private RequestHandler
{
    Q_OBJECT

public:
    // Nothing happens before start(). transport is what calls are delivered by, spool is where they
    // wait for it.
    Sidecar(const Config &config, std::unique_ptr<Transport> transport,
            std::unique_ptr<Spool> spool);
    ~Sidecar() override;

    // Takes the socket. On an error nothing is left behind.
    [[nodiscard]] Result<void> start();

    // Removes the socket, refuses new calls, delivers what is pending for as long as
    // --shutdown-timeout allows, and then emits stopped(). A second call does nothing.
    void shutdown();

Q_SIGNALS:
    void stopped();

private:
    std::optional<RefusedCall> acceptCall(const CallView &call) override;
    bool callsAccepted() override;
    std::uint64_t requestSync() override;
    void clientGone(std::uint16_t client) override;
    void flush(Reply reply) override;
    void subscribe(unsigned topics, Push push) override;
    void setPaused(bool isPaused) override;
    bool retryNow() override;
    StatusReport statusReport() override;
    void preferComplete(const std::string &project) override;

    [[nodiscard]] bool isCongested() const;
    [[nodiscard]] bool keepDeadLetter(const CallView &call, std::string_view reason);
    void handleRecordsDone(std::span<const RecordRef> records, bool delivered);
    void stopWhenEmpty();
    void stop();

    const Config m_config;
    const TimePoint m_startedAt;
    Stats m_stats;
    std::unique_ptr<Spool> m_spool;
    Batcher m_batcher;
    Feeder m_feeder;
    CompletePairing m_pairing;
    std::unique_ptr<SpoolUpkeep> m_upkeep; // of a spool on disk
    std::unique_ptr<GroupCommit> m_groupCommit; // with --spool-sync always
    std::unique_ptr<DeadLetters> m_deadLetters;
    std::unique_ptr<Transport> m_transport;
    DeliveryQueue m_delivery;
    FlushWaiters m_flushWaiters;
    Observers m_observers;
    IngestServer m_server;
    std::unique_ptr<HttpServer> m_http; // with --http
    QTimer m_shutdownTimer;
    bool m_isStopping = false;
    bool m_isStopped = false;
    bool m_batcherHasNews = false;
    bool m_clientsPause = false;
};

} // namespace Weave
