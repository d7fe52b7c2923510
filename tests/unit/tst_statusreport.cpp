#include "stats/statusreport.h"

#include "unit/text.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

using namespace Weave;
using namespace Qt::StringLiterals;

namespace {

QJsonObject written(const StatusReport &report)
{
    return QJsonDocument::fromJson(toBytes(toJson(report))).object();
}

// The value at "a.b.c"; Undefined when there is none.
QJsonValue at(const QJsonObject &root, const QString &path)
{
    QJsonValue value = root;
    for (const QString &key : path.split(u'.'))
        value = value.toObject().value(key);
    return value;
}

void record(Histogram &histogram, std::initializer_list<std::uint64_t> values)
{
    for (const std::uint64_t value : values)
        histogram.record(value);
}

// Every number another one, so that a counter in another's place is seen.
Stats distinctStats()
{
    Stats stats;
    stats.received = 101;
    stats.delivered = 102;
    stats.giveUp(DeadLetterReason::Refused, 60);
    stats.giveUp(DeadLetterReason::MaxAge, 43);
    for (std::size_t i = 0; i < RefusalCount; ++i)
        stats.refused.at(i) = 200 + i;
    stats.batches = 104;
    stats.halved = 105;
    stats.requests = 106;
    stats.retried = 107;
    stats.failedRequests = {{"503", 108}, {"network", 109}};
    // Small numbers have a bucket of their own: quantiles are exact.
    record(stats.batchCalls, {1, 2, 3, 4});
    record(stats.batchBytes, {5, 6, 7});
    for (const std::uint64_t microseconds : {9, 10, 11})
        stats.recordRequest(microseconds);
    stats.connectionsOpen = 110;
    stats.connectionsAccepted = 111;
    stats.connectionsRefused = 112;
    return stats;
}

StatusReport distinctReport(const Stats &stats)
{
    StatusReport report;
    report.version = "1.2.3";
    report.pid = 301;
    report.uptimeSeconds = 302.5;
    report.socket = "/run/weave.sock";
    report.configFiles = {"/etc/c.toml", "/home/ada/c.toml"};
    report.backend = "https://trace.example";
    report.delivery.condition = DeliveryState::Condition::Retrying;
    report.delivery.requestsInFlight = 303;
    report.delivery.lastError = "the backend answered 503";
    report.delivery.lastErrorSecondsAgo = 304.25;
    report.delivery.nextAttemptInSeconds = 305.125;
    report.delivery.failingProjects = 315;
    report.delivery.failingNamed = {{"acme/chat", true, "403"}, {"acme/search", false, "503"}};
    report.stats = &stats;
    report.recoveredCalls = 313;
    report.pendingCalls = 306;
    report.pendingBytes = 307;
    report.heldCalls = 314;
    report.oldestPendingSeconds = 308.75;
    report.spoolKind = "memory";
    report.spoolDirectory = "/var/lib/weave";
    report.spoolUsedBytes = 309;
    report.spoolMaxBytes = 310;
    report.maxConnections = 311;
    report.process = {1'700'000'000.5, 401.25, 402, 403, 404, 405, 406};
    report.spoolQuarantined = 312;
    return report;
}

} // namespace

class TstStatusReport final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyValueIsInItsPlace_data();
    void everyValueIsInItsPlace();
    void nothingElseIsInIt();
    void refusalNames();
    void whatIsUnknownIsNull();
    void conditions_data();
    void conditions();
    void textsAreEscaped();
    void largeNumbersKeepTheirDigits();
};

void TstStatusReport::everyValueIsInItsPlace_data()
{
    QTest::addColumn<QString>("path");
    QTest::addColumn<QJsonValue>("value");
    const auto row = [](const char *path, const QJsonValue &value) {
        QTest::newRow(path) << QString::fromLatin1(path) << value;
    };
    row("version", u"1.2.3"_s);
    row("pid", 301);
    row("uptime_seconds", 302.5);
    row("socket", u"/run/weave.sock"_s);
    row("config_files", QJsonArray::fromStringList({u"/etc/c.toml"_s, u"/home/ada/c.toml"_s}));
    row("backend.url", u"https://trace.example"_s);
    row("backend.state", u"retrying"_s);
    row("backend.last_error", u"the backend answered 503"_s);
    row("backend.last_error_seconds_ago", 304.25);
    row("backend.next_attempt_seconds", 305.125);
    row("backend.failing_projects", 315);
    const auto failing = [](const QString &project, const QString &state, const QString &error) {
        return QJsonObject{{u"project"_s, project}, {u"state"_s, state}, {u"error"_s, error}};
    };
    row("backend.failing",
        QJsonArray{failing(u"acme/chat"_s, u"paused"_s, u"403"_s),
                   failing(u"acme/search"_s, u"retrying"_s, u"503"_s)});
    row("calls.received", 101);
    row("calls.delivered", 102);
    row("calls.dead_lettered", 103);
    row("calls.dead_lettered_by_reason.refused", 60);
    row("calls.dead_lettered_by_reason.max_age", 43);
    row("calls.recovered", 313);
    row("calls.pending", 306);
    row("calls.pending_bytes", 307);
    row("calls.held", 314);
    row("calls.oldest_pending_seconds", 308.75);
    row("calls.refused.malformed", 200);
    row("calls.refused.unknown_method", 201);
    row("calls.refused.line_too_long", 202);
    row("calls.refused.memory_limit", 203);
    row("calls.refused.spool_full", 204);
    row("calls.refused.spool_error", 205);
    row("calls.refused.shutting_down", 206);
    row("calls.refused.not_allowed", 207);
    row("batches.formed", 104);
    row("batches.halved", 105);
    row("batches.calls.count", 4);
    row("batches.calls.sum", 10);
    row("batches.calls.p50", 2);
    row("batches.calls.p99", 4);
    row("batches.calls.max", 4);
    row("batches.bytes.count", 3);
    row("batches.bytes.sum", 18);
    row("batches.bytes.p50", 6);
    row("batches.bytes.p99", 7);
    row("batches.bytes.max", 7);
    row("requests.sent", 106);
    row("requests.in_flight", 303);
    row("requests.retried", 107);
    row("requests.failed.503", 108);
    row("requests.failed.network", 109);
    row("requests.seconds.count", 3);
    row("requests.seconds.sum", 0.00003);
    row("requests.seconds.p50", 0.00001);
    row("requests.seconds.p99", 0.000011);
    row("requests.seconds.max", 0.000011);
    row("connections.open", 110);
    row("connections.accepted", 111);
    row("connections.refused", 112);
    row("connections.max", 311);
    row("spool.kind", u"memory"_s);
    row("spool.directory", u"/var/lib/weave"_s);
    row("spool.used_bytes", 309);
    row("spool.max_bytes", 310);
    row("spool.quarantined", 312);
    row("process.start_time_seconds", 1'700'000'000.5);
    row("process.cpu_seconds", 401.25);
    row("process.resident_memory_bytes", 402);
    row("process.virtual_memory_bytes", 403);
    row("process.threads", 404);
    row("process.open_fds", 405);
    row("process.max_fds", 406);
}

void TstStatusReport::everyValueIsInItsPlace()
{
    QFETCH(QString, path);
    QFETCH(QJsonValue, value);
    const Stats stats = distinctStats();
    QCOMPARE(at(written(distinctReport(stats)), path), value);
}

void TstStatusReport::nothingElseIsInIt()
{
    const Stats stats = distinctStats();
    const QJsonObject root = written(distinctReport(stats));
    const auto keys = [&root](const QString &path) { return at(root, path).toObject().keys(); };
    // QJsonObject sorts them.
    QCOMPARE(root.keys(),
             u"backend batches calls config_files connections pid process requests socket spool "
             "uptime_seconds version"_s.split(u' '));
    QCOMPARE(keys(u"backend"_s).size(), 8);
    QCOMPARE(keys(u"calls"_s).size(), 10);
    QCOMPARE(keys(u"calls.refused"_s).size(), qsizetype{RefusalCount});
    QCOMPARE(keys(u"batches"_s).size(), 4);
    QCOMPARE(keys(u"requests"_s).size(), 5);
    QCOMPARE(keys(u"requests.failed"_s).size(), 2);
    QCOMPARE(keys(u"requests.seconds"_s).size(), 6);
    QCOMPARE(keys(u"requests.seconds.buckets"_s).size(), 13);
    QCOMPARE(keys(u"batches.calls"_s).size(), 5);
    QCOMPARE(keys(u"process"_s).size(), 7);
    QCOMPARE(keys(u"connections"_s).size(), 4);
    QCOMPARE(keys(u"spool"_s).size(), 5);
}

void TstStatusReport::refusalNames()
{
    const std::array<std::pair<Refusal, const char *>, RefusalCount> names{{
        {Refusal::Malformed, "malformed"},
        {Refusal::UnknownMethod, "unknown_method"},
        {Refusal::LineTooLong, "line_too_long"},
        {Refusal::MemoryLimit, "memory_limit"},
        {Refusal::SpoolFull, "spool_full"},
        {Refusal::SpoolError, "spool_error"},
        {Refusal::ShuttingDown, "shutting_down"},
        {Refusal::NotAllowed, "not_allowed"},
    }};
    for (const auto &[refusal, name] : names) {
        Stats stats;
        stats.refuse(refusal);
        stats.refuse(refusal);
        const QJsonObject refused =
            at(written(distinctReport(stats)), u"calls.refused"_s).toObject();
        for (const QString &key : refused.keys())
            QCOMPARE(refused.value(key).toInt(-1), key == QLatin1String(name) ? 2 : 0);
    }
}

void TstStatusReport::whatIsUnknownIsNull()
{
    const Stats stats;
    StatusReport report;
    report.stats = &stats;
    const QJsonObject root = written(report);
    for (const char *path :
         {"backend.last_error", "backend.last_error_seconds_ago", "backend.next_attempt_seconds",
          "calls.oldest_pending_seconds", "spool.directory"})
        QVERIFY2(at(root, QString::fromLatin1(path)).isNull(), path);
    QCOMPARE(at(root, u"backend.state"_s), QJsonValue(u"ok"_s));
    QCOMPARE(at(root, u"calls.pending"_s), QJsonValue(0));
    QCOMPARE(at(root, u"requests.failed"_s), QJsonValue(QJsonObject()));
    QCOMPARE(at(root, u"requests.seconds.p99"_s), QJsonValue(0));

    // Zero seconds are known.
    report.oldestPendingSeconds = 0;
    report.delivery.lastErrorSecondsAgo = 0;
    report.delivery.nextAttemptInSeconds = 0;
    const QJsonObject known = written(report);
    QCOMPARE(at(known, u"calls.oldest_pending_seconds"_s), QJsonValue(0));
    QCOMPARE(at(known, u"backend.last_error_seconds_ago"_s), QJsonValue(0));
    QCOMPARE(at(known, u"backend.next_attempt_seconds"_s), QJsonValue(0));
}

void TstStatusReport::conditions_data()
{
    QTest::addColumn<int>("condition");
    QTest::addColumn<QString>("name");
    using Condition = DeliveryState::Condition;
    QTest::newRow("ok") << static_cast<int>(Condition::Ok) << u"ok"_s;
    QTest::newRow("degraded") << static_cast<int>(Condition::Degraded) << u"degraded"_s;
    QTest::newRow("retrying") << static_cast<int>(Condition::Retrying) << u"retrying"_s;
    QTest::newRow("paused") << static_cast<int>(Condition::Paused) << u"paused"_s;
}

void TstStatusReport::conditions()
{
    QFETCH(int, condition);
    QFETCH(QString, name);
    const Stats stats;
    StatusReport report;
    report.stats = &stats;
    report.delivery.condition = static_cast<DeliveryState::Condition>(condition);
    QCOMPARE(at(written(report), u"backend.state"_s).toString(), name);
}

void TstStatusReport::textsAreEscaped()
{
    Stats stats;
    stats.failedRequests["a\"b"] = 1;
    StatusReport report = distinctReport(stats);
    report.socket = "/tmp/a \"b\"\n\\";
    report.delivery.lastError = "the server's words: \"x\"\t\xc3\xa9 \xff";
    const QJsonObject root = written(report);
    QCOMPARE(at(root, u"socket"_s).toString(), u"/tmp/a \"b\"\n\\"_s);
    QCOMPARE(at(root, u"backend.last_error"_s).toString(),
             u"the server's words: \"x\"\t\u00e9 \uFFFD"_s);
    QCOMPARE(at(root, u"requests.failed"_s).toObject().value(u"a\"b"_s), QJsonValue(1));
}

void TstStatusReport::largeNumbersKeepTheirDigits()
{
    Stats stats;
    stats.received = 9'223'372'036'854'775'807U;
    const StatusReport report = distinctReport(stats);
    QCOMPARE(at(written(report), u"calls.received"_s).toInteger(),
             qint64{9'223'372'036'854'775'807});
    stats.received = ~std::uint64_t{0};
    QVERIFY(toBytes(toJson(report)).contains("\"received\":18446744073709551615,"));
}

QTEST_APPLESS_MAIN(TstStatusReport)
#include "tst_statusreport.moc"
