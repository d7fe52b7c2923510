#include "stats/prometheus.h"

#include "unit/text.h"

#include <QMap>
#include <QRegularExpression>
#include <QSet>
#include <QTest>

using namespace Weave;
using namespace Qt::StringLiterals;

namespace {

// A metrics page by the grammar of the text format 0.0.4, read strictly.
class Page final
{
public:
    explicit Page(const QByteArray &text)
    {
        if (!text.endsWith('\n'))
            error = u"no newline at the end"_s;
        const QStringList lines = QString::fromUtf8(text).split(u'\n');
        for (const QString &line : lines.first(lines.size() - 1))
            readLine(line);
    }

    QString error; // the first line that is not right
    QMap<QString, QString> types; // by metric
    QMap<QString, double> values; // by name{labels}

private:
    void readLine(const QString &line)
    {
        static const QRegularExpression help(u"^# HELP (\\w+) (\\S.*\\S)$"_s);
        static const QRegularExpression type(u"^# TYPE (\\w+) (counter|gauge|summary)$"_s);
        static const QRegularExpression sample(
            u"^([a-z_][a-z0-9_]*)(\\{(?:[a-z_]+=\"(?:[^\"\\\\\\n]|\\\\[\\\\n\"])*\",?)+\\})? "
            "(-?[0-9]+(?:\\.[0-9]+)?)$"_s);
        if (const auto match = help.match(line); match.hasMatch()) {
            m_current = match.captured(1);
            if (m_helped.contains(m_current))
                fail(line);
            m_helped << m_current;
        } else if (const auto named = type.match(line); named.hasMatch()) {
            // Right behind its HELP, and once.
            if (named.captured(1) != m_current || types.contains(m_current))
                fail(line);
            types.insert(m_current, named.captured(2));
        } else if (const auto value = sample.match(line); value.hasMatch()) {
            QString name = value.captured(1);
            if (types.value(m_current) == u"summary")
                name.remove(QRegularExpression(u"_(sum|count)$"_s));
            const QString key = value.captured(1) + value.captured(2);
            if (name != m_current || !types.contains(m_current) || values.contains(key))
                fail(line);
            values.insert(key, value.captured(3).toDouble());
        } else {
            fail(line);
        }
    }

    void fail(const QString &line)
    {
        if (error.isEmpty())
            error = line;
    }

    QString m_current;
    QSet<QString> m_helped;
};

// Every number another one, so that a counter in another's place is seen.
Stats distinctStats()
{
    Stats stats;
    stats.received = 101;
    stats.delivered = 102;
    stats.deadLettered = 103;
    for (std::size_t i = 0; i < RefusalCount; ++i)
        stats.refused.at(i) = 200 + i;
    stats.batches = 104;
    stats.halved = 105;
    stats.requests = 106;
    stats.retried = 107;
    stats.failedRequests = {{"503", 108}, {"network", 109}};
    // Small numbers have a bucket of their own: quantiles are exact.
    for (const std::uint64_t microseconds : {9, 10, 11})
        stats.requestMicroseconds.record(microseconds);
    stats.connectionsOpen = 110;
    stats.connectionsAccepted = 111;
    stats.connectionsRefused = 112;
    stats.httpConnectionsOpen = 113;
    stats.httpKept = 114;
    stats.httpPassed = 115;
    stats.httpRefused = 116;
    stats.httpHealth = 117;
    return stats;
}

StatusReport distinctReport(const Stats &stats)
{
    StatusReport report;
    report.version = "1.2.3";
    report.uptimeSeconds = 302.5;
    report.delivery.condition = DeliveryState::Condition::Retrying;
    report.delivery.requestsInFlight = 303;
    report.stats = &stats;
    report.recoveredCalls = 313;
    report.pendingCalls = 306;
    report.pendingBytes = 307;
    report.heldCalls = 314;
    report.oldestPendingSeconds = 308.75;
    report.spoolUsedBytes = 309;
    report.spoolMaxBytes = 310;
    report.spoolQuarantined = 312;
    return report;
}

Page page(const StatusReport &report)
{
    return Page(toBytes(toPrometheus(report)));
}

} // namespace

class TstPrometheus final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyLineIsRight();
    void everyValueIsInItsPlace_data();
    void everyValueIsInItsPlace();
    void nothingElseIsInIt();
    void typesAndNames();
    void states();
    void unknownIsZero();
    void labelsAreEscaped();
    void largeNumbersKeepTheirDigits();
};

void TstPrometheus::everyLineIsRight()
{
    const Stats stats = distinctStats();
    QCOMPARE(page(distinctReport(stats)).error, QString());
}

void TstPrometheus::everyValueIsInItsPlace_data()
{
    QTest::addColumn<double>("value");
    const auto row = [](const char *key, double value) { QTest::newRow(key) << value; };
    row("calls_received_total", 101);
    row("calls_recovered_total", 313);
    row("calls_delivered_total", 102);
    row("calls_dead_lettered_total", 103);
    row("calls_refused_total{reason=\"malformed\"}", 200);
    row("calls_refused_total{reason=\"unknown_method\"}", 201);
    row("calls_refused_total{reason=\"line_too_long\"}", 202);
    row("calls_refused_total{reason=\"memory_limit\"}", 203);
    row("calls_refused_total{reason=\"spool_full\"}", 204);
    row("calls_refused_total{reason=\"spool_error\"}", 205);
    row("calls_refused_total{reason=\"shutting_down\"}", 206);
    row("calls_refused_total{reason=\"not_allowed\"}", 207);
    row("calls_pending", 306);
    row("calls_pending_bytes", 307);
    row("calls_held", 314);
    row("calls_oldest_pending_seconds", 308.75);
    row("batches_formed_total", 104);
    row("batches_halved_total", 105);
    row("requests_sent_total", 106);
    row("requests_retried_total", 107);
    row("requests_failed_total{reason=\"503\"}", 108);
    row("requests_failed_total{reason=\"network\"}", 109);
    row("requests_in_flight", 303);
    row("request_seconds{quantile=\"0.5\"}", 0.00001);
    row("request_seconds{quantile=\"0.99\"}", 0.000011);
    row("request_seconds_sum", 0.00003);
    row("request_seconds_count", 3);
    row("backend_state{state=\"ok\"}", 0);
    row("backend_state{state=\"retrying\"}", 1);
    row("backend_state{state=\"paused\"}", 0);
    row("connections_open", 110);
    row("connections_accepted_total", 111);
    row("connections_refused_total", 112);
    row("spool_used_bytes", 309);
    row("spool_max_bytes", 310);
    row("spool_quarantined_total", 312);
    row("http_connections_open", 113);
    row("http_requests_total{outcome=\"kept\"}", 114);
    row("http_requests_total{outcome=\"passed\"}", 115);
    row("http_requests_total{outcome=\"refused\"}", 116);
    row("http_requests_total{outcome=\"health\"}", 117);
    row("uptime_seconds", 302.5);
    row("build_info{version=\"1.2.3\"}", 1);
}

void TstPrometheus::everyValueIsInItsPlace()
{
    QFETCH(double, value);
    const Stats stats = distinctStats();
    const Page found = page(distinctReport(stats));
    const QString key = u"weave_sidecar_"_s + QString::fromLatin1(QTest::currentDataTag());
    QVERIFY(found.values.contains(key));
    QCOMPARE(found.values.value(key), value);
}

void TstPrometheus::nothingElseIsInIt()
{
    const Stats stats = distinctStats();
    QCOMPARE(page(distinctReport(stats)).values.size(), 43);
}

void TstPrometheus::typesAndNames()
{
    const Stats stats = distinctStats();
    const QMap<QString, QString> types = page(distinctReport(stats)).types;
    QCOMPARE_GT(types.size(), 20);
    for (const QString &name : types.keys()) {
        QVERIFY2(name.startsWith(u"weave_sidecar_"), qPrintable(name));
        QCOMPARE(types.value(name) == u"counter", name.endsWith(u"_total"));
    }
}

void TstPrometheus::states()
{
    using Condition = DeliveryState::Condition;
    const Stats stats;
    StatusReport report;
    report.stats = &stats;
    const auto active = [&report](Condition condition) {
        report.delivery.condition = condition;
        const Page found = page(report);
        QStringList names;
        for (const char *name : {"ok", "retrying", "paused"}) {
            const QString key =
                u"weave_sidecar_backend_state{state=\"%1\"}"_s.arg(QString::fromLatin1(name));
            if (found.values.value(key) == 1)
                names << QString::fromLatin1(name);
        }
        return names;
    };
    QCOMPARE(active(Condition::Ok), QStringList{u"ok"_s});
    QCOMPARE(active(Condition::Retrying), QStringList{u"retrying"_s});
    QCOMPARE(active(Condition::Paused), QStringList{u"paused"_s});
}

void TstPrometheus::unknownIsZero()
{
    const Stats stats;
    StatusReport report;
    report.stats = &stats;
    const Page found = page(report);
    QCOMPARE(found.error, QString());
    QCOMPARE(found.values.value(u"weave_sidecar_calls_oldest_pending_seconds"_s, -1), 0.0);
    QCOMPARE(found.values.value(u"weave_sidecar_request_seconds_count"_s, -1), 0.0);
}

void TstPrometheus::labelsAreEscaped()
{
    Stats stats;
    stats.failedRequests["a\"b\\c\nd"] = 7;
    StatusReport report;
    report.stats = &stats;
    report.version = "1\"2";
    const Page found = page(report);
    QCOMPARE(found.error, QString());
    QCOMPARE(found.values.value(u"weave_sidecar_requests_failed_total{reason=\"a\\\"b\\\\c d\"}"_s),
             7.0);
    QVERIFY(found.values.contains(u"weave_sidecar_build_info{version=\"1\\\"2\"}"_s));
}

void TstPrometheus::largeNumbersKeepTheirDigits()
{
    Stats stats;
    stats.received = ~std::uint64_t{0};
    StatusReport report;
    report.stats = &stats;
    QVERIFY(toBytes(toPrometheus(report))
                .contains("\nweave_sidecar_calls_received_total 18446744073709551615\n"));
}

QTEST_APPLESS_MAIN(TstPrometheus)
#include "tst_prometheus.moc"
