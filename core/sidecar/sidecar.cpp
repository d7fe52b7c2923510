#include "sidecar/sidecar.h"

#include "common/bytesize.h"
#include "common/codepages.h"
#include "common/heap.h"
#include "common/logging.h"
#include "common/textnumber.h"
#include "protocol/reply.h"
#include "sidecar/doorfactory.h"
#include "sidecar/limits.h"
#include "sidecar/transportfactory.h"

#include <QRandomGenerator>
#include <QScopeGuard>

#include <filesystem>

namespace Weave {

namespace {

using namespace std::chrono_literals;

// Below the 5 s after which the SDK's client stops waiting for a reply (wandb/weave,
// sidecar_trace_server.py), with room for a slow moment.
constexpr Milliseconds FlushTimeout = 4s;

// Pending payloads above which clients are slowed down while delivery flows.
constexpr std::uint64_t CongestionBytes = 16 * MiB;

// A program that traces a call now and then does not pay for memory that comes and goes each time.
constexpr Milliseconds QuietInterval = 2s;

// In a list for people.
constexpr std::size_t MaxClientsShown = 200;

// Half of it in each of two files.
constexpr std::uint64_t MaxDeadLetterBytes = 128 * MiB;

std::string listOf(const std::vector<std::string> &names)
{
    std::string list;
    for (const std::string &name : names)
        list += (list.empty() ? "" : ", ") + name;
    return list.empty() ? "nothing" : list;
}

void warnOfUnused(const std::vector<std::string> &settings)
{
    if (!settings.empty())
        qCWarning(lcConfig,
                  "not used, since the service manager has made the socket: %s. Where it is and "
                  "who may connect is set in its unit: systemctl edit weave-sidecar.socket, with "
                  "--user for a user's own",
                  listOf(settings).c_str());
}

RefusedCall refusedByShutdown()
{
    return {Refusal::ShuttingDown, "the sidecar is shutting down; send this call directly"};
}

} // namespace

Sidecar::Sidecar(const Config &config, TransportFactory makeTransport, std::unique_ptr<Spool> spool)
    : m_config(config),
      m_makeTransport(std::move(makeTransport)),
      m_startedAt(SteadyClock::now()),
      m_process(SteadyClock::now),
      m_spool(std::move(spool)),
      m_disk(dynamic_cast<DiskSpool *>(m_spool.get())),
      m_batcher(batchLimits(config), SteadyClock::now),
      m_feeder(*m_spool, m_batcher),
      m_pairing(*m_spool, pairingLimits(config), SteadyClock::now,
                [this](std::uint16_t client) { return m_server.isConnected(client); }),
      m_quiet(*m_spool, QuietInterval),
      m_transport(m_makeTransport(config)),
      m_delivery({m_batcher, m_pairing, *m_spool, m_transport, m_stats,
                  [this](const CallView &call, std::string_view reason) {
                      return keepDeadLetter(call, reason);
                  }},
                 deliveryLimits(config), SteadyClock::now,
                 [] { return QRandomGenerator::global()->generateDouble(); }),
      m_flushWaiters(FlushTimeout),
      m_observers({[this] { return toJson(statusReport()); },
                   [this] { return m_server.clients(MaxClientsShown); }}),
      m_server(*this, m_stats, ingestLimits(config)),
      m_http(makeHttpDoor(config, m_server.limits().maxConnections, *this, m_stats)),
      m_metrics(makeMetricsServer(config, *this, m_stats)),
      m_shutdown({*m_spool, m_batcher, m_pairing, m_delivery, m_flushWaiters, m_server,
                  m_http.get(), m_disk})
{
    connect(&m_shutdown, &Shutdown::finished, this, &Sidecar::stopped);
    connect(&m_delivery, &DeliveryQueue::recordsDone, this, &Sidecar::handleRecordsDone);
    connect(&m_delivery, &DeliveryQueue::recordsHeld, &m_flushWaiters, &FlushWaiters::recordsHeld);
    connect(&m_delivery, &DeliveryQueue::batchTakenApart, &m_feeder, &Feeder::feed);
    connect(&m_delivery, &DeliveryQueue::requestFinished, &m_observers, &Observers::noteRequest);
    connect(&m_delivery, &DeliveryQueue::requestFinished, this, &Sidecar::noteChange);
    connect(&m_feeder, &Feeder::fed, &m_delivery, &DeliveryQueue::pump);
    // In an outage the spool is as it was after each attempt.
    connect(&m_delivery, &DeliveryQueue::requestFinished, &m_quiet, [this] { m_quiet.wake(); });
    connect(&m_quiet, &QuietWatch::becameQuiet, this, [] {
        giveBackFreedMemory();
        unmapCodePages();
    });
    // Only a spool on disk has anything to look after, and a place for what nobody will deliver.
    if (m_disk) {
        m_deadLetters = std::make_unique<DeadLetters>(config.spoolDirectory, MaxDeadLetterBytes);
        m_upkeep = std::make_unique<SpoolUpkeep>(*m_disk, *m_deadLetters, config.spoolSync);
        if (config.spoolSync == SpoolSync::Always) {
            m_groupCommit = std::make_unique<GroupCommit>(*m_disk, *m_deadLetters);
            connect(m_groupCommit.get(), &GroupCommit::finished, &m_server,
                    &IngestServer::finishSync);
            if (m_http)
                connect(m_groupCommit.get(), &GroupCommit::finished, m_http.get(),
                        &HttpServer::finishSync);
        }
        connect(m_upkeep.get(), &SpoolUpkeep::recovered, &m_feeder, &Feeder::addBacklog);
        connect(m_upkeep.get(), &SpoolUpkeep::recoveryEnded, &m_flushWaiters,
                [this] { m_flushWaiters.count(m_spool->nextId(), m_spool->usage().pendingCalls); });
        std::error_code status; // without the working directory it stays as it was given
        m_spoolDirectory = std::filesystem::absolute(config.spoolDirectory, status).string();
    }
}

Sidecar::~Sidecar() = default;

Result<void> Sidecar::start(UniqueFd serviceSocket)
{
    const bool isGiven = serviceSocket.isValid();
    auto listening = isGiven
        ? ListeningSocket::adopt(std::move(serviceSocket))
        : ListeningSocket::open({m_config.socketPath, m_config.socketMode, m_config.socketGroup});
    if (!listening)
        return listening.error();
    m_server.listen(std::move(*listening));
    if (isGiven)
        leaveSocketToServiceManager();
    if (auto open = openDoors(); !open) {
        m_server.stopListening();
        if (m_http)
            m_http->stopListening();
        return open;
    }
    if (m_upkeep)
        m_upkeep->startRecovery();
    m_quiet.wake();
    const std::uint64_t connections = m_server.limits().maxConnections;
    if (connections < m_config.maxConnections) {
        qCWarning(lcIngest,
                  "the limit of open files allows %llu connections instead of %llu; raise "
                  "LimitNOFILE or ulimit -n",
                  static_cast<unsigned long long>(connections),
                  static_cast<unsigned long long>(m_config.maxConnections));
    }
    return {};
}

void Sidecar::leaveSocketToServiceManager()
{
    if (!m_reloader)
        return;
    warnOfUnused(m_reloader->leaveSocketToServiceManager(m_server.socketPath()));
}

Result<void> Sidecar::openDoors()
{
    if (m_http) {
        if (auto open = m_http->listen(m_config.http->address, m_config.http->port); !open)
            return open;
        qCInfo(lcIngest, "HTTP clients are served on %s: export WF_TRACE_SERVER_URL=%s",
               m_http->url().c_str(), m_http->url().c_str());
    }
    if (m_metrics) {
        if (auto open = listen(*m_metrics, *m_config.metrics); !open)
            return open;
        qCInfo(lcApp, "metrics are on %s: /metrics, /status, /healthz, /readyz",
               m_metrics->url().c_str());
    }
    return {};
}

std::optional<RefusedCall> Sidecar::acceptCall(const CallView &call)
{
    if (m_shutdown.refusesCalls())
        return refusedByShutdown();
    const auto record = m_spool->append(call);
    if (!record)
        return refusedBySpool(record.error());
    passOn(call, *record);
    m_observers.noteCall(call); // a watcher that turns out to be gone may set more in motion
    return std::nullopt;
}

std::optional<RefusedCall> Sidecar::acceptCalls(std::span<const CallView> calls)
{
    if (m_shutdown.refusesCalls())
        return refusedByShutdown();
    std::vector<RecordRef> records;
    records.reserve(calls.size());
    for (const CallView &call : calls) {
        const auto record = m_spool->append(call);
        if (!record) {
            // Nobody else knows of those before it.
            for (const RecordRef &kept : records)
                m_spool->remove(kept);
            return refusedBySpool(record.error());
        }
        records.push_back(*record);
    }
    // None of them to be told of before batching knows all: what that may set in motion looks into
    // the spool for calls that batching does not have.
    for (std::size_t i = 0; i < calls.size(); ++i)
        passOn(calls[i], records[i]);
    for (const CallView &call : calls)
        m_observers.noteCall(call);
    return std::nullopt;
}

void Sidecar::passOn(const CallView &call, const RecordRef &record)
{
    if (call.kind == CallKind::Start) // ends are taken for longer
        m_spoolRefuses = false;
    ++m_stats.received;
    noteChange();
    if (m_feeder.offer(call.project, record))
        m_batcherHasNews = true;
}

RefusedCall Sidecar::refusedBySpool(const Error &error)
{
    // Once for each time that calls were taken before; the log itself passes over repetitions.
    if (!std::exchange(m_spoolRefuses, true)) {
        qCWarning(lcSpool, "calls are refused, and their programs send them directly: %s",
                  error.message.c_str());
    }
    return {error.code == ErrorCode::Full ? Refusal::SpoolFull : Refusal::SpoolError,
            error.message + "; send this call directly"};
}

bool Sidecar::callsAccepted()
{
    if (m_upkeep)
        m_upkeep->wake();
    m_quiet.wake();
    if (std::exchange(m_batcherHasNews, false))
        m_delivery.pump();
    if (!isBacklogLong() || !m_delivery.isFlowing())
        return false;
    m_clientsPause = true;
    return true;
}

// Clients that write without waiting can hand over calls faster than one core can send them. While
// the backend takes them fast, a short pause keeps the queue in the cache; a backend that is slow
// or away is no reason to make clients wait.
//
// What waits for its other half is not held up by delivery, and open calls of a busy host may be
// many megabytes.
bool Sidecar::isBacklogLong() const
{
    return m_spool->usage().pendingBytes - m_pairing.heldBytes() >= CongestionBytes;
}

std::uint64_t Sidecar::requestSync()
{
    return m_groupCommit->request();
}

void Sidecar::clientGone(std::uint16_t client)
{
    if (m_pairing.heldStarts() == 0)
        return;
    m_pairing.clientGone(client);
    m_delivery.pump();
}

void Sidecar::handleRecordsDone(std::span<const RecordRef> records, bool delivered)
{
    // First, because feeding may start a request that ends at once, and then we are here again.
    m_flushWaiters.recordsDone(records, delivered);
    m_feeder.feed();
    m_quiet.wake();
    noteChange();
    if (m_clientsPause && !isBacklogLong()) {
        m_clientsPause = false;
        m_server.resumeReading();
    }
    m_shutdown.recordsDone(records);
}

// False when it could not be kept: then the call stays in the spool.
bool Sidecar::keepDeadLetter(const CallView &call, std::string_view reason)
{
    if (!m_deadLetters)
        return true; // in memory there is no place for it; counted and logged it is all the same
    if (!m_disk->isInPlace()) {
        qCWarning(
            lcSpool,
            "cannot write to the dead letters in %s: the folder there is not the one that this "
            "daemon has opened; restart it, with a --spool-dir of its own",
            m_spoolDirectory.c_str());
        return false;
    }
    const auto kept = m_deadLetters->add(call, reason);
    if (!kept)
        qCWarning(lcSpool, "%s", kept.error().message.c_str());
    m_upkeep->wake();
    return kept.ok();
}

void Sidecar::subscribe(unsigned topics, Push push)
{
    m_observers.add(topics, std::move(push));
}

void Sidecar::setPaused(bool isPaused)
{
    if (isPaused == m_delivery.isPausedByUser())
        return;
    qCInfo(lcApp, "delivery is %s", isPaused ? "paused; calls are kept" : "resumed");
    m_delivery.setPausedByUser(isPaused);
    noteChange();
    if (!isPaused)
        return;
    m_flushWaiters.giveUp(); // they would wait in vain
    m_shutdown.stopWaiting();
}

bool Sidecar::retryNow()
{
    if (m_delivery.isPausedByUser())
        return false;
    m_delivery.retryNow();
    return true;
}

void Sidecar::flush(Reply reply)
{
    if (m_delivery.isPausedByUser() && m_spool->usage().pendingCalls > m_pairing.heldStarts()) {
        reply(failureReply(PausedText, m_spool->usage().pendingCalls - m_pairing.heldStarts()));
        return;
    }
    m_batcher.makeAllDue();
    m_delivery.pump();
    auto done = [this, reply = std::move(reply)](const FlushResult &result) {
        if (!result.isComplete && m_delivery.isPausedByUser()) {
            reply(failureReply(PausedText, result.pendingCalls));
        } else if (!result.isComplete) {
            const std::string error = m_delivery.state().lastError;
            reply(failureReply("not everything is delivered yet, delivery goes on"
                                   + (error.empty() ? std::string() : " (" + error + ")"),
                               result.pendingCalls));
        } else if (result.givenUpCalls > 0) {
            reply(failureReply("the backend refused " + countOf(result.givenUpCalls, "call")
                                   + " for good (" + m_delivery.state().lastError + ")",
                               result.pendingCalls));
        } else {
            reply(successReply(m_spool->usage().pendingCalls));
        }
    };
    const std::uint64_t pending = m_spool->usage().pendingCalls;
    if (m_upkeep && m_upkeep->isRecovering())
        m_flushWaiters.addUncounted(m_spool->nextId(), pending, std::move(done));
    else
        m_flushWaiters.add(m_spool->nextId(), pending, std::move(done));
    if (m_shutdown.isHandingOver())
        m_flushWaiters.giveUp();
}

void Sidecar::preferComplete(const std::string &project)
{
    m_delivery.preferComplete(project);
}

Result<RequestHandler::Reloaded> Sidecar::reload()
{
    if (!m_reloader || m_shutdown.hasBegun())
        return Error{ErrorCode::Unavailable, "the sidecar is stopping"};
    Q_EMIT reloadBegins();
    const auto end = qScopeGuard([this] { Q_EMIT reloadEnds(); });
    auto change = m_reloader->reload();
    if (!change) {
        qCWarning(lcConfig, "reload: the old settings stay: %s", change.error().message.c_str());
        return change.error();
    }
    apply(change->config);
    qCInfo(lcConfig, "reload: changed: %s", listOf(change->changed).c_str());
    if (!change->needsRestart.empty())
        qCWarning(lcConfig, "reload: these take effect at the next start: %s",
                  listOf(change->needsRestart).c_str());
    warnOfUnused(change->notUsed);
    return Reloaded{std::move(change->changed), std::move(change->needsRestart),
                    std::move(change->notUsed)};
}

void Sidecar::apply(const Config &config)
{
    const Config before = std::exchange(m_config, config);
    setLogLevel(config.logLevel);
    m_spool->setMaxBytes(config.spoolMaxBytes);
    m_batcher.setLimits(batchLimits(config));
    m_pairing.setLimits(pairingLimits(config));
    m_delivery.setLimits(deliveryLimits(config));
    m_server.setMaxConnections(possibleConnections(config));
    if (m_http)
        m_http->setOptions(makeDoorRouter(config, *this),
                           httpDoorOptions(config, m_server.limits().maxConnections));
    if (needsOtherTransport(before, config))
        m_transport.replace(m_makeTransport(config));
    if (before.backend.display() != config.backend.display())
        m_delivery.forgetPaths();
    // What was in the way, a refused key for example, may be mended now.
    m_delivery.retryNow();
}

void Sidecar::shutdown()
{
    m_shutdown.begin(shutdownTimeout());
}

} // namespace Weave
