#include "integration/httprig.h"

#include <QElapsedTimer>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTest>
#include <QTimer>

#include <algorithm>
#include <sys/socket.h>

using namespace Weave;
using namespace std::chrono_literals;

namespace {

HttpServerOptions withTimeout(Milliseconds timeout)
{
    HttpServerOptions options;
    options.passthrough.timeout = timeout;
    return options;
}

QString reasonOf(const std::optional<HttpAnswer> &answer)
{
    return QJsonDocument::fromJson(answer->body).object().value(QLatin1String("reason")).toString();
}

constexpr qint64 LargeBytes = qint64{24} * 1024 * 1024;

// A trace server at the end of a slow line, which takes 160 KiB of a request every 20 ms. It takes
// so many bytes, and answers when that was all of LargeBytes.
class SlowLine final
{
public:
    explicit SlowLine(qint64 bytes)
        : m_bytes(bytes)
    {
        m_server.listen(QHostAddress::LocalHost);
        const int small = 64 * 1024; // else the system takes what the server does not
        ::setsockopt(static_cast<int>(m_server.socketDescriptor()), SOL_SOCKET, SO_RCVBUF, &small,
                     sizeof small);
        QObject::connect(&m_server, &QTcpServer::newConnection, &m_server, [this] {
            m_socket = m_server.nextPendingConnection();
            m_socket->setReadBufferSize(Step);
            m_clock.start(20ms);
        });
        QObject::connect(&m_clock, &QTimer::timeout, &m_server, [this] { take(); });
    }

    [[nodiscard]] QUrl url() const
    {
        return QUrl(QStringLiteral("http://127.0.0.1:%1").arg(m_server.serverPort()));
    }

private:
    static constexpr qint64 Step = qint64{160} * 1024;

    void take()
    {
        m_taken += m_socket->read(std::min(Step, m_bytes - m_taken)).size();
        if (m_taken < m_bytes)
            return;
        m_clock.stop();
        if (m_taken >= LargeBytes)
            m_socket->write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\ntaken");
    }

    QTcpServer m_server;
    QTcpSocket *m_socket = nullptr; // the server's
    QTimer m_clock;
    const qint64 m_bytes;
    qint64 m_taken = 0;
};

} // namespace

// Requests that the trace server does not answer, or not to the end.
class PassFailuresTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void cutAnswer_data();
    void cutAnswer();
    void cutAnswerOfHttp10();
    void interimAnswer();
    void backendDown();
    void backendDropsTheRequest_data();
    void backendDropsTheRequest();
    void silentBackend();
    void silentInTheMiddle();
    void slowReaderIsNoSilentBackend();
    void slowUploadIsNoSilentBackend();
    void stuckUpload();
    void comesBack_data();
    void comesBack();
    void clientGoesMeanwhile();
    void manyAtOnce();
};

void PassFailuresTest::cutAnswer_data()
{
    QTest::addColumn<QByteArray>("raw");
    QTest::newRow("by length") << QByteArray("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nbegun");
    QTest::newRow("in chunks") << QByteArray(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nbegun\r\n");
}

// An answer in part must not look like a whole one.
void PassFailuresTest::cutAnswer()
{
    QFETCH(QByteArray, raw);
    PassingRig p;
    p.sink.enqueue({.isHanging = true});
    QVERIFY(p.client.send(httpGet("/x")));
    QTRY_COMPARE(p.sink.hangingCount(), 1);
    p.sink.writeHanging(raw);
    QTRY_VERIFY(p.client.received().contains("begun"));
    p.sink.answerHanging({.isDropped = true});
    const auto answer = p.client.readAnswer();
    QVERIFY(answer.has_value());
    QVERIFY(!answer->isComplete);
    QVERIFY(p.client.isClosed());
}

// Without a length, closing in order would be the end of a whole one.
void PassFailuresTest::cutAnswerOfHttp10()
{
    PassingRig p;
    p.sink.enqueue({.isHanging = true});
    QVERIFY(p.client.send("GET /x HTTP/1.0\r\n" + authorization() + "\r\n"));
    QTRY_COMPARE(p.sink.hangingCount(), 1);
    p.sink.writeHanging("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nbegun\r\n");
    QTRY_VERIFY(p.client.received().contains("begun"));
    p.sink.answerHanging({.isDropped = true});
    const auto answer = p.client.readAnswer();
    QVERIFY(answer.has_value());
    QVERIFY(!answer->isComplete);
}

// Qt takes it for the answer, and the answer for the one to the next request on that connection.
void PassFailuresTest::interimAnswer()
{
    PassingRig p;
    p.sink.enqueue({.isHanging = true});
    QVERIFY(p.client.send(httpGet("/hers")));
    QTRY_COMPARE(p.sink.hangingCount(), 1);
    p.sink.writeHanging("HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n");
    const auto answer = p.client.readAnswer();
    p.sink.answerHanging({.body = "hers"});
    for (int i = 0; i < 10; ++i) {
        p.sink.enqueue({.body = "his"});
        const auto next = HttpClient(p.rig->port).ask(httpGet("/his"));
        QCOMPARE(statusOf(next), 200);
        QCOMPARE(next->body, QByteArray("his"));
    }
    QCOMPARE(statusOf(answer), 502);
    QVERIFY(reasonOf(answer).contains(QLatin1String("interim")));
}

void PassFailuresTest::backendDown()
{
    PassingRig p;
    p.sink.stop();
    for (int i = 0; i < 3; ++i) {
        const auto answer = p.client.ask(httpPost("/objs/query", "{}"));
        QCOMPARE(statusOf(answer), 502);
        QCOMPARE(answer->header("Content-Type"), QByteArray("application/json"));
        QVERIFY(reasonOf(answer).contains(QLatin1String("refused"), Qt::CaseInsensitive));
    }
    // Calls are kept all the same.
    QCOMPARE(statusOf(p.client.ask(startRequest("1"))), 200);
}

void PassFailuresTest::backendDropsTheRequest_data()
{
    QTest::addColumn<QByteArray>("method");
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<bool>("isKept"); // a connection from before
    for (const bool isKept : {false, true}) {
        const QByteArray where = isKept ? ", kept connection" : "";
        QTest::addRow("POST%s", where.constData())
            << QByteArray("POST") << QByteArray("{}") << isKept;
        QTest::addRow("no body%s", where.constData())
            << QByteArray("POST") << QByteArray() << isKept;
        QTest::addRow("large%s", where.constData())
            << QByteArray("PATCH") << QByteArray(1'000'000, 'x') << isKept;
    }
}

// It may have done what it was asked for all the same: only the client can know whether to ask
// again.
void PassFailuresTest::backendDropsTheRequest()
{
    QFETCH(QByteArray, method);
    QFETCH(QByteArray, body);
    QFETCH(bool, isKept);
    PassingRig p;
    if (isKept)
        QCOMPARE(statusOf(p.client.ask(httpPost("/objs/query", "{}"))), 200);
    p.sink.setScript([](const SinkRequest &) { return SinkAnswer{.isDropped = true}; });
    const int before = p.sink.requestCount();
    const auto answer = p.client.ask(httpPost("/objs/query", body).replace(0, 4, method));
    QCOMPARE(statusOf(answer), 502);
    QVERIFY(reasonOf(answer).contains(QLatin1String("closed the connection without an answer")));
    QCOMPARE(p.sink.requestCount() - before, 1);
    QCOMPARE(statusOf(p.client.ask(startRequest("1"))), 200);
}

void PassFailuresTest::silentBackend()
{
    PassingRig p(withTimeout(300ms));
    p.sink.enqueue({.isHanging = true});
    QElapsedTimer timer;
    timer.start();
    const auto answer = p.client.ask(httpPost("/objs/query", "{}"));
    QCOMPARE(statusOf(answer), 504);
    QCOMPARE_GE(timer.elapsed(), 250); // timers may be a little early
    QVERIFY(!reasonOf(answer).isEmpty());
    QCOMPARE(statusOf(p.client.ask(httpGet("/x"))), 200);
}

void PassFailuresTest::silentInTheMiddle()
{
    PassingRig p(withTimeout(300ms));
    p.sink.enqueue({.isHanging = true});
    QVERIFY(p.client.send(httpGet("/x")));
    QTRY_COMPARE(p.sink.hangingCount(), 1);
    p.sink.writeHanging("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345");
    const auto answer = p.client.readAnswer();
    QVERIFY(answer && !answer->isComplete);
    QCOMPARE(answer->body, QByteArray("12345"));
}

// The answer is longer than what the system keeps between the two.
void PassFailuresTest::slowReaderIsNoSilentBackend()
{
    constexpr qsizetype Size = 30'000'000;
    HttpSink sink;
    QVERIFY(sink.listen());
    sink.setScript([](const SinkRequest &) { return SinkAnswer{.body = QByteArray(Size, 'x')}; });
    HttpRig rig(withTimeout(300ms), QUrl(sink.url()));
    HttpClient client;
    client.setReceiveBuffer(16 * 1024);
    QVERIFY(client.connectTo(rig.port));
    QVERIFY(client.send(httpGet("/x")));
    QTRY_COMPARE(sink.requestCount(), 1);
    QTest::qWait(1000); // three times as long as the server may be silent
    const auto answer = client.readAnswer(15s);
    QCOMPARE(statusOf(answer), 200);
    QCOMPARE(answer->body.size(), Size);
}

// It is taken all the time, and takes twice as long as the server may be silent.
void PassFailuresTest::slowUploadIsNoSilentBackend()
{
    const SlowLine line(LargeBytes);
    HttpRig rig(withTimeout(1500ms), line.url());
    HttpClient client = rig.client();
    QVERIFY(client.send(httpPost("/file/create", QByteArray(LargeBytes, 'x'))));
    const auto answer = client.readAnswer(15s);
    QCOMPARE(statusOf(answer), 200);
    QCOMPARE(answer->body, QByteArray("taken"));
}

void PassFailuresTest::stuckUpload()
{
    const SlowLine line(LargeBytes / 4);
    HttpRig rig(withTimeout(500ms), line.url());
    HttpClient client = rig.client();
    QVERIFY(client.send(httpPost("/file/create", QByteArray(LargeBytes, 'x'))));
    QCOMPARE(statusOf(client.readAnswer(15s)), 504);
}

void PassFailuresTest::comesBack_data()
{
    QTest::addColumn<QByteArray>("via");
    QTest::addColumn<int>("status");
    QTest::newRow("none") << QByteArray() << 200;
    QTest::newRow("others") << QByteArray("Via: 1.1 a, 1.0 b\r\n") << 200;
    QTest::newRow("another sidecar") << QByteArray("Via: 1.1 weave-sidecar-other\r\n") << 200;
    QTest::newRow("this one") << QByteArray("Via: 1.1 weave-sidecar-test\r\n") << 508;
    QTest::newRow("this one among others")
        << QByteArray("via: 1.1 a, 1.1 weave-sidecar-test, 1.1 b\r\n") << 508;
    QTest::newRow("in a second line")
        << QByteArray("Via: 1.1 a\r\nVia: 1.1 weave-sidecar-test\r\n") << 508;
}

void PassFailuresTest::comesBack()
{
    QFETCH(QByteArray, via);
    QFETCH(int, status);
    PassingRig p;
    const auto answer =
        p.client.ask(httpPost("/call/start", startBody("1"), authorization() + via));
    QCOMPARE(statusOf(answer), status);
    QCOMPARE(p.rig->handler.ids.size(), status == 200 ? 1 : 0);
    if (status == 508)
        QVERIFY(reasonOf(answer).contains(QLatin1String("--backend")));
    // Asking for health does no harm.
    QCOMPARE(statusOf(HttpClient(p.rig->port).ask(httpGet("/healthz", via))), 200);
}

void PassFailuresTest::clientGoesMeanwhile()
{
    PassingRig p;
    p.sink.setScript([](const SinkRequest &) { return SinkAnswer{.isHanging = true}; });
    for (int i = 0; i < 20; ++i) {
        HttpClient client(p.rig->port);
        QVERIFY(client.send(httpGet("/x")));
        QTRY_COMPARE(p.sink.requestCount(), i + 1);
        if (i % 2 == 0)
            p.sink.writeHanging("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n1");
        if (i % 3 == 0)
            client.reset();
    }
    QTRY_COMPARE(p.rig->handler.stats.http.connectionsOpen, 1U);
    p.sink.setScript({});
    QCOMPARE(statusOf(p.client.ask(httpGet("/x"))), 200);
}

// More than Qt sends to one host at a time, and none in the way of calls.
void PassFailuresTest::manyAtOnce()
{
    constexpr int Count = 60;
    PassingRig p;
    p.sink.setScript([](const SinkRequest &) { return SinkAnswer{.isHanging = true}; });
    std::vector<HttpClient> clients;
    for (int i = 0; i < Count; ++i) {
        clients.emplace_back(p.rig->port);
        QVERIFY(clients.back().send(httpGet("/" + QByteArray::number(i))));
    }
    QTRY_COMPARE_GE(p.sink.hangingCount(), 24);
    QCOMPARE(statusOf(p.client.ask(startRequest("1"))), 200);
    p.sink.setScript([](const SinkRequest &request) { return SinkAnswer{.body = request.path}; });
    p.sink.answerHanging({.body = "held"});
    int held = 0;
    for (int i = 0; i < Count; ++i) {
        const auto answer = clients[static_cast<std::size_t>(i)].readAnswer();
        QCOMPARE(statusOf(answer), 200);
        held += answer->body == "held" ? 1 : 0;
        QVERIFY(answer->body == "held" || answer->body == "/" + QByteArray::number(i));
    }
    QCOMPARE_GE(held, 24);
}

QTEST_GUILESS_MAIN(PassFailuresTest)
#include "tst_passfailures.moc"
