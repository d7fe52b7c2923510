#include "fakes/fakeclient.h"
#include "fakes/processfixture.h"
#include "integration/httprig.h"

#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>
#include <QTest>

#include <csignal>
#include <sys/stat.h>

using namespace Weave;
using namespace std::chrono_literals;

namespace {

const QString Metrics = QStringLiteral("--metrics");
const QString AnyPort = QStringLiteral("127.0.0.1:0");

QString unixUrl(const ProcessFixture &f)
{
    return QStringLiteral("unix:") + f.path(QStringLiteral("m"));
}

QJsonObject metricsStatus(const ProcessFixture &f)
{
    return f.sidecar.status().value(QLatin1String("metrics")).toObject();
}

// A client of --metrics, wherever the daemon says that it is.
HttpClient metricsClient(const ProcessFixture &f)
{
    const QString url = metricsStatus(f).value(QLatin1String("url")).toString();
    HttpClient client;
    if (url.startsWith(QLatin1String("unix:")))
        client.connectTo(url.mid(5));
    else
        client.connectTo(static_cast<quint16>(QUrl(url).port(0)));
    return client;
}

QByteArray get(const QByteArray &path)
{
    return httpGet(path, {});
}

// What it says on its way down when it cannot start.
QString startError(ProcessFixture &f, const QStringList &arguments, int exitCode)
{
    const auto code =
        f.sidecar.runToEnd(QStringList{QStringLiteral("--headless"), QStringLiteral("--socket"),
                                       f.sidecar.socketPath(), QStringLiteral("--backend"),
                                       QStringLiteral("http://127.0.0.1:1")}
                           + arguments);
    return code == exitCode ? f.sidecar.standardError() : QString();
}

} // namespace

// --metrics of the real daemon: its pages, its limits, and the care for its socket.
class MetricsProcessTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void pages_data();
    void pages();
    void readOnly();
    void nobodyListensUnlessAsked();
    void besideTheDoor();
    void refusesToStart_data();
    void refusesToStart();
    void portInUse();
    void socketIsPrivate();
    void staleSocketIsReplaced();
    void liveSocketIsLeftAlone();
    void fileIsLeftAlone();
    void tooManyConnections();
    void largeRequests();
    void whileItStops();
    void idleCostsNothing();
};

void MetricsProcessTest::pages_data()
{
    QTest::addColumn<bool>("isUnix");
    QTest::newRow("tcp") << false;
    QTest::newRow("unix") << true;
}

void MetricsProcessTest::pages()
{
    QFETCH(bool, isUnix);
    ProcessFixture f;
    f.sink.setScript([](const SinkRequest &) { return SinkAnswer{.status = 401}; });
    QVERIFY(f.start({Metrics, isUnix ? unixUrl(f) : AnyPort}));
    HttpClient client = metricsClient(f);
    auto answer = client.ask(get("/healthz"));
    QCOMPARE(statusOf(answer), 200);
    QCOMPARE(answer->body, QByteArray("ok\n"));
    QCOMPARE(answer->header("Connection"), QByteArray("keep-alive"));
    QCOMPARE(statusOf(client.ask(get("/readyz"))), 200);
    answer = client.ask(get("/metrics"));
    QCOMPARE(statusOf(answer), 200);
    QCOMPARE(answer->header("Content-Type"),
             QByteArray("text/plain; version=0.0.4; charset=utf-8"));
    QVERIFY(answer->body.contains("\nweave_sidecar_calls_received_total 0\n"));
    QVERIFY(answer->body.contains("\nweave_sidecar_metrics_connections_open 1\n"));

    QCOMPARE(
        FakeClient(f.sidecar.socketPath())
            .ask(R"({"method":"call_start","payload":{"start":{"project_id":"a/b","id":"1"}}})")
            .value(QLatin1String("success"))
            .toBool(),
        true);
    QTRY_COMPARE(statusOf(client.ask(get("/readyz"))), 503);
    QCOMPARE(statusOf(client.ask(get("/healthz"))), 200);
    answer = client.ask(get("/status"));
    QCOMPARE(statusOf(answer), 200);
    QCOMPARE(answer->header("Content-Type"), QByteArray("application/json"));
    const QJsonObject status = QJsonDocument::fromJson(answer->body).object();
    const QJsonObject calls = status.value(QLatin1String("calls")).toObject();
    QCOMPARE(calls.value(QLatin1String("received")).toInt(), 1);
    QCOMPARE(calls.keys(), f.sidecar.status().value(QLatin1String("calls")).toObject().keys());
    QCOMPARE(status.keys(), f.sidecar.status().keys());
}

void MetricsProcessTest::readOnly()
{
    ProcessFixture f;
    QVERIFY(f.start({Metrics, AnyPort, QStringLiteral("--api-key"), QString::fromLatin1(DoorKey)}));
    const auto ask = [&f](const QByteArray &request) { return metricsClient(f).ask(request); };
    // Calls do not come in here, whoever sends them, and nothing is passed on.
    for (const char *path : {"/", "/call/start", "/call/upsert_batch", "/objs/query", "/metrics/",
                             "/metrics.json", "//metrics"}) {
        QCOMPARE(statusOf(ask(httpPost(path, startBody("1")))), 404);
        const auto answer = ask(httpGet(path));
        QCOMPARE(statusOf(answer), 404);
        QVERIFY(answer->body.contains("/metrics")); // says what there is
    }
    for (const char *path : {"/metrics", "/status", "/healthz", "/readyz"}) {
        const auto answer = ask(httpPost(path, "{}"));
        QCOMPARE(statusOf(answer), 405);
        QCOMPARE(answer->header("Allow"), QByteArray("GET, HEAD"));
    }
    HttpClient client = metricsClient(f);
    QVERIFY(client.send("HEAD /status?x HTTP/1.1\r\nHost: a\r\n\r\n"));
    QCOMPARE(statusOf(client.readAnswer(HttpClient::DefaultTimeout, true)), 200);
    QCOMPARE(f.sidecar.number(QStringLiteral("calls.received")), 0);
    QCOMPARE(f.sidecar.number(QStringLiteral("metrics.requests.refused")), 18);
    QCOMPARE(f.sidecar.number(QStringLiteral("metrics.requests.health")), 1);
    QCOMPARE(f.sink.requestCount(), 0);
}

void MetricsProcessTest::nobodyListensUnlessAsked()
{
    ProcessFixture f;
    QVERIFY(f.start());
    QVERIFY(!f.sidecar.status().contains(QLatin1String("metrics")));
}

void MetricsProcessTest::besideTheDoor()
{
    ProcessFixture f;
    QVERIFY(f.start({Metrics, AnyPort, QStringLiteral("--http"), AnyPort}));
    const QString door = f.sidecar.status()
                             .value(QLatin1String("http"))
                             .toObject()
                             .value(QLatin1String("url"))
                             .toString();
    HttpClient atDoor(static_cast<quint16>(QUrl(door).port()));
    QCOMPARE(statusOf(atDoor.ask(get("/metrics"))), 200);
    QCOMPARE(statusOf(atDoor.ask(get("/status"))), 401); // there it is the trace server's
    HttpClient client = metricsClient(f);
    for (int i = 0; i < 3; ++i)
        QCOMPARE(statusOf(client.ask(get("/metrics"))), 200);
    const auto number = [&f](const char *path) {
        return f.sidecar.number(QString::fromLatin1(path));
    };
    QCOMPARE(number("http.requests.health"), 1);
    QCOMPARE(number("http.requests.refused"), 1);
    QCOMPARE(number("metrics.requests.health"), 3);
    QCOMPARE(number("metrics.requests.refused"), 0);
    QCOMPARE(number("metrics.connections_open"), 1);
}

void MetricsProcessTest::refusesToStart_data()
{
    QTest::addColumn<QString>("metrics");
    QTest::addColumn<QString>("word");
    const auto row = [](const char *metrics, const char *word) {
        QTest::newRow(metrics) << QString::fromLatin1(metrics) << QString::fromLatin1(word);
    };
    row("8320", "--metrics");
    row("0.0.0.0:8320", "--metrics-allow-remote");
    row("127.0.0.1:1", "--backend");
}

void MetricsProcessTest::refusesToStart()
{
    QFETCH(QString, metrics);
    QFETCH(QString, word);
    ProcessFixture f;
    const QString error = startError(f, {Metrics, metrics}, 2);
    QVERIFY2(error.contains(word), qPrintable(f.sidecar.standardError()));
}

void MetricsProcessTest::portInUse()
{
    ProcessFixture f;
    const QString address = QStringLiteral("127.0.0.1:%1").arg(f.sink.port());
    const QString error = startError(f, {Metrics, address}, 1);
    QVERIFY(error.contains(QLatin1String("--metrics: cannot listen")));
    QVERIFY(error.contains(QString::number(f.sink.port())));
    QVERIFY(!QFile::exists(f.sidecar.socketPath())); // nothing is left behind
}

void MetricsProcessTest::socketIsPrivate()
{
    ProcessFixture f;
    QVERIFY(
        f.start({Metrics, unixUrl(f), QStringLiteral("--socket-mode"), QStringLiteral("0660")}));
    struct stat found = {};
    QCOMPARE(::stat(f.path(QStringLiteral("m")).toUtf8().constData(), &found), 0);
    QCOMPARE(found.st_mode & 07777U, 0600U); // --socket-mode is for those who send calls
    QCOMPARE(statusOf(metricsClient(f).ask(get("/healthz"))), 200);
    f.sidecar.sendSignal(SIGTERM);
    QCOMPARE(f.sidecar.waitForExit().value_or(-1), 0);
    QVERIFY(!QFile::exists(f.path(QStringLiteral("m"))));
    QVERIFY(!QFile::exists(f.path(QStringLiteral("m.lock"))));
}

void MetricsProcessTest::staleSocketIsReplaced()
{
    ProcessFixture f;
    QVERIFY(f.start({Metrics, unixUrl(f)}));
    f.sidecar.sendSignal(SIGKILL);
    QTRY_VERIFY(!f.sidecar.isRunning());
    QVERIFY(QFile::exists(f.path(QStringLiteral("m"))));
    QVERIFY(f.start({Metrics, unixUrl(f)}));
    QCOMPARE(statusOf(metricsClient(f).ask(get("/healthz"))), 200);
}

void MetricsProcessTest::liveSocketIsLeftAlone()
{
    ProcessFixture f;
    QVERIFY(f.start({Metrics, unixUrl(f)}));
    ProcessFixture other;
    const QString error = startError(other, {Metrics, unixUrl(f)}, 1);
    QVERIFY2(error.contains(QLatin1String("another --metrics")), qPrintable(error));
    QCOMPARE(statusOf(metricsClient(f).ask(get("/healthz"))), 200);
}

void MetricsProcessTest::fileIsLeftAlone()
{
    ProcessFixture f;
    QVERIFY(f.writeFile(QStringLiteral("m"), "precious"));
    const QString error = startError(f, {Metrics, unixUrl(f)}, 1);
    QVERIFY2(error.contains(QLatin1String("not a socket")), qPrintable(error));
    QVERIFY2(error.contains(QLatin1String("--metrics")), qPrintable(error));
    QVERIFY2(!error.contains(QLatin1String("--socket")), qPrintable(error));
    QCOMPARE(QFileInfo(f.path(QStringLiteral("m"))).size(), 8);
}

void MetricsProcessTest::tooManyConnections()
{
    ProcessFixture f;
    QVERIFY(
        f.start({Metrics, unixUrl(f), QStringLiteral("--max-connections"), QStringLiteral("4")}));
    // The other socket is there a moment before this one.
    QCOMPARE(f.sidecar.number(QStringLiteral("metrics.connections_open")), 0);
    std::vector<HttpClient> clients;
    for (int i = 0; i < 32; ++i) {
        QVERIFY(clients.emplace_back().connectTo(f.path(QStringLiteral("m"))));
        QCOMPARE(statusOf(clients.back().ask(get("/healthz"))), 200);
    }
    HttpClient more;
    QVERIFY(more.connectTo(f.path(QStringLiteral("m"))));
    const auto answer = more.readAnswer();
    QCOMPARE(statusOf(answer), 503);
    QVERIFY(answer->body.contains("--metrics"));
    QVERIFY(more.waitForClose());
    clients.pop_back();
    QTRY_COMPARE(f.sidecar.number(QStringLiteral("metrics.connections_open")), 31);
    QVERIFY(more.connectTo(f.path(QStringLiteral("m"))));
    QCOMPARE(statusOf(more.ask(get("/healthz"))), 200);
}

void MetricsProcessTest::largeRequests()
{
    ProcessFixture f;
    QVERIFY(f.start({Metrics, AnyPort}));
    HttpClient client = metricsClient(f);
    const QByteArray body(5000, 'x');
    QVERIFY(client.send("GET /metrics HTTP/1.1\r\nHost: a\r\nContent-Length: 5000\r\n\r\n" + body));
    QCOMPARE(statusOf(client.readAnswer()), 413);
    HttpClient second = metricsClient(f);
    QVERIFY(second.send("GET /metrics HTTP/1.1\r\nHost: a\r\nX: " + QByteArray(20'000, 'x')
                        + "\r\n\r\n"));
    QCOMPARE(statusOf(second.readAnswer()), 431);
}

// Whoever watches sees the end, too: what is left, and that nothing should be sent here any more.
void MetricsProcessTest::whileItStops()
{
    ProcessFixture f;
    f.sink.setScript([](const SinkRequest &) { return SinkAnswer{.isHanging = true}; });
    QVERIFY(f.start({Metrics, unixUrl(f)}));
    FakeClient(f.sidecar.socketPath())
        .ask(R"({"method":"call_start","payload":{"start":{"project_id":"a/b","id":"1"}}})");
    QTRY_COMPARE(f.sink.hangingCount(), 1);
    HttpClient client = metricsClient(f);
    f.sidecar.sendSignal(SIGTERM);
    QTRY_COMPARE(statusOf(client.ask(get("/readyz"))), 503);
    QCOMPARE(statusOf(client.ask(get("/healthz"))), 200);
    const auto answer = client.ask(get("/metrics"));
    QVERIFY(bool(answer));
    QVERIFY(answer->body.contains("\nweave_sidecar_calls_pending 1\n"));
    HttpClient late;
    QVERIFY(late.connectTo(f.path(QStringLiteral("m"))));
    QVERIFY(late.ask(get("/readyz"))->body.contains("stopping"));
    f.sink.answerHanging();
    QCOMPARE(f.sidecar.waitForExit().value_or(-1), 0);
    QVERIFY(!QFile::exists(f.path(QStringLiteral("m"))));
}

void MetricsProcessTest::idleCostsNothing()
{
    ProcessFixture f;
    QVERIFY(f.start({Metrics, AnyPort}));
    QCOMPARE(statusOf(metricsClient(f).ask(get("/metrics"))), 200);
    QTRY_COMPARE(metricsStatus(f).value(QLatin1String("connections_open")).toInt(), 0);
    const auto wakeUps = [&f] {
        QFile file(QStringLiteral("/proc/%1/status").arg(f.sidecar.pid()));
        if (!file.open(QIODevice::ReadOnly))
            return -1;
        const QByteArray text = file.readAll();
        const qsizetype at = text.indexOf("\nvoluntary_ctxt_switches:");
        return text.mid(at + 25, text.indexOf('\n', at + 1) - at - 25).trimmed().toInt();
    };
    if (wakeUps() < 0)
        QSKIP("this system does not tell how often a process has waked up");
    QTest::qWait(4500); // memory has been given back by then
    const int before = wakeUps();
    QTest::qWait(2500);
    QCOMPARE(wakeUps(), before);
}

QTEST_GUILESS_MAIN(MetricsProcessTest)
#include "tst_metrics_process.moc"
