#include "fakes/httpsink.h"
#include "httpsending.h"

#include <QElapsedTimer>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTimer>

using namespace Weave;
using namespace std::chrono_literals;

namespace {

const std::string Large(20'000'000, 'x');

QString urlOf(const QTcpServer &server)
{
    return QStringLiteral("http://127.0.0.1:%1").arg(server.serverPort());
}

} // namespace

// When a request is given up, and when not.
class HttpTimeoutsTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void withoutAnAnswer();
    void ofABodyThatIsNotTaken();
    void ofABodyThatIsTakenInPart();
    void notWhileABodyIsTaken();
};

void HttpTimeoutsTest::withoutAnAnswer()
{
    HttpSink sink;
    QVERIFY(sink.listen());
    sink.enqueue({.isHanging = true});
    HttpTransport transport(options(sink.url(), 150ms));
    QElapsedTimer timer;
    timer.start();
    const SendResult result = sendAndWait(transport);
    QCOMPARE(result.kind, SendResult::Kind::TimedOut);
    QVERIFY(result.hadConnection);
    QCOMPARE_GE(timer.elapsed(), 140);
    QCOMPARE_LT(timer.elapsed(), 2000);
    QCOMPARE(sendAndWait(transport).status, 200); // not over the connection that hangs
    QCOMPARE(sink.connectionCount(), 2);
}

// A server that takes the connection and reads nothing.
void HttpTimeoutsTest::ofABodyThatIsNotTaken()
{
    QTcpServer server;
    QVERIFY(server.listen(QHostAddress::LocalHost));
    server.pauseAccepting();
    HttpTransport transport(
        options(QStringLiteral("http://127.0.0.1:%1").arg(server.serverPort()), 300ms));
    QCOMPARE(sendAndWait(transport, request(Large)).kind, SendResult::Kind::TimedOut);
}

// What it had taken by then was progress, and nothing was since.
void HttpTimeoutsTest::ofABodyThatIsTakenInPart()
{
    QTcpServer server;
    QVERIFY(server.listen(QHostAddress::LocalHost));
    QElapsedTimer sinceProgress;
    connect(&server, &QTcpServer::newConnection, &server, [&] {
        QTcpSocket *socket = server.nextPendingConnection();
        socket->setReadBufferSize(2'000'000);
        sinceProgress.start();
    });
    HttpTransport transport(options(urlOf(server), 400ms));
    QCOMPARE(sendAndWait(transport, request(Large)).kind, SendResult::Kind::TimedOut);
    QCOMPARE_GE(sinceProgress.elapsed(), 390);
    QCOMPARE_LT(sinceProgress.elapsed(), 3000);
}

// A line that needs several times the timeout for it.
void HttpTimeoutsTest::notWhileABodyIsTaken()
{
    QTcpServer server;
    QVERIFY(server.listen(QHostAddress::LocalHost));
    QTimer tick;
    tick.setInterval(50ms);
    qsizetype received = 0;
    connect(&server, &QTcpServer::newConnection, &server, [&] {
        QTcpSocket *socket = server.nextPendingConnection();
        socket->setReadBufferSize(100'000);
        connect(&tick, &QTimer::timeout, socket, [&received, socket] {
            QByteArray bytes;
            for (int i = 0; i < 8 && !bytes.endsWith("x]}"); ++i) {
                socket->waitForReadyRead(1);
                bytes += socket->readAll();
            }
            received += bytes.size();
            if (bytes.endsWith("x]}"))
                socket->write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");
        });
        tick.start();
    });
    constexpr auto Timeout = 500ms;
    HttpTransport transport(options(urlOf(server), Timeout));
    QElapsedTimer timer;
    timer.start();
    QCOMPARE(sendAndWait(transport, request(Large)).status, 200);
    QVERIFY2(Milliseconds(timer.elapsed()) > 2 * Timeout, qPrintable(QString::number(timer.elapsed())));
    QCOMPARE_GT(received, qsizetype(Large.size()));
}

QTEST_GUILESS_MAIN(HttpTimeoutsTest)
#include "tst_httptimeouts.moc"
