#pragma once

#include "batching/batcher.h"
#include "batching/completepairing.h"
#include "config/config.h"
#include "config/configreloader.h"
#include "forwarding/deliveryqueue.h"
#include "forwarding/replaceabletransport.h"
#include "http/httpserver.h"
#include "ingest/ingestserver.h"
#include "ingest/requesthandler.h"
#include "sidecar/feeder.h"
#include "sidecar/flushwaiters.h"
#include "sidecar/groupcommit.h"
#include "sidecar/observers.h"
#include "sidecar/quietwatch.h"
#include "sidecar/shutdown.h"
#include "sidecar/spoolupkeep.h"
#include "spool/deadletters.h"
#include "spool/spool.h"
#include "stats/stats.h"

#include <QObject>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace Weave {

// The daemon without its process: owns every part, in the order in which they need each other, and
// passes calls from ingest to the spool and the batcher.
class Sidecar final : public QObject, private RequestHandler
{
    Q_OBJECT

public:
    // Makes what calls are delivered by.
    using TransportFactory = std::function<std::unique_ptr<Transport>(const Config &config)>;

    // Nothing happens before start(). spool is where calls wait for their delivery.
    Sidecar(const Config &config, TransportFactory makeTransport, std::unique_ptr<Spool> spool);
    ~Sidecar() override;

    // Takes the socket: the one of a service manager when it is valid, else the configured one. On
    // an error nothing is left behind.
    [[nodiscard]] Result<void> start(UniqueFd serviceSocket = {});

    // Delivers what is pending for as long as --shutdown-timeout allows, as Shutdown describes, and
    // then emits stopped(). A second call does nothing.
    void shutdown();
    [[nodiscard]] Milliseconds shutdownTimeout() const { return m_config.shutdownTimeout; }

    // Where reload() finds new settings. Without it there are none.
    void setReloader(ConfigReloader reloader) { m_reloader.emplace(std::move(reloader)); }

    // Reads the settings anew, applies what can be applied while the daemon runs, and names the
    // rest. After an error the old settings stay.
    [[nodiscard]] Result<Reloaded> reload() override;

    [[nodiscard]] const std::string &socketPath() const { return m_server.socketPath(); }

    // What the method status says, now. changed() follows once when it may be different.
    [[nodiscard]] StatusReport watchStatus();

Q_SIGNALS:
    void stopped();
    void changed();
    // Around each reload(), whatever comes of it.
    void reloadBegins();
    void reloadEnds();

private:
    std::optional<RefusedCall> acceptCall(const CallView &call) override;
    std::optional<RefusedCall> acceptCalls(std::span<const CallView> calls) override;
    bool callsAccepted() override;
    std::uint64_t requestSync() override;
    void clientGone(std::uint16_t client) override;
    void flush(Reply reply) override;
    void subscribe(unsigned topics, Push push) override;
    void setPaused(bool isPaused) override;
    bool retryNow() override;
    StatusReport statusReport() override;
    void preferComplete(const std::string &project) override;

    void apply(const Config &config);
    void leaveSocketToServiceManager();
    [[nodiscard]] Result<void> openDoors();
    void passOn(const CallView &call, const RecordRef &record);
    [[nodiscard]] RefusedCall refusedBySpool(const Error &error);
    [[nodiscard]] bool isBacklogLong() const;
    [[nodiscard]] bool keepDeadLetter(const CallView &call, std::string_view reason);
    void handleRecordsDone(std::span<const RecordRef> records, bool delivered);
    void noteChange();

    Config m_config;
    const TransportFactory m_makeTransport;
    std::optional<ConfigReloader> m_reloader;
    const TimePoint m_startedAt;
    Stats m_stats;
    ProcessWatch m_process;
    std::unique_ptr<Spool> m_spool;
    DiskSpool *const m_disk; // the same; null in memory
    Batcher m_batcher;
    Feeder m_feeder;
    CompletePairing m_pairing;
    QuietWatch m_quiet;
    std::unique_ptr<DeadLetters> m_deadLetters; // of a spool on disk
    std::unique_ptr<SpoolUpkeep> m_upkeep; // of a spool on disk
    std::string m_spoolDirectory; // absolute; of a spool on disk
    std::unique_ptr<GroupCommit> m_groupCommit; // with --spool-sync always
    ReplaceableTransport m_transport;
    DeliveryQueue m_delivery;
    FlushWaiters m_flushWaiters;
    Observers m_observers;
    IngestServer m_server;
    std::unique_ptr<HttpServer> m_http; // with --http
    std::unique_ptr<HttpServer> m_metrics; // with --metrics
    Shutdown m_shutdown;
    bool m_isWatched = false; // changed() is awaited
    bool m_batcherHasNews = false;
    bool m_clientsPause = false;
    bool m_spoolRefuses = false; // it has, and has taken no start since
};

} // namespace Weave
