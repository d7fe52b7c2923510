#pragma once

#include <QJsonObject>
#include <QList>
#include <QMap>
#include <QString>
#include <QStringList>

#include <optional>

namespace Weave {

// What the daemon says of itself, once a second. The names are those of docs/protocol.md
// ("status"); a member that is missing keeps its default.
struct Snapshot
{
    enum class Backend {
        Ok,
        Degraded, // calls of some projects wait
        Retrying,
        Paused,
    };

    QString version;
    qint64 pid = 0;
    double uptimeSeconds = 0;
    QString socket;
    QStringList configFiles; // that a reload reads

    QString backend; // a URL, or file:PATH
    Backend backendState = Backend::Ok;
    bool isPausedByUser = false;
    QString lastError;
    std::optional<double> lastErrorSecondsAgo;
    std::optional<double> nextAttemptSeconds;
    qint64 failingProjects = 0; // whose calls wait
    QString firstFailing; // one of them, and what the backend says of it
    QString firstFailingError;

    qint64 received = 0; // since the daemon's start, as all counters
    qint64 recovered = 0; // found in the spool at its start
    qint64 delivered = 0;
    qint64 pending = 0;
    qint64 pendingBytes = 0;
    qint64 held = 0; // of the pending ones: starts that wait for their ends
    qint64 deadLettered = 0;
    std::optional<double> oldestPendingSeconds;
    QMap<QString, qint64> refused; // by reason

    qint64 requests = 0;
    qint64 requestsInFlight = 0;

    qint64 connections = 0;
    qint64 maxConnections = 0;
    QString httpUrl; // empty without the HTTP door

    QString spoolKind;
    QString spoolDirectory; // empty in memory
    qint64 spoolUsedBytes = 0;
    qint64 spoolMaxBytes = 0;
    qint64 spoolQuarantined = 0;

    [[nodiscard]] qint64 refusedCalls() const;
    // It will soon refuse calls.
    [[nodiscard]] bool isSpoolNearlyFull() const;

    // The host that people know it by: "trace.wandb.ai", or the file's name.
    [[nodiscard]] QString backendName() const;

    [[nodiscard]] static Snapshot fromJson(const QJsonObject &status);
};

// A process that is connected to the socket.
struct ClientSnapshot
{
    qint64 pid = 0;
    QString name;
    qint64 connections = 0;
    qint64 calls = 0; // on the connections that are open now
    qint64 bytes = 0;
    qint64 refused = 0;

    [[nodiscard]] static QList<ClientSnapshot> fromJson(const QJsonArray &clients);
};

// A request to the trace server that has ended.
struct FlushEvent
{
    qint64 time = 0; // ms since 1970
    QString project;
    QString route;
    qint64 calls = 0;
    qint64 bytes = 0;
    double seconds = 0;
    int attempts = 0;
    QString outcome; // "delivered", or what became of the batch
    std::optional<int> status; // none when there was no answer
    QString error; // empty when it was delivered

    [[nodiscard]] static FlushEvent fromJson(const QJsonObject &event);
};

// A start or an end as it passes.
struct CallEvent
{
    qint64 time = 0; // ms since 1970
    bool isStart = false;
    QString project;
    QString id;
    QString traceId;
    QString parentId;
    QString operation; // as the SDK sent it, often a URI
    QString startedAt; // ISO 8601
    QString endedAt;
    QString error;
    QString payload; // JSON, cut when it is long; empty unless asked for

    [[nodiscard]] static CallEvent fromJson(const QJsonObject &event);
};

} // namespace Weave
