#include "integration/httprig.h"

#include <QElapsedTimer>
#include <QTest>

#include <algorithm>
#include <utility>

using namespace Weave;
using namespace std::chrono_literals;

namespace {

HttpServerOptions with(const HttpTimes &times)
{
    HttpServerOptions options;
    options.times = times;
    return options;
}

QByteArray headOfPost(const QByteArray &headers)
{
    return "POST /call/start HTTP/1.1\r\nHost: door\r\n" + headers + "\r\n";
}

} // namespace

// Clients that are slow, greedy or wrong: each is told where that can be, and none keeps anything.
class HttpLimitsTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void continues();
    void doesNotContinue_data();
    void doesNotContinue();
    void refusesWhileItSends_data();
    void refusesWhileItSends();
    void refusedConnectionTakesNoMore();
    void slowHead_data();
    void slowHead();
    void slowHeadWhileOthersCome();
    void slowBody();
    void idle();
    void neverRead();
    void asksAndDoesNotRead();
    void refusedAndNeverClosed();
    void tooManyConnections();
    void refusedConnectionsAreBounded();
    void largestBody();
    void bodiesShareABudget();
    void clientsGoAtEveryMoment();
};

void HttpLimitsTest::continues()
{
    HttpRig rig;
    HttpClient client = rig.client();
    const QByteArray body = startBody("1");
    const QByteArray length = "Content-Length: " + QByteArray::number(body.size()) + "\r\n";
    QVERIFY(client.send(headOfPost(authorization() + length + "Expect: 100-Continue\r\n")));
    QCOMPARE(statusOf(client.readAnswer()), 100);
    QVERIFY(client.send(body));
    QCOMPARE(statusOf(client.readAnswer()), 200);
    // A client of HTTP/1.0 does not know that answer.
    QVERIFY(client.send("POST /call/start HTTP/1.0\r\nExpect: 100-continue\r\n" + authorization()
                        + length + "\r\n" + body));
    QCOMPARE(statusOf(client.readAnswer()), 200);
}

void HttpLimitsTest::doesNotContinue_data()
{
    QTest::addColumn<QByteArray>("headers");
    QTest::addColumn<int>("status");
    const QByteArray expect = "Expect: 100-continue\r\n";
    QTest::newRow("no key") << expect + "Content-Length: 100\r\n" << 401;
    QTest::newRow("too large") << expect + authorization() + "Content-Length: 33554433\r\n" << 413;
    QTest::newRow("another expectation")
        << authorization() + "Expect: 200-ok\r\nContent-Length: 100\r\n"
        << 417;
    QTest::newRow("two readings") << expect + authorization()
            + "Content-Length: 100\r\nTransfer-Encoding: chunked\r\n"
                                  << 400;
}

void HttpLimitsTest::doesNotContinue()
{
    QFETCH(QByteArray, headers);
    QFETCH(int, status);
    HttpRig rig;
    HttpClient client = rig.client();
    const auto answer = client.ask(headOfPost(headers));
    QCOMPARE(statusOf(answer), status);
    QCOMPARE(answer->header("Connection"), QByteArray("close"));
    QVERIFY(client.waitForClose());
    QCOMPARE(rig.handler.stats.http.refused, 1U);
}

void HttpLimitsTest::refusesWhileItSends_data()
{
    QTest::addColumn<QByteArray>("head");
    QTest::addColumn<int>("status");
    const QByteArray length = "Content-Length: 20000000\r\n";
    QTest::newRow("401") << headOfPost(length) << 401;
    QTest::newRow("417") << headOfPost(length + authorization() + "Expect: x\r\n") << 417;
    QTest::newRow("413") << headOfPost("Content-Length: 40000000\r\n" + authorization()) << 413;
    QTest::newRow("431") << QByteArray("POST /") << 431; // the body makes its target long
    QTest::newRow("400") << headOfPost("Content-Length: +1\r\n") << 400;
}

// An answer that a reset overtakes is none.
void HttpLimitsTest::refusesWhileItSends()
{
    QFETCH(QByteArray, head);
    QFETCH(int, status);
    HttpRig rig;
    HttpClient client = rig.client();
    QVERIFY(client.send(head));
    QVERIFY(client.send(QByteArray(10'000'000, 'x')));
    const auto answer = client.readAnswer();
    QCOMPARE(statusOf(answer), status);
    QVERIFY(answer->body.startsWith("{\"reason\":\""));
    QVERIFY(client.waitForClose());
}

void HttpLimitsTest::refusedConnectionTakesNoMore()
{
    HttpRig rig;
    HttpClient client = rig.client();
    QVERIFY(client.send(headOfPost("Content-Length: 1, 1\r\n") + startRequest("1")));
    QCOMPARE(statusOf(client.readAnswer()), 400);
    QVERIFY(client.send(startRequest("2")));
    QVERIFY(client.waitForClose());
    QVERIFY(rig.handler.ids.isEmpty());
}

void HttpLimitsTest::slowHead_data()
{
    QTest::addColumn<QByteArray>("piece");
    QTest::newRow("a byte now and then") << QByteArray("x");
    QTest::newRow("a line now and then") << QByteArray("X: 1\r\n");
}

// However often something comes: the time is that of the whole head.
void HttpLimitsTest::slowHead()
{
    QFETCH(QByteArray, piece);
    HttpRig rig(with({.head = 500ms, .request = 20s, .idle = 20s}));
    HttpClient client = rig.client();
    QVERIFY(client.send("GET /healthz HTTP/1.1\r\n"));
    QElapsedTimer timer;
    timer.start();
    std::optional<HttpAnswer> answer;
    while (!answer && timer.elapsed() < 10'000) {
        client.sendSome(piece);
        answer = client.readAnswer(100ms);
    }
    QCOMPARE(statusOf(answer), 408);
    QVERIFY(client.waitForClose());
    QCOMPARE_GE(timer.elapsed(), 500);
}

// A probe every moment, say.
void HttpLimitsTest::slowHeadWhileOthersCome()
{
    HttpRig rig(with({.head = 500ms, .request = 20s, .idle = 20s}));
    HttpClient client = rig.client();
    QVERIFY(client.send("GET /healthz HTTP/1.1\r\n"));
    std::optional<HttpAnswer> answer;
    for (int i = 0; i < 50 && !answer; ++i) {
        QCOMPARE(statusOf(rig.client().ask(httpGet("/healthz", {}))), 200);
        answer = client.readAnswer(200ms);
    }
    QCOMPARE(statusOf(answer), 408);
}

void HttpLimitsTest::slowBody()
{
    HttpRig rig(with({.head = 20s, .request = 500ms, .idle = 20s}));
    HttpClient client = rig.client();
    QVERIFY(client.send(headOfPost(authorization() + "Content-Length: 1000000\r\n")));
    std::optional<HttpAnswer> answer;
    for (int i = 0; i < 100 && !answer; ++i) {
        client.sendSome("x");
        answer = client.readAnswer(100ms);
    }
    QCOMPARE(statusOf(answer), 408);
    QVERIFY(client.waitForClose());
}

void HttpLimitsTest::idle()
{
    HttpRig rig(with({.idle = 300ms}));
    HttpClient silent = rig.client();
    HttpClient used = rig.client();
    QCOMPARE(statusOf(used.ask(startRequest("1"))), 200);
    QVERIFY(silent.waitForClose());
    QVERIFY(used.waitForClose());
    QCOMPARE(rig.handler.stats.http.connectionsOpen, 0U);
    QCOMPARE(rig.handler.stats.http.refused, 0U);
}

void HttpLimitsTest::neverRead()
{
    HttpSink sink;
    QVERIFY(sink.listen());
    sink.setScript(
        [](const SinkRequest &) { return SinkAnswer{.body = QByteArray(30'000'000, 'x')}; });
    HttpRig rig(with({.write = 500ms}), QUrl(sink.url()));
    HttpClient client;
    client.setReceiveBuffer(16 * 1024);
    QVERIFY(client.connectTo(rig.port));
    QVERIFY(client.send(httpGet("/")));
    QTRY_COMPARE(sink.requestCount(), 1);
    QTRY_COMPARE_WITH_TIMEOUT(rig.handler.stats.http.connectionsOpen, 0U, 10'000);
    const auto answer = client.readAnswer();
    QVERIFY(!answer || !answer->isComplete);
}

void HttpLimitsTest::asksAndDoesNotRead()
{
    constexpr quint64 Requests = 2000;
    HttpRig rig;
    HttpClient client;
    client.setReceiveBuffer(16 * 1024);
    QVERIFY(client.connectTo(rig.port));
    QVERIFY(client.send(httpGet("/metrics").repeated(Requests)));
    quint64 answered = 0;
    const auto isAtRest = [&] {
        return std::exchange(answered, rig.handler.stats.http.health) == answered && answered > 0;
    };
    for (int i = 0; i < 100 && !isAtRest(); ++i)
        QTest::qWait(100);
    QCOMPARE_LT(answered, Requests);
    for (quint64 i = 0; i < Requests; ++i)
        QCOMPARE(statusOf(client.readAnswer()), 200);
}

// It has its answer; nobody waits for ever until it takes notice.
void HttpLimitsTest::refusedAndNeverClosed()
{
    HttpRig rig(with({.linger = 300ms}));
    HttpClient client = rig.client();
    QCOMPARE(statusOf(client.ask(httpGet("/x", {}))), 401);
    QTRY_COMPARE_WITH_TIMEOUT(rig.handler.stats.http.connectionsOpen, 0U, 5'000);
}

void HttpLimitsTest::tooManyConnections()
{
    HttpServerOptions options;
    options.maxConnections = 3;
    HttpRig rig(options);
    std::vector<HttpClient> clients;
    for (int i = 0; i < 3; ++i) {
        clients.push_back(rig.client());
        QCOMPARE(statusOf(clients.back().ask(startRequest("1"))), 200);
    }
    for (int i = 0; i < 5; ++i) {
        HttpClient more = rig.client();
        QVERIFY(more.send(startRequest("2")));
        const auto answer = more.readAnswer();
        QCOMPARE(statusOf(answer), 503);
        QCOMPARE(answer->header("Connection"), QByteArray("close"));
        QVERIFY(more.waitForClose());
    }
    QCOMPARE(rig.handler.stats.http.refused, 5U);
    clients.pop_back();
    QTRY_COMPARE(rig.handler.stats.http.connectionsOpen, 2U);
    QCOMPARE(statusOf(rig.client().ask(startRequest("3"))), 200);
    QCOMPARE(rig.handler.ids.size(), 4);
}

// Each is told, but few may take their time to go.
void HttpLimitsTest::refusedConnectionsAreBounded()
{
    constexpr int Lingering = 16;
    constexpr int More = 40;
    HttpServerOptions options = with({.linger = 20s});
    options.maxConnections = 1;
    HttpRig rig(options);
    HttpClient first = rig.client();
    QCOMPARE(statusOf(first.ask(startRequest("1"))), 200);
    std::vector<HttpClient> refused;
    for (int i = 0; i < Lingering + More; ++i) {
        refused.push_back(rig.client());
        QCOMPARE(statusOf(refused.back().readAnswer()), 503);
    }
    // Whoever may linger takes what is sent, and the others do not.
    const auto isGone = [](HttpClient &client) { return client.sendSome("x") < 0; };
    QTRY_COMPARE(std::count_if(refused.begin(), refused.end(), isGone), More);
    QCOMPARE(rig.handler.stats.http.refused, std::uint64_t{Lingering + More});
    refused.clear();
    QTRY_VERIFY(statusOf(rig.client().readAnswer()) == 503); // and may linger
}

void HttpLimitsTest::largestBody()
{
    constexpr qsizetype Largest = 32 * 1024 * 1024;
    HttpRig rig;
    HttpClient client = rig.client();
    QByteArray body = startBody("1");
    body.insert(body.size() - 2, QByteArray(Largest - body.size(), ' '));
    QCOMPARE(statusOf(client.ask(httpPost("/call/start", body))), 200);
    QCOMPARE(rig.handler.ids, (QList<QByteArray>{"1"}));
    QVERIFY(client.send(httpPost("/call/start", body + ' ')));
    QCOMPARE(statusOf(client.readAnswer()), 413);
}

void HttpLimitsTest::bodiesShareABudget()
{
    constexpr qsizetype Largest = 32 * 1024 * 1024;
    HttpRig rig;
    const QByteArray request = httpPost("/call/start", QByteArray(Largest, ' ')).chopped(1);
    std::vector<HttpClient> clients;
    for (int i = 0; i < 5; ++i) {
        clients.push_back(rig.client());
        QVERIFY(clients.back().send(request));
    }
    // One of them is one too many, and makes room for the others.
    QTRY_COMPARE(std::count_if(clients.begin(), clients.end(),
                               [](HttpClient &client) {
                                   return client.received().startsWith("HTTP/1.1 503 ");
                               }),
                 1);
    QCOMPARE(rig.handler.stats.http.refused, 1U);
    clients.clear();
    QTRY_COMPARE(rig.handler.stats.http.connectionsOpen, 0U);
    QCOMPARE(statusOf(rig.client().ask(request + ' ')), 502); // read whole, and no call
}

void HttpLimitsTest::clientsGoAtEveryMoment()
{
    HttpSink sink;
    QVERIFY(sink.listen());
    sink.setScript([&sink](const SinkRequest &) {
        SinkAnswer answer{.body = QByteArray(300'000, 'x')};
        answer.isHanging = sink.requestCount() % 3 == 0;
        return answer;
    });
    HttpRig rig({}, QUrl(sink.url()));
    const QByteArray requests = httpPost("/objs/query", "{}") + startRequest("1")
        + httpGet("/healthz", {}) + httpGet("/none", {});
    for (qsizetype size = 1; size <= requests.size(); size += 7) {
        for (const bool isReset : {false, true}) {
            HttpClient client = rig.client();
            QVERIFY(client.send(requests.left(size)));
            if (size % 2 == 0)
                (void)client.received();
            if (isReset)
                client.reset();
        }
        sink.answerHanging();
    }
    QTRY_COMPARE(rig.handler.stats.http.connectionsOpen, 0U);
    QCOMPARE(statusOf(rig.client().ask(startRequest("2"))), 200);
}

QTEST_GUILESS_MAIN(HttpLimitsTest)
#include "tst_httplimits.moc"
