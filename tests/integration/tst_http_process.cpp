#include "fakes/fakeclient.h"
#include "fakes/processfixture.h"
#include "fakes/sanitizer.h"
#include "integration/httprig.h"

#include <QJsonDocument>
#include <QNetworkInterface>
#include <QProcess>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTest>

#include <csignal>

using namespace Weave;
using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

namespace {

const QStringList Door{QStringLiteral("--http"), QStringLiteral("127.0.0.1:0"),
                       QStringLiteral("--api-key"), QString::fromLatin1(DoorKey)};

// Where the daemon's door is; 0 without one.
quint16 doorPort(const ProcessFixture &f)
{
    const QString url = f.sidecar.status()
                            .value(QLatin1String("http"))
                            .toObject()
                            .value(QLatin1String("url"))
                            .toString();
    return static_cast<quint16>(QUrl(url).port(0));
}

// Takes connections and carries their bytes to another port and back, as a forwarded port does.
class Relay final
{
public:
    Relay()
    {
        m_server.listen(QHostAddress::LocalHost);
        QObject::connect(&m_server, &QTcpServer::newConnection, &m_server, [this] {
            while (QTcpSocket *from = m_server.nextPendingConnection())
                carry(from);
        });
    }
    [[nodiscard]] quint16 port() const { return m_server.serverPort(); }
    [[nodiscard]] int connections() const { return m_connections; }
    quint16 target = 0;

private:
    void carry(QTcpSocket *from)
    {
        ++m_connections;
        auto *to = new QTcpSocket(from);
        to->connectToHost(QHostAddress::LocalHost, target);
        const auto join = [](QTcpSocket *left, QTcpSocket *right) {
            QObject::connect(left, &QTcpSocket::readyRead, right,
                             [left, right] { right->write(left->readAll()); });
            QObject::connect(left, &QTcpSocket::disconnected, right,
                             &QTcpSocket::disconnectFromHost);
        };
        join(from, to);
        join(to, from);
        QObject::connect(from, &QTcpSocket::disconnected, from, &QObject::deleteLater);
    }

    QTcpServer m_server;
    int m_connections = 0;
};

} // namespace

// The door of the real daemon: its flags, health, what it passes on and how much memory that takes.
class HttpProcessTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void statusTellsOfTheDoor();
    void noDoorUnlessAsked();
    void refusesToStart_data();
    void refusesToStart();
    void portInUse();
    void passesOn();
    void neverLendsItsKey();
    void backendAway();
    void fullSpoolKeepsNoHalves_data();
    void fullSpoolKeepsNoHalves();
    void silentBackend();
    void comesBackThroughAnotherPort();
    void health();
    void metricsForPrometheus();
    void otherMachinesGetNoMetrics();
    void slowReaderCostsNoMemory();
    void endsWithClients();
    void answersBeforeItEnds();
};

void HttpProcessTest::statusTellsOfTheDoor()
{
    ProcessFixture f;
    QVERIFY(f.start(Door));
    HttpClient client(doorPort(f));
    QCOMPARE(statusOf(client.ask(startRequest("1"))), 200);
    QCOMPARE(statusOf(client.ask(httpGet("/x"))), 200);
    QCOMPARE(statusOf(client.ask(httpGet("/healthz"))), 200);
    QCOMPARE(statusOf(client.ask(httpGet("/x", {}))), 401);
    const auto number = [&f](const char *name) {
        return f.sidecar.number(QStringLiteral("http.requests.") + QLatin1String(name));
    };
    QCOMPARE(number("kept"), 1);
    QCOMPARE(number("passed"), 1);
    QCOMPARE(number("health"), 1);
    QCOMPARE(number("refused"), 1);
    QTRY_COMPARE(f.sidecar.number(QStringLiteral("calls.delivered")), 1);
    QCOMPARE(f.auditError(), QString());
}

void HttpProcessTest::noDoorUnlessAsked()
{
    ProcessFixture f;
    QVERIFY(f.start());
    QVERIFY(!f.sidecar.status().contains(QLatin1String("http")));
}

void HttpProcessTest::refusesToStart_data()
{
    QTest::addColumn<QString>("http");
    QTest::addColumn<QString>("backend");
    QTest::addColumn<QString>("word");
    const auto row = [](const char *name, const char *http, const QString &backend,
                        const char *word) {
        QTest::newRow(name) << QString::fromLatin1(http) << backend << QString::fromLatin1(word);
    };
    const QString elsewhere = QStringLiteral("http://127.0.0.1:1");
    row("not an address", "8319", elsewhere, "--http");
    row("for other machines", "0.0.0.0:8319", elsewhere, "--http-allow-remote");
    row("the door is the backend", "127.0.0.1:8319", QStringLiteral("http://127.0.0.1:8319"),
        "--backend");
    row("by name", "127.0.0.1:8319", QStringLiteral("http://localhost:8319/traces"), "--backend");
}

void HttpProcessTest::refusesToStart()
{
    QFETCH(QString, http);
    QFETCH(QString, backend);
    QFETCH(QString, word);
    ProcessFixture f;
    QCOMPARE(f.sidecar
                 .runToEnd({QStringLiteral("--headless"), QStringLiteral("--socket"),
                            f.sidecar.socketPath(), QStringLiteral("--backend"), backend,
                            QStringLiteral("--http"), http})
                 .value_or(-1),
             2);
    QVERIFY2(f.sidecar.standardError().contains(word), qPrintable(f.sidecar.standardError()));
}

void HttpProcessTest::portInUse()
{
    ProcessFixture f;
    const QString address = QStringLiteral("127.0.0.1:%1").arg(f.sink.port());
    const auto code = f.sidecar.runToEnd({QStringLiteral("--headless"), QStringLiteral("--socket"),
                                          f.sidecar.socketPath(), QStringLiteral("--backend"),
                                          QStringLiteral("http://127.0.0.1:1"),
                                          QStringLiteral("--http"), address});
    QVERIFY(code.value_or(0) != 0);
    QVERIFY(f.sidecar.standardError().contains(QString::number(f.sink.port())));
    // A line of the system's file, for one, that a user has not written: it is named.
    const QString file = f.path(QStringLiteral("c.toml"));
    for (const char *name : {"http", "metrics"}) {
        QVERIFY(f.writeFile(QStringLiteral("c.toml"),
                            "backend = \"http://127.0.0.1:1\"\n" + QByteArray(name) + " = \""
                                + address.toUtf8() + "\"\n"));
        QCOMPARE(f.sidecar.runToEnd({QStringLiteral("--headless"), QStringLiteral("--socket"),
                                     f.sidecar.socketPath(), QStringLiteral("--config"), file}),
                 std::optional(1));
        const QString error = f.sidecar.standardError();
        QVERIFY2(error.contains(file + QStringLiteral(":2: ") + QLatin1String(name)
                                + QStringLiteral(": cannot listen on")),
                 qPrintable(error));
        QVERIFY2(!error.contains(QStringLiteral("--")), qPrintable(error));
    }
}

void HttpProcessTest::passesOn()
{
    ProcessFixture f;
    QVERIFY(f.start(Door));
    HttpClient client(doorPort(f));
    f.sink.setScript([](const SinkRequest &request) { return SinkAnswer{.body = request.body}; });
    const QByteArray large(5'000'000, 'x');
    QVERIFY(client.send(httpPost("/file/create?a=b%2Fc", large)));
    const auto answer = client.readAnswer();
    QCOMPARE(statusOf(answer), 200);
    QVERIFY(answer->body == large);
    const SinkRequest &request = f.sink.requests().back();
    QCOMPARE(request.path, QByteArray("/file/create?a=b%2Fc"));
    QVERIFY(request.headers.value("via").startsWith("1.1 weave-sidecar"));
    QVERIFY(hasHeaderLine(request.headerLines, authorization().trimmed()));
}

void HttpProcessTest::neverLendsItsKey()
{
    ProcessFixture f;
    QVERIFY(f.start(Door));
    HttpClient client(doorPort(f));
    const QByteArray other = authorization("another");
    QCOMPARE(statusOf(client.ask(httpPost("/call/start", startBody("1"), other))), 200);
    QCOMPARE(statusOf(client.ask(httpPost("/objs/query", "{}", other))), 200);
    QCOMPARE(f.sink.requestCount(), 2);
    for (const SinkRequest &request : f.sink.requests()) {
        QVERIFY(hasHeaderLine(request.headerLines, other.trimmed()));
        QVERIFY(!hasHeaderLine(request.headerLines, authorization().trimmed()));
    }
    QCOMPARE(statusOf(client.ask(httpPost("/objs/query", "{}", {}))), 401);
    QCOMPARE(f.sink.requestCount(), 2);
    QVERIFY(!f.sidecar.standardError().contains(QString::fromLatin1(DoorKey)));
}

void HttpProcessTest::backendAway()
{
    ProcessFixture f;
    QVERIFY(f.start(Door));
    const quint16 port = f.sink.port();
    f.sink.stop();
    HttpClient client(doorPort(f));
    const auto answer = client.ask(httpPost("/objs/query", "{}"));
    QCOMPARE(statusOf(answer), 502);
    QVERIFY(answer->body.startsWith("{\"reason\":\""));
    for (int i = 0; i < 20; ++i)
        QCOMPARE(statusOf(client.ask(startRequest(QByteArray::number(i)))), 200);
    QVERIFY(f.sink.listen(port));
    QVERIFY(f.waitForDelivered(20));
    QCOMPARE(f.auditError(), QString());
}

void HttpProcessTest::fullSpoolKeepsNoHalves_data()
{
    QTest::addColumn<int>("fitting");
    QTest::addColumn<QStringList>("arguments");
    QTest::newRow("on disk") << 2 << QStringList();
    QTest::newRow("in memory") << 3
                               << QStringList{QStringLiteral("--spool-dir"),
                                              QStringLiteral("none")};
}

// The last complete call's start would still fit, and its end does not.
void HttpProcessTest::fullSpoolKeepsNoHalves()
{
    QFETCH(int, fitting);
    QFETCH(QStringList, arguments);
    ProcessFixture f;
    f.sink.setScript([](const SinkRequest &) { return SinkAnswer{.status = 503}; });
    QVERIFY(f.start(Door + arguments
                    + QStringList{QStringLiteral("--spool-max-bytes"), QStringLiteral("1MiB")}));
    HttpClient client(doorPort(f));
    const auto keep = [&client](const QByteArray &id, qsizetype bytes) {
        const QByteArray call = R"({"project_id":"a/b","id":")" + id
            + R"(","trace_id":"t","op_name":"o","started_at":"a","ended_at":"b",)"
            + R"("attributes":{},"inputs":{},"summary":{},"output":")" + QByteArray(bytes, 'x')
            + "\"}";
        return statusOf(
            client.ask(httpPost("/v2/a/b/calls/complete", "{\"batch\":[" + call + "]}")));
    };
    int kept = 0;
    while (kept < 10 && keep(QByteArray::number(kept), 300'000) == 200)
        ++kept;
    QCOMPARE(kept, fitting);
    QCOMPARE(f.sidecar.number(QStringLiteral("calls.received")), 2 * kept);
    QCOMPARE(f.sidecar.number(QStringLiteral("calls.pending")), 2 * kept);
    QCOMPARE(f.sidecar.number(QStringLiteral("http.requests.passed")), 1);
    QCOMPARE(f.auditError(), QString());

    f.sink.setScript({});
    FakeClient control(f.sidecar.socketPath());
    QVERIFY(control.ask(R"({"method":"retry"})").value(QLatin1String("success")).toBool());
    QVERIFY(f.waitForNumber(QStringLiteral("calls.delivered"), 2 * kept));
    QCOMPARE(keep("again", 10'000), 200);
    QVERIFY(f.waitForNumber(QStringLiteral("calls.delivered"), 2 * kept + 2));
    QCOMPARE(f.auditError(), QString());
}

void HttpProcessTest::silentBackend()
{
    ProcessFixture f;
    f.sink.setScript([](const SinkRequest &) { return SinkAnswer{.isHanging = true}; });
    QVERIFY(f.start(Door + QStringList{QStringLiteral("--request-timeout"), QStringLiteral("1s")}));
    HttpClient client(doorPort(f));
    QCOMPARE(statusOf(client.ask(httpPost("/objs/query", "{}"))), 504);
    QCOMPARE(statusOf(client.ask(startRequest("1"))), 200);
}

// No address tells that this backend is the door; the request that comes back does.
void HttpProcessTest::comesBackThroughAnotherPort()
{
    ProcessFixture f;
    Relay relay;
    QVERIFY(f.start(Door
                    + QStringList{QStringLiteral("--backend"),
                                  QStringLiteral("http://127.0.0.1:%1").arg(relay.port())}));
    relay.target = doorPort(f);
    HttpClient client(relay.target);
    const auto answer = client.ask(httpPost("/objs/query", "{}"));
    QCOMPARE(statusOf(answer), 508);
    QVERIFY(answer->body.contains("--backend"));
    QCOMPARE(relay.connections(), 1);
    // A call is kept, and what is to deliver it comes back and is no call of its own.
    QCOMPARE(statusOf(client.ask(startRequest("1"))), 200);
    QVERIFY(f.waitForNumber(QStringLiteral("requests.failed.508"), 1));
    QCOMPARE(f.sidecar.number(QStringLiteral("calls.received")), 1);
    QCOMPARE(f.sidecar.number(QStringLiteral("calls.pending")), 1);
    QCOMPARE(f.auditError(), QString());
}

void HttpProcessTest::health()
{
    ProcessFixture f;
    f.sink.setScript([](const SinkRequest &) { return SinkAnswer{.status = 401}; });
    QVERIFY(f.start(Door));
    HttpClient client(doorPort(f));
    QCOMPARE(statusOf(client.ask(httpGet("/healthz", {}))), 200);
    QCOMPARE(statusOf(client.ask(httpGet("/readyz", {}))), 200);
    QCOMPARE(statusOf(client.ask(startRequest("1"))), 200);
    QTRY_COMPARE(statusOf(client.ask(httpGet("/readyz", {}))), 503);
    QCOMPARE(statusOf(client.ask(httpGet("/healthz", {}))), 200);
}

void HttpProcessTest::metricsForPrometheus()
{
    ProcessFixture f;
    f.sink.enqueue(503);
    QVERIFY(f.start(Door));
    HttpClient client(doorPort(f));
    QCOMPARE(statusOf(client.ask(startRequest("1"))), 200);
    QVERIFY(f.waitForDelivered(1));
    const auto answer = client.ask(httpGet("/metrics", {}));
    QCOMPARE(statusOf(answer), 200);
    QCOMPARE(answer->header("Content-Type"),
             QByteArray("text/plain; version=0.0.4; charset=utf-8"));

    const QString script = QStringLiteral(
        "import sys\n"
        "try:\n"
        "    from prometheus_client.parser import text_string_to_metric_families as read\n"
        "except ImportError:\n"
        "    sys.exit(77)\n"
        "for family in read(sys.stdin.read()):\n"
        "    assert family.documentation, family\n"
        "    assert family.type in ('counter', 'gauge', 'summary', 'histogram'), family\n"
        "    for sample in family.samples:\n"
        "        print(sample.name, sorted(sample.labels.items()), sample.value)\n");
    // The distribution's module belongs to the distribution's Python.
    for (const char *python : {"python3", "/usr/bin/python3"}) {
        QProcess reader;
        reader.start(QString::fromLatin1(python), {QStringLiteral("-c"), script});
        reader.write(answer->body);
        reader.closeWriteChannel();
        if (!reader.waitForFinished() || reader.exitCode() == 77)
            continue;
        QCOMPARE(reader.readAllStandardError(), QByteArray());
        QCOMPARE(reader.exitCode(), 0);
        const QByteArray read = reader.readAllStandardOutput();
        QVERIFY(read.contains("weave_sidecar_calls_received_total [] 1.0\n"));
        QVERIFY(read.contains("weave_sidecar_requests_failed_total [('reason', '503')] 1.0\n"));
        return;
    }
    QSKIP("Python's prometheus_client is not here");
}

// An address of this machine that is not loopback stands for another machine.
void HttpProcessTest::otherMachinesGetNoMetrics()
{
    QHostAddress outside;
    for (const QHostAddress &address : QNetworkInterface::allAddresses()) {
        if (!address.isLoopback() && address.protocol() == QAbstractSocket::IPv4Protocol)
            outside = address;
    }
    if (outside.isNull())
        QSKIP("this machine has no address but loopback");
    const auto statusFrom = [](const QHostAddress &address, quint16 port) {
        QTcpSocket socket;
        socket.connectToHost(address, port);
        if (!socket.waitForConnected(5000))
            return QByteArray();
        socket.write(httpGet("/metrics", {}));
        return socket.waitForReadyRead(5000) ? socket.readLine().trimmed() : QByteArray();
    };
    const QStringList open{QStringLiteral("--http"), QStringLiteral("0.0.0.0:0"),
                           QStringLiteral("--http-allow-remote")};
    ProcessFixture f;
    QVERIFY(f.start(open));
    QCOMPARE(statusFrom(QHostAddress::LocalHost, doorPort(f)), "HTTP/1.1 200 OK"_ba);
    QVERIFY(statusFrom(outside, doorPort(f)).startsWith("HTTP/1.1 403 Forbidden"));
    ProcessFixture other;
    QVERIFY(other.start(open + QStringList{QStringLiteral("--metrics-allow-remote")}));
    QCOMPARE(statusFrom(outside, doorPort(other)), "HTTP/1.1 200 OK"_ba);
}

void HttpProcessTest::slowReaderCostsNoMemory()
{
    if (MemoryIsPadded)
        QSKIP("a sanitizer keeps freed memory");
    constexpr qsizetype Size = 60'000'000;
    ProcessFixture f;
    QVERIFY(f.start(Door));
    HttpClient client;
    client.setReceiveBuffer(16 * 1024);
    QVERIFY(client.connectTo(doorPort(f)));
    QCOMPARE(statusOf(client.ask(httpGet("/small"))), 200);
    const qint64 before = f.sidecar.residentBytes();
    f.sink.enqueue({.body = QByteArray(Size, 'x')});
    QVERIFY(client.send(httpGet("/large")));
    QTRY_VERIFY(client.received().size() > 0);
    qint64 most = 0;
    for (int i = 0; i < 10; ++i) {
        QTest::qWait(50);
        most = std::max(most, f.sidecar.residentBytes());
    }
    const auto answer = client.readAnswer(15s);
    QCOMPARE(statusOf(answer), 200);
    QCOMPARE(answer->body.size(), Size);
    QCOMPARE_LT(most - before, 10'000'000);
}

void HttpProcessTest::endsWithClients()
{
    ProcessFixture f;
    QVERIFY(f.start(Door));
    const quint16 port = doorPort(f);
    HttpClient idle(port);
    HttpClient begun(port);
    QVERIFY(begun.send("POST /call/start HTTP/1.1\r\n"));
    QCOMPARE(statusOf(HttpClient(port).ask(startRequest("1"))), 200);
    f.sidecar.sendSignal(SIGTERM);
    QCOMPARE(f.sidecar.waitForExit().value_or(-1), 0);
    QVERIFY(f.sink.delivered().size() == 1);
    QVERIFY(idle.waitForClose());
    QVERIFY(!HttpClient().connectTo(port));
}

void HttpProcessTest::answersBeforeItEnds()
{
    ProcessFixture f;
    f.sink.setScript([](const SinkRequest &) { return SinkAnswer{.isHanging = true}; });
    QVERIFY(f.start(Door));
    HttpClient client(doorPort(f));
    QVERIFY(client.send(httpPost("/objs/query", "{}")));
    QTRY_COMPARE(f.sink.hangingCount(), 1);
    f.sidecar.sendSignal(SIGTERM);
    QTest::qWait(300);
    f.sink.answerHanging({.body = "late"});
    const auto answer = client.readAnswer();
    QCOMPARE(statusOf(answer), 200);
    QCOMPARE(answer->body, QByteArray("late"));
    QCOMPARE(f.sidecar.waitForExit().value_or(-1), 0);
}

QTEST_GUILESS_MAIN(HttpProcessTest)
#include "tst_http_process.moc"
