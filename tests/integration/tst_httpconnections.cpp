#include "common/uniquefd.h"
#include "integration/httprig.h"

#include <QScopeGuard>
#include <QSignalSpy>
#include <QTest>

#include <sys/resource.h>
#include <unistd.h>
#include <utility>
#include <vector>

using namespace Weave;

namespace {

QByteArray bodyOf(const std::optional<HttpAnswer> &answer)
{
    return answer && answer->isComplete ? answer->body : QByteArray();
}

} // namespace

// What becomes of the connections to the door.
class HttpConnectionsTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void keepsTheConnection();
    void pipelined();
    void closesWhenAsked();
    void http10();
    void clientSendsNoMore_data();
    void clientSendsNoMore();
    void goesOnAfterAFlushWithoutABackend();
    void stopListening();
    void stopsWhileItCannotAccept();
    void stopDuringARequest();
    void stopKeepsWhatIsWritten();
    void stopAmongManyRequests();
    void goesWithItsClients();
    void portInUse();
};

void HttpConnectionsTest::keepsTheConnection()
{
    HttpRig rig;
    HttpClient client = rig.client();
    for (int i = 0; i < 50; ++i) {
        const auto answer = client.ask(startRequest(QByteArray::number(i)));
        QCOMPARE(statusOf(answer), 200);
        QCOMPARE(answer->header("Connection"), QByteArray("keep-alive"));
    }
    QCOMPARE(rig.handler.ids.size(), 50);
    QCOMPARE(rig.handler.stats.http.connectionsOpen, 1U);
}

void HttpConnectionsTest::pipelined()
{
    HttpRig rig;
    HttpClient client = rig.client();
    QByteArray requests;
    for (int i = 0; i < 500; ++i)
        requests += startRequest(QByteArray::number(i));
    QVERIFY(client.send(requests));
    for (int i = 0; i < 500; ++i)
        QCOMPARE(bodyOf(client.readAnswer()),
                 "{\"id\":\"" + QByteArray::number(i) + "\",\"trace_id\":\"t\"}");
    QCOMPARE(rig.handler.ids.size(), 500);
}

void HttpConnectionsTest::closesWhenAsked()
{
    HttpRig rig;
    HttpClient client = rig.client();
    const QByteArray last =
        httpPost("/call/start", startBody("1"), authorization() + "Connection: close\r\n");
    const auto answer = client.ask(last + startRequest("2"));
    QCOMPARE(statusOf(answer), 200);
    QCOMPARE(answer->header("Connection"), QByteArray("close"));
    QVERIFY(client.waitForClose());
    QCOMPARE(rig.handler.ids, (QList<QByteArray>{"1"}));
    client.close();
    QTRY_COMPARE(rig.handler.stats.http.connectionsOpen, 0U);
}

void HttpConnectionsTest::http10()
{
    HttpRig rig;
    HttpClient client = rig.client();
    const auto answer = client.ask("GET /healthz HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    QCOMPARE(statusOf(answer), 200);
    QCOMPARE(answer->header("Connection"), QByteArray("keep-alive"));
    QCOMPARE(statusOf(client.ask("GET /healthz HTTP/1.0\r\n\r\n")), 200);
    QVERIFY(client.waitForClose());
}

void HttpConnectionsTest::clientSendsNoMore_data()
{
    QTest::addColumn<QByteArray>("requests");
    QTest::addColumn<int>("status");
    QTest::newRow("kept") << startRequest("1") << 200;
    QTest::newRow("health") << httpGet("/healthz", {}) << 200;
    QTest::newRow("refused") << httpGet("/x", {}) << 401;
    QTest::newRow("two") << startRequest("1") + startRequest("2") << 200;
}

// A client that has shut down its sending side still wants to know what became of its request.
void HttpConnectionsTest::clientSendsNoMore()
{
    QFETCH(QByteArray, requests);
    QFETCH(int, status);
    HttpRig rig;
    for (int i = 0; i < 20; ++i) {
        HttpClient client = rig.client();
        QVERIFY(client.send(requests));
        client.closeWriting();
        for (qsizetype j = 0; j < requests.count("HTTP/1.1"); ++j)
            QCOMPARE(statusOf(client.readAnswer()), status);
        QVERIFY(client.waitForClose());
    }
}

// What came during the flush is read without more coming.
void HttpConnectionsTest::goesOnAfterAFlushWithoutABackend()
{
    HttpRig rig;
    rig.handler.status.pendingCalls = 1;
    HttpClient client = rig.client();
    const QByteArray query = httpPost("/calls/query", QByteArray(50'000, ' '));
    QVERIFY(client.send(query + query + query)); // more than one read
    QTRY_COMPARE(rig.handler.flushes.size(), 1U);
    QTest::qWait(50);
    for (std::size_t i = 0; i < 3; ++i) {
        QTRY_COMPARE(rig.handler.flushes.size(), i + 1);
        rig.handler.flushes[i]("");
        QCOMPARE(statusOf(client.readAnswer()), 502);
    }
}

void HttpConnectionsTest::stopListening()
{
    HttpRig rig;
    HttpClient idle = rig.client();
    HttpClient used = rig.client();
    QCOMPARE(statusOf(used.ask(startRequest("1"))), 200);
    QTRY_COMPARE(rig.handler.stats.http.connectionsOpen, 2U);
    rig.server->stopListening();
    QVERIFY(idle.waitForClose());
    QVERIFY(used.waitForClose());
    QVERIFY(!HttpClient().connectTo(rig.port));
    QVERIFY(rig.server->url().empty());
}

// Accepting is tried again in a moment; by then the door is closed.
void HttpConnectionsTest::stopsWhileItCannotAccept()
{
    rlimit old = {};
    QCOMPARE(::getrlimit(RLIMIT_NOFILE, &old), 0);
    HttpRig rig;
    const HttpClient client = rig.client();
    {
        std::vector<UniqueFd> descriptors;
        const auto restore = qScopeGuard([&old] { ::setrlimit(RLIMIT_NOFILE, &old); });
        rlimit limit = old;
        limit.rlim_cur = 100;
        QCOMPARE(::setrlimit(RLIMIT_NOFILE, &limit), 0);
        do
            descriptors.emplace_back(::dup(STDOUT_FILENO));
        while (descriptors.back().isValid());
        QTest::qWait(20);
        QCOMPARE(rig.handler.stats.http.connectionsOpen, 0U);
    }
    rig.server->stopListening();
    QTest::qWait(150);
    QVERIFY(rig.server->url().empty());
}

void HttpConnectionsTest::stopDuringARequest()
{
    HttpSink sink;
    QVERIFY(sink.listen());
    sink.enqueue({.isHanging = true});
    HttpRig rig({}, QUrl(sink.url()));
    HttpClient unfinished = rig.client();
    QVERIFY(unfinished.send(startRequest("1").chopped(1)));
    HttpClient passed = rig.client();
    QVERIFY(passed.send(httpPost("/objs/query", "{}") + startRequest("2")));
    QTRY_COMPARE(sink.hangingCount(), 1);
    rig.server->stopListening();
    QVERIFY(unfinished.send("}"));
    auto answer = unfinished.readAnswer();
    QCOMPARE(statusOf(answer), 200);
    QCOMPARE(answer->header("Connection"), QByteArray("close"));
    QVERIFY(unfinished.waitForClose());
    sink.answerHanging({.body = "late"});
    answer = passed.readAnswer();
    QCOMPARE(bodyOf(answer), QByteArray("late"));
    QCOMPARE(answer->header("Connection"), QByteArray("close"));
    QVERIFY(passed.waitForClose());
    QCOMPARE(rig.handler.ids, (QList<QByteArray>{"1"}));
}

// Answers that the client has not taken yet are its own, and it is waited for.
void HttpConnectionsTest::stopKeepsWhatIsWritten()
{
    const QByteArray body(64 * 1024, 'x');
    HttpSink sink;
    QVERIFY(sink.listen());
    sink.setScript([&body](const SinkRequest &) { return SinkAnswer{.body = body}; });
    HttpRig rig({}, QUrl(sink.url()));
    HttpClient client;
    client.setReceiveBuffer(16 * 1024);
    QVERIFY(client.connectTo(rig.port));
    int asked = 0;
    do // until no more of its requests are taken
        QVERIFY(client.send(httpGet("/x")));
    while (++asked < 1000 && QTest::qWaitFor([&] { return sink.requestCount() == asked; }, 200));
    QVERIFY(asked > sink.requestCount());
    const QSignalSpy answered(rig.server.get(), &HttpServer::allAnswered);
    rig.server->stopListening();
    QVERIFY(rig.server->isBusy());
    for (int i = 0; i < sink.requestCount(); ++i)
        QCOMPARE(bodyOf(client.readAnswer()), body);
    QVERIFY(client.waitForClose());
    QVERIFY(!answered.isEmpty());
    QVERIFY(!rig.server->isBusy());
}

// The one that was being read is answered yet, behind the answers that the client has not taken.
void HttpConnectionsTest::stopAmongManyRequests()
{
    HttpRig rig;
    HttpClient client;
    client.setReceiveBuffer(16 * 1024);
    QVERIFY(client.connectTo(rig.port));
    QVERIFY(client.send(httpGet("/metrics").repeated(2000)));
    quint64 answered = 0;
    const auto isAtRest = [&] {
        return std::exchange(answered, rig.handler.stats.http.health) == answered && answered > 0;
    };
    for (int i = 0; i < 100 && !isAtRest(); ++i)
        QTest::qWait(100);
    const QSignalSpy allAnswered(rig.server.get(), &HttpServer::allAnswered);
    rig.server->stopListening();
    QVERIFY(rig.server->isBusy());
    for (quint64 i = 0; i < answered; ++i)
        QCOMPARE(statusOf(client.readAnswer()), 200);
    const auto last = client.readAnswer();
    QCOMPARE(statusOf(last), 200);
    QCOMPARE(last->header("Connection"), QByteArray("close"));
    QTRY_VERIFY(!allAnswered.isEmpty());
    QVERIFY(!rig.server->isBusy());
}

void HttpConnectionsTest::goesWithItsClients()
{
    HttpSink sink;
    QVERIFY(sink.listen());
    sink.setScript([](const SinkRequest &) { return SinkAnswer{.isHanging = true}; });
    HttpRig rig({}, QUrl(sink.url()));
    std::vector<HttpClient> clients;
    for (int i = 0; i < 5; ++i)
        clients.push_back(rig.client());
    QVERIFY(clients[1].send("POST /x"));
    QVERIFY(clients[2].send(httpPost("/objs/query", "{}")));
    QVERIFY(clients[3].send(httpGet("/", {}))); // refused, and lingers
    QCOMPARE(statusOf(clients[4].ask(startRequest("1"))), 200);
    QTRY_COMPARE(sink.hangingCount(), 1);
    QTRY_COMPARE(rig.handler.stats.http.connectionsOpen, 5U);
    // Some sessions have just ended when the server goes, and wait to be deleted.
    rig.server->stopListening();
    rig.server.reset();
    QCOMPARE(rig.handler.stats.http.connectionsOpen, 0U);
    for (HttpClient &client : clients)
        QTRY_VERIFY(client.isClosed());
}

void HttpConnectionsTest::portInUse()
{
    HttpRig rig;
    HttpServer second(nullptr, rig.handler, rig.handler.stats.http, {});
    const auto listening = second.listen(QHostAddress::LocalHost, rig.port);
    QVERIFY(!listening);
    QVERIFY(listening.error().message.find("--http") != std::string::npos);
    QVERIFY(listening.error().message.find(std::to_string(rig.port)) != std::string::npos);
    QVERIFY(listening.error().message.find("Stop what listens there") != std::string::npos);
}

QTEST_GUILESS_MAIN(HttpConnectionsTest)
#include "tst_httpconnections.moc"
