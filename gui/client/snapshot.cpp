#include "client/snapshot.h"

#include <QFileInfo>
#include <QJsonArray>
#include <QUrl>

#include <numeric>

namespace Weave {

namespace {

qint64 number(const QJsonObject &object, const char *key)
{
    return object.value(QLatin1String(key)).toInteger();
}

QString text(const QJsonObject &object, const char *key)
{
    return object.value(QLatin1String(key)).toString();
}

QJsonObject child(const QJsonObject &object, const char *key)
{
    return object.value(QLatin1String(key)).toObject();
}

std::optional<double> seconds(const QJsonObject &object, const char *key)
{
    const QJsonValue value = object.value(QLatin1String(key));
    return value.isDouble() ? std::optional(value.toDouble()) : std::nullopt;
}

void readBackend(Snapshot &snapshot, const QJsonObject &backend)
{
    snapshot.backend = text(backend, "url");
    const QString state = text(backend, "state");
    if (state == QLatin1String("paused"))
        snapshot.backendState = Snapshot::Backend::Paused;
    else if (state == QLatin1String("degraded"))
        snapshot.backendState = Snapshot::Backend::Degraded;
    else if (state == QLatin1String("retrying"))
        snapshot.backendState = Snapshot::Backend::Retrying;
    snapshot.isPausedByUser = text(backend, "paused_by") == QLatin1String("user");
    snapshot.lastError = text(backend, "last_error");
    snapshot.lastErrorSecondsAgo = seconds(backend, "last_error_seconds_ago");
    snapshot.nextAttemptSeconds = seconds(backend, "next_attempt_seconds");
    snapshot.failingProjects = number(backend, "failing_projects");
    const QJsonObject failing =
        backend.value(QLatin1String("failing")).toArray().first().toObject();
    snapshot.firstFailing = text(failing, "project");
    snapshot.firstFailingError = text(failing, "error");
}

void readCalls(Snapshot &snapshot, const QJsonObject &calls)
{
    snapshot.received = number(calls, "received");
    snapshot.recovered = number(calls, "recovered");
    snapshot.delivered = number(calls, "delivered");
    snapshot.pending = number(calls, "pending");
    snapshot.pendingBytes = number(calls, "pending_bytes");
    snapshot.held = number(calls, "held");
    snapshot.deadLettered = number(calls, "dead_lettered");
    snapshot.oldestPendingSeconds = seconds(calls, "oldest_pending_seconds");
    const QJsonObject refused = child(calls, "refused");
    for (auto reason = refused.begin(); reason != refused.end(); ++reason)
        snapshot.refused.insert(reason.key(), reason.value().toInteger());
}

} // namespace

qint64 Snapshot::refusedCalls() const
{
    return std::accumulate(refused.begin(), refused.end(), qint64{0});
}

bool Snapshot::isSpoolNearlyFull() const
{
    constexpr double NearlyFull = 0.9; // as in readiness: new calls are refused soon after
    return spoolMaxBytes > 0
        && static_cast<double>(spoolUsedBytes) > NearlyFull * static_cast<double>(spoolMaxBytes);
}

QString Snapshot::backendName() const
{
    if (backend.startsWith(QLatin1String("file:")))
        return QFileInfo(backend.mid(5)).fileName();
    const QUrl url(backend);
    if (url.host().isEmpty())
        return backend;
    return url.port() < 0 ? url.host()
                          : url.host() + QLatin1Char(':') + QString::number(url.port());
}

Snapshot Snapshot::fromJson(const QJsonObject &status)
{
    Snapshot snapshot;
    snapshot.version = text(status, "version");
    snapshot.pid = number(status, "pid");
    snapshot.uptimeSeconds = seconds(status, "uptime_seconds").value_or(0);
    snapshot.socket = text(status, "socket");
    for (const QJsonValue file : status.value(QLatin1String("config_files")).toArray())
        snapshot.configFiles << file.toString();
    readBackend(snapshot, child(status, "backend"));
    readCalls(snapshot, child(status, "calls"));

    const QJsonObject requests = child(status, "requests");
    snapshot.requests = number(requests, "sent");
    snapshot.requestsInFlight = number(requests, "in_flight");

    const QJsonObject connections = child(status, "connections");
    snapshot.connections = number(connections, "open");
    snapshot.maxConnections = number(connections, "max");
    snapshot.httpUrl = text(child(status, "http"), "url");

    const QJsonObject spool = child(status, "spool");
    snapshot.spoolKind = text(spool, "kind");
    snapshot.spoolDirectory = text(spool, "directory");
    snapshot.spoolUsedBytes = number(spool, "used_bytes");
    snapshot.spoolMaxBytes = number(spool, "max_bytes");
    snapshot.spoolQuarantined = number(spool, "quarantined");
    return snapshot;
}

QList<ClientSnapshot> ClientSnapshot::fromJson(const QJsonArray &clients)
{
    QList<ClientSnapshot> list;
    list.reserve(clients.size());
    for (const auto &value : clients) {
        const QJsonObject client = value.toObject();
        list.append({number(client, "pid"), text(client, "name"), number(client, "connections"),
                     number(client, "calls"), number(client, "bytes"), number(client, "refused")});
    }
    return list;
}

FlushEvent FlushEvent::fromJson(const QJsonObject &event)
{
    FlushEvent flush;
    flush.time = number(event, "time");
    flush.project = text(event, "project");
    flush.route = text(event, "route");
    flush.calls = number(event, "calls");
    flush.bytes = number(event, "bytes");
    flush.seconds = Weave::seconds(event, "seconds").value_or(0);
    flush.attempts = static_cast<int>(number(event, "attempts"));
    flush.outcome = text(event, "outcome");
    if (const QJsonValue status = event.value(QLatin1String("status")); status.isDouble())
        flush.status = status.toInt();
    flush.error = text(event, "error");
    return flush;
}

CallEvent CallEvent::fromJson(const QJsonObject &event)
{
    CallEvent call;
    call.time = number(event, "time");
    call.isStart = text(event, "kind") == QLatin1String("start");
    call.project = text(event, "project");
    call.id = text(event, "id");
    call.traceId = text(event, "trace_id");
    call.parentId = text(event, "parent_id");
    call.operation = text(event, "op");
    call.startedAt = text(event, "started_at");
    call.endedAt = text(event, "ended_at");
    call.error = text(event, "error");
    call.payload = text(event, "payload");
    return call;
}

} // namespace Weave
