#include "stats/prometheus.h"

#include "unit/distinctreport.h"
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
        static const QRegularExpression type(
            u"^# TYPE (\\w+) (counter|gauge|summary|histogram)$"_s);
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
            if (types.value(m_current) == u"histogram")
                name.remove(QRegularExpression(u"_(bucket|sum|count)$"_s));
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
    row("calls_dead_lettered_total{reason=\"refused\"}", 103);
    row("calls_dead_lettered_total{reason=\"max_age\"}", 118);
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
    row("batch_calls{quantile=\"0.5\"}", 2);
    row("batch_calls{quantile=\"0.99\"}", 4);
    row("batch_calls{quantile=\"1\"}", 4);
    row("batch_calls_sum", 10);
    row("batch_calls_count", 4);
    row("batch_bytes{quantile=\"0.5\"}", 6);
    row("batch_bytes{quantile=\"0.99\"}", 7);
    row("batch_bytes{quantile=\"1\"}", 7);
    row("batch_bytes_sum", 18);
    row("batch_bytes_count", 3);
    row("request_seconds_bucket{le=\"0.005\"}", 4); // the edge itself is below
    row("request_seconds_bucket{le=\"0.01\"}", 5);
    row("request_seconds_bucket{le=\"0.025\"}", 5);
    row("request_seconds_bucket{le=\"0.05\"}", 5);
    row("request_seconds_bucket{le=\"0.1\"}", 5);
    row("request_seconds_bucket{le=\"0.25\"}", 5);
    row("request_seconds_bucket{le=\"0.5\"}", 5);
    row("request_seconds_bucket{le=\"1\"}", 5);
    row("request_seconds_bucket{le=\"2.5\"}", 5);
    row("request_seconds_bucket{le=\"5\"}", 5);
    row("request_seconds_bucket{le=\"10\"}", 5);
    row("request_seconds_bucket{le=\"30\"}", 5);
    row("request_seconds_bucket{le=\"60\"}", 5);
    row("request_seconds_bucket{le=\"+Inf\"}", 6);
    row("request_seconds_sum", 61.010031);
    row("request_seconds_count", 6);
    row("request_max_seconds", 61);
    row("backend_state{state=\"ok\"}", 0);
    row("backend_state{state=\"degraded\"}", 0);
    row("backend_state{state=\"retrying\"}", 1);
    row("backend_state{state=\"paused\"}", 0);
    row("backend_paused{by=\"user\"}", 0);
    row("backend_paused{by=\"backend\"}", 0);
    row("backend_failing_projects", 315);
    row("backend_last_error_age_seconds", 304.25);
    row("backend_next_attempt_seconds", 305.125);
    row("connections_open", 110);
    row("connections_accepted_total", 111);
    row("connections_refused_total", 112);
    row("connections_max", 311);
    row("spool_used_bytes", 309);
    row("spool_max_bytes", 310);
    row("spool_quarantined_total", 312);
    row("http_connections_open", 113);
    row("http_requests_total{outcome=\"kept\"}", 114);
    row("http_requests_total{outcome=\"passed\"}", 115);
    row("http_requests_total{outcome=\"refused\"}", 116);
    row("http_requests_total{outcome=\"health\"}", 117);
    row("metrics_connections_open", 119);
    row("metrics_requests_total{outcome=\"refused\"}", 120);
    row("metrics_requests_total{outcome=\"health\"}", 121);
    row("uptime_seconds", 302.5);
    row("build_info{version=\"1.2.3\"}", 1);
    row("process_start_time_seconds", 1'700'000'000.5);
    row("process_cpu_seconds_total", 401.25);
    row("process_resident_memory_bytes", 402);
    row("process_virtual_memory_bytes", 403);
    row("process_threads", 404);
    row("process_open_fds", 405);
    row("process_max_fds", 406);
}

void TstPrometheus::everyValueIsInItsPlace()
{
    QFETCH(double, value);
    const Stats stats = distinctStats();
    const Page found = page(distinctReport(stats));
    const QString tag = QString::fromLatin1(QTest::currentDataTag());
    // The names of the process are everybody's.
    const QString key = tag.startsWith(u"process_") ? tag : u"weave_sidecar_"_s + tag;
    QVERIFY(found.values.contains(key));
    QCOMPARE(found.values.value(key), value);
}

void TstPrometheus::nothingElseIsInIt()
{
    const Stats stats = distinctStats();
    QCOMPARE(page(distinctReport(stats)).values.size(), 84);
}

void TstPrometheus::typesAndNames()
{
    const Stats stats = distinctStats();
    const QMap<QString, QString> types = page(distinctReport(stats)).types;
    QCOMPARE_GT(types.size(), 20);
    for (const QString &name : types.keys()) {
        QVERIFY2(name.startsWith(u"weave_sidecar_") || name.startsWith(u"process_"),
                 qPrintable(name));
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
        for (const char *name : {"ok", "degraded", "retrying", "paused"}) {
            const QString key =
                u"weave_sidecar_backend_state{state=\"%1\"}"_s.arg(QString::fromLatin1(name));
            if (found.values.value(key) == 1)
                names << QString::fromLatin1(name);
        }
        return names;
    };
    QCOMPARE(active(Condition::Ok), QStringList{u"ok"_s});
    QCOMPARE(active(Condition::Degraded), QStringList{u"degraded"_s});
    QCOMPARE(active(Condition::Retrying), QStringList{u"retrying"_s});
    QCOMPARE(active(Condition::Paused), QStringList{u"paused"_s});

    const QString byUser = u"weave_sidecar_backend_paused{by=\"user\"}"_s;
    const QString byBackend = u"weave_sidecar_backend_paused{by=\"backend\"}"_s;
    QCOMPARE(page(report).values.value(byUser), 0.0);
    QCOMPARE(page(report).values.value(byBackend), 1.0);
    report.delivery.isPausedByUser = true;
    QCOMPARE(page(report).values.value(byUser), 1.0);
    QCOMPARE(page(report).values.value(byBackend), 0.0);
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
    // An age of nothing is none.
    QVERIFY(!found.values.contains(u"weave_sidecar_backend_last_error_age_seconds"_s));
    QVERIFY(!found.values.contains(u"weave_sidecar_backend_next_attempt_seconds"_s));
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
