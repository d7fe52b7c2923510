#include "fakes/httpsink.h"
#include "forwarding/uploadpace.h"
#include "forwarding/uploadstep.h"
#include "httpsending.h"

#include <QElapsedTimer>
#include <QEventLoop>
#include <QTcpServer>
#include <QTcpSocket>

using namespace Weave;
using namespace std::chrono_literals;

namespace {

const std::string Large(20'000'000, 'x');

} // namespace

class HttpTransportTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void mapsAnswers_data();
    void mapsAnswers();
    void keyIsHidden();
    void readsRetryAfter();
    void usesItsConnectionAgain();
    void notOneThatIsOutOfStep();
    void manyAtATime();
    void idleConnectionClosedByTheServer();
    void closedBeforeAnAnswer();
    void cutInTheBody_data();
    void cutInTheBody();
    void refusedConnection();
    void unknownHost();
    void cancelAllIsSilent();
    void hugeErrorBody();
    void largeBody();
    void uploadIsSpread_data();
    void uploadIsSpread();
    void earlyAnswer();
    void notHttp_data();
    void notHttp();
    void answersInPieces_data();
    void answersInPieces();
};

void HttpTransportTest::mapsAnswers_data()
{
    QTest::addColumn<int>("status");
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QString>("reason");
    QTest::addColumn<QString>("errorCode");
    QTest::newRow("200") << 200 << QByteArray("{}") << QString() << QString();
    QTest::newRow("201") << 201 << QByteArray("") << QString() << QString();
    QTest::newRow("400") << 400 << QByteArray(R"({"reason":"bad","error_code":"X"})")
                         << QStringLiteral("bad") << QStringLiteral("X");
    QTest::newRow("404") << 404 << QByteArray(R"({"detail":"Not Found"})") << QString()
                         << QString();
    QTest::newRow("422") << 422 << QByteArray(R"({"detail":[{"msg":"m"}]})") << QStringLiteral("m")
                         << QString();
    QTest::newRow("500") << 500 << QByteArray("<html>no</html>") << QString() << QString();
    QTest::newRow("503 empty") << 503 << QByteArray() << QString() << QString();
}

void HttpTransportTest::mapsAnswers()
{
    QFETCH(int, status);
    QFETCH(QByteArray, body);
    QFETCH(QString, reason);
    QFETCH(QString, errorCode);
    HttpSink sink;
    QVERIFY(sink.listen());
    sink.enqueue({.status = status, .body = body});
    HttpTransport transport(options(sink.url()));
    const SendResult result = sendAndWait(transport);
    QCOMPARE(result.kind, SendResult::Kind::Answered);
    QCOMPARE(result.status, status);
    QCOMPARE(QString::fromStdString(result.reason), reason);
    QCOMPARE(QString::fromStdString(result.errorCode), errorCode);
    QCOMPARE(sink.requests().front().headers.value("x-weave-retry-id"), QByteArray("the-id"));
    QCOMPARE(sink.requests().front().headers.value("user-agent"), QByteArray("test/1"));
    QCOMPARE(sink.requests().front().body, QByteArray(R"({"batch":[{}]})"));
}

// Also when the server repeats it.
void HttpTransportTest::keyIsHidden()
{
    HttpSink sink;
    QVERIFY(sink.listen());
    HttpTransportOptions withKey = options(sink.url());
    withKey.apiKey = "0123456789abcdef";
    HttpTransport transport(withKey);
    const QByteArray basic = QByteArray("api:0123456789abcdef").toBase64();
    sink.enqueue({.status = 401,
                  .body = R"({"reason":"no such key: 0123456789abcdef, 0123456789abcdef",)"
                          R"("error_code":"Basic )"
                      + basic + "\"}"});
    const SendResult result = sendAndWait(transport);
    QCOMPARE(QString::fromStdString(result.reason), QStringLiteral("no such key: [...], [...]"));
    QCOMPARE(QString::fromStdString(result.errorCode), QStringLiteral("Basic [...]"));
}

void HttpTransportTest::readsRetryAfter()
{
    HttpSink sink;
    QVERIFY(sink.listen());
    HttpTransport transport(options(sink.url()));
    for (const QByteArray &header : {QByteArray("Retry-After: 7"), QByteArray("retry-after:7 ")}) {
        sink.enqueue({.status = 429, .headers = {header}});
        QCOMPARE(sendAndWait(transport).retryAfter, std::optional<Milliseconds>(7s));
    }
    sink.enqueue({.status = 429, .headers = {"Retry-After: soon"}});
    QVERIFY(!sendAndWait(transport).retryAfter);
}

void HttpTransportTest::usesItsConnectionAgain()
{
    HttpSink sink;
    QVERIFY(sink.listen());
    HttpTransport transport(options(sink.url()));
    for (const int status : {200, 500, 400, 200, 429, 200}) {
        sink.enqueue({.status = status});
        QCOMPARE(sendAndWait(transport).status, status);
    }
    QCOMPARE(sink.connectionCount(), 1);
    sink.enqueue({.closeConnection = true});
    QCOMPARE(sendAndWait(transport).status, 200);
    QCOMPARE(sendAndWait(transport).status, 200);
    QCOMPARE(sink.connectionCount(), 2);
}

// The next answer would be taken for that of another request.
void HttpTransportTest::notOneThatIsOutOfStep()
{
    HttpSink sink;
    QVERIFY(sink.listen());
    sink.enqueue({.raw = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
                         "HTTP/1.1 500 No\r\nContent-Length: 2\r\n\r\n{}"});
    HttpTransport transport(options(sink.url()));
    QCOMPARE(sendAndWait(transport).status, 200);
    QCOMPARE(sendAndWait(transport).status, 200);
    QCOMPARE(sink.connectionCount(), 2);
}

void HttpTransportTest::manyAtATime()
{
    HttpSink sink;
    QVERIFY(sink.listen());
    sink.setScript([](const SinkRequest &) { return SinkAnswer{.isHanging = true}; });
    HttpTransport transport(options(sink.url()));
    int answered = 0;
    for (int i = 0; i < 12; ++i)
        transport.send(request(), [&answered](const SendResult &) { ++answered; });
    QTRY_COMPARE(sink.hangingCount(), 12);
    QCOMPARE(sink.connectionCount(), 12);
    sink.answerHanging();
    QTRY_COMPARE(answered, 12);
}

// Load balancers do that. It is no failure of the backend, and must not wait for the time limit.
void HttpTransportTest::idleConnectionClosedByTheServer()
{
    HttpSink sink;
    QVERIFY(sink.listen());
    const quint16 port = sink.port();
    HttpTransport transport(options(sink.url()));
    for (int i = 0; i < 3; ++i) {
        QCOMPARE(sendAndWait(transport).status, 200);
        sink.stop();
        QVERIFY(sink.listen(port));
        QElapsedTimer timer;
        timer.start();
        const SendResult result = sendAndWait(transport);
        QCOMPARE(result.reason, std::string());
        QCOMPARE(result.status, 200);
        QCOMPARE_LT(timer.elapsed(), 1000);
    }
}

void HttpTransportTest::closedBeforeAnAnswer()
{
    HttpSink sink;
    QVERIFY(sink.listen());
    sink.setScript([](const SinkRequest &) { return SinkAnswer{.isDropped = true}; });
    HttpTransport transport(options(sink.url()));
    QElapsedTimer timer;
    timer.start();
    const SendResult result = sendAndWait(transport);
    QCOMPARE(result.kind, SendResult::Kind::NetworkError);
    QVERIFY(!result.reason.empty());
    QVERIFY(result.hadConnection);
    QCOMPARE_LT(timer.elapsed(), 1000);
}

void HttpTransportTest::cutInTheBody_data()
{
    QTest::addColumn<int>("status");
    for (const int status : {200, 400, 413, 500})
        QTest::addRow("%d", status) << status;
}

// Half an answer is no answer: a 400 must not cost calls, and a 200 may be a proxy's.
void HttpTransportTest::cutInTheBody()
{
    QFETCH(int, status);
    HttpSink sink;
    QVERIFY(sink.listen());
    sink.enqueue({.status = status, .body = R"({"reason":"long words"})", .cutAfter = 5});
    HttpTransport transport(options(sink.url()));
    QElapsedTimer timer;
    timer.start();
    QCOMPARE(sendAndWait(transport).kind, SendResult::Kind::NetworkError);
    QCOMPARE_LT(timer.elapsed(), 1000);
    QCOMPARE(sendAndWait(transport).status, 200);
}

void HttpTransportTest::refusedConnection()
{
    HttpTransport transport(options(QStringLiteral("http://127.0.0.1:1")));
    const SendResult result = sendAndWait(transport);
    QCOMPARE(result.kind, SendResult::Kind::NetworkError);
    QVERIFY(QString::fromStdString(result.reason).contains(QLatin1String("refused")));
    QVERIFY(!result.hadConnection);
}

void HttpTransportTest::unknownHost()
{
    HttpTransport transport(options(QStringLiteral("http://no-such-host.invalid")));
    const SendResult result = sendAndWait(transport);
    QCOMPARE(result.kind, SendResult::Kind::NetworkError);
    QVERIFY(!result.hadConnection);
}

void HttpTransportTest::cancelAllIsSilent()
{
    HttpSink sink;
    QVERIFY(sink.listen());
    sink.enqueue({.isHanging = true});
    HttpTransport transport(options(sink.url()));
    bool wasAnswered = false;
    transport.send(request(), [&wasAnswered](const SendResult &) { wasAnswered = true; });
    QTRY_COMPARE(sink.hangingCount(), 1);
    transport.send(request(), [&wasAnswered](const SendResult &) { wasAnswered = true; });
    transport.cancelAll();
    QCOMPARE(sendAndWait(transport).status, 200);
    QVERIFY(!wasAnswered);
    transport.send(request(), [&wasAnswered](const SendResult &) { wasAnswered = true; });
    // And it goes with a request under way.
}

void HttpTransportTest::hugeErrorBody()
{
    HttpSink sink;
    QVERIFY(sink.listen());
    sink.enqueue({.status = 500, .body = QByteArray(10'000'000, 'x')});
    HttpTransport transport(options(sink.url()));
    const SendResult result = sendAndWait(transport);
    QCOMPARE(result.kind, SendResult::Kind::Answered);
    QCOMPARE(result.status, 500);
    QCOMPARE_LT(result.reason.size(), 1000U);
}

void HttpTransportTest::largeBody()
{
    HttpSink sink;
    QVERIFY(sink.listen());
    HttpTransport transport(options(sink.url()));
    for (int i = 0; i < 2; ++i) {
        QCOMPARE(sendAndWait(transport, request(Large)).status, 200);
        const QByteArray &body = sink.requests().back().body;
        QCOMPARE(body.size(), static_cast<qsizetype>(Large.size()) + 12);
        QVERIFY(body.mid(10, 1000) == QByteArray(1000, 'x') && body.endsWith("x]}"));
    }
    QCOMPARE(sink.connectionCount(), 1);
}

void HttpTransportTest::uploadIsSpread_data()
{
    QTest::addColumn<bool>("isBacklog");
    QTest::addColumn<Milliseconds>("spread");
    QTest::newRow("fresh calls") << false << UploadPace::Spread;
    QTest::newRow("backlog") << true
                             << Milliseconds(1000 * 2 * MiB / UploadPace::BacklogBytesPerSecond);
}

// The last of eight steps has to wait for its time, however fast the server reads.
void HttpTransportTest::uploadIsSpread()
{
    QFETCH(const bool, isBacklog);
    QFETCH(const Milliseconds, spread);
    QTcpServer server;
    QVERIFY(server.listen(QHostAddress::LocalHost));
    const std::string payload(8 * UploadStep::MaxBytes - 12, 'x');
    QByteArray received;
    connect(&server, &QTcpServer::newConnection, &server, [&] {
        QTcpSocket *socket = server.nextPendingConnection();
        connect(socket, &QTcpSocket::readyRead, socket, [&received, socket] {
            received += socket->readAll();
            if (received.endsWith("x]}"))
                socket->write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");
        });
    });
    HttpTransport transport(
        options(QStringLiteral("http://127.0.0.1:%1").arg(server.serverPort())));
    QEventLoop loop; // qWaitFor() sleeps between its looks, which would spread the upload, too
    int status = 0;
    QElapsedTimer timer;
    timer.start();
    OutgoingRequest outgoing = request(payload);
    outgoing.isBacklog = isBacklog;
    transport.send(std::move(outgoing), [&](const SendResult &answer) {
        status = answer.status;
        loop.quit();
    });
    loop.exec();
    const std::chrono::nanoseconds took(timer.nsecsElapsed());
    QCOMPARE(status, 200);
    QVERIFY(took >= spread * 7 / 8);
    const auto bodyAt = received.indexOf("\r\n\r\n") + 4;
    QVERIFY(received.mid(bodyAt).toStdString() == R"({"batch":[)" + payload + "]}");
}

// A server may say no before it has read the whole body, and close.
void HttpTransportTest::earlyAnswer()
{
    HttpSink sink;
    QVERIFY(sink.listen());
    sink.answerEarly({.status = 413, .body = R"({"reason":"too large"})", .closeConnection = true});
    HttpTransport transport(options(sink.url()));
    const SendResult result = sendAndWait(transport, request(Large));
    QCOMPARE(result.kind, SendResult::Kind::Answered);
    QCOMPARE(result.status, 413);
    QCOMPARE(result.reason, std::string("too large"));
}

void HttpTransportTest::notHttp_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::newRow("ssh") << QByteArray("SSH-2.0-OpenSSH_9.2\r\n");
    QTest::newRow("binary") << QByteArray("\x15\x03\x01\x00\x02\x02\x16", 7);
    QTest::newRow("bad status") << QByteArray("HTTP/1.1 abc\r\n\r\n");
    QTest::newRow("status 99") << QByteArray("HTTP/1.1 099 X\r\n\r\n");
    QTest::newRow("bad length") << QByteArray("HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n");
    QTest::newRow("two lengths") << QByteArray(
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n");
    QTest::newRow("endless header")
        << QByteArray("HTTP/1.1 200 OK\r\nX: ") + QByteArray(1'000'000, 'x');
    QTest::newRow("bad chunk") << QByteArray(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n");
}

void HttpTransportTest::notHttp()
{
    QFETCH(QByteArray, bytes);
    QTcpServer server;
    QVERIFY(server.listen(QHostAddress::LocalHost));
    connect(&server, &QTcpServer::newConnection, &server, [&server, bytes] {
        QTcpSocket *socket = server.nextPendingConnection();
        socket->write(bytes);
        socket->disconnectFromHost();
    });
    HttpTransport transport(
        options(QStringLiteral("http://127.0.0.1:%1").arg(server.serverPort()), 2s));
    const SendResult result = sendAndWait(transport);
    QCOMPARE(result.kind, SendResult::Kind::NetworkError);
    QVERIFY(!result.reason.empty() && result.reason.size() < 500);
}

void HttpTransportTest::answersInPieces_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<int>("status");
    const QByteArray ok = "HTTP/1.1 200 OK\r\n";
    QTest::newRow("length") << ok + "Content-Length: 2\r\n\r\n{}" << 200;
    QTest::newRow("chunked") << ok + "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"
                             << 200;
    QTest::newRow("chunk extension and trailer")
        << ok + "Transfer-Encoding: chunked\r\n\r\n2;a=b\r\n{}\r\n0\r\nX: y\r\n\r\n"
        << 200;
    QTest::newRow("100 first") << "HTTP/1.1 100 Continue\r\n\r\n" + ok + "Content-Length: 0\r\n\r\n"
                               << 200;
    QTest::newRow("until close") << QByteArray("HTTP/1.0 503 No\r\n\r\nbusy") << 503;
    QTest::newRow("204") << QByteArray("HTTP/1.1 204 No Content\r\n\r\n") << 204;
}

void HttpTransportTest::answersInPieces()
{
    QFETCH(QByteArray, bytes);
    QFETCH(int, status);
    QTcpServer server;
    QVERIFY(server.listen(QHostAddress::LocalHost));
    connect(&server, &QTcpServer::newConnection, &server, [&server, bytes] {
        QTcpSocket *socket = server.nextPendingConnection();
        socket->setSocketOption(QAbstractSocket::LowDelayOption, 1);
        connect(socket, &QTcpSocket::readyRead, socket, [socket, bytes] {
            if (!socket->readAll().contains("]}"))
                return;
            for (const char byte : bytes) {
                socket->write(&byte, 1);
                socket->flush();
            }
            socket->disconnectFromHost();
        });
    });
    HttpTransport transport(
        options(QStringLiteral("http://127.0.0.1:%1").arg(server.serverPort()), 3s));
    const SendResult result = sendAndWait(transport);
    QCOMPARE(result.kind, SendResult::Kind::Answered);
    QCOMPARE(result.status, status);
}

QTEST_GUILESS_MAIN(HttpTransportTest)
#include "tst_httptransport.moc"
