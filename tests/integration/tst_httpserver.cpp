#include "integration/httprig.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

using namespace Weave;
using namespace std::chrono_literals;

namespace {

QByteArray bodyOf(const std::optional<HttpAnswer> &answer)
{
    return answer && answer->isComplete ? answer->body : QByteArray();
}

QString reasonOf(const std::optional<HttpAnswer> &answer)
{
    return QJsonDocument::fromJson(bodyOf(answer))
        .object()
        .value(QLatin1String("reason"))
        .toString();
}

HttpServerOptions afterSync()
{
    HttpServerOptions options;
    options.answersAfterSync = true;
    return options;
}

} // namespace

// What the door answers.
class HttpServerTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void keepsCalls();
    void completeCallsAreToldOf();
    void packedBody();
    void health();
    void readiness();
    void otherMachines_data();
    void otherMachines();
    void credentials_data();
    void credentials();
    void passedOnWithoutABackend_data();
    void passedOnWithoutABackend();
    void onlyTheOwnersQueriesFlush();
    void fullSpoolIsPassedOn();
    void shuttingDown();
    void answersAfterTheSync();
    void failedSync();
    void clientGoesDuringTheSync();
};

void HttpServerTest::keepsCalls()
{
    HttpRig rig;
    HttpClient client = rig.client();
    const auto answer = client.ask(startRequest("1"));
    QCOMPARE(statusOf(answer), 200);
    QCOMPARE(answer->header("Content-Type"), QByteArray("application/json"));
    QCOMPARE(answer->body, QByteArray("{\"id\":\"1\",\"trace_id\":\"t\"}"));
    const QByteArray item = "{\"mode\":\"start\",\"req\":" + startBody("2") + "}";
    QCOMPARE(bodyOf(client.ask(httpPost("/call/upsert_batch?x=1", "{\"batch\":[" + item + "]}"))),
             QByteArray("{\"res\":[{\"id\":\"2\",\"trace_id\":\"t\"}]}"));
    QCOMPARE(bodyOf(client.ask(
                 httpPost("/call/end", "{\"end\":{\"project_id\":\"a/b\",\"id\":\"3\"}}"))),
             QByteArray("{}"));
    QCOMPARE(rig.handler.ids, (QList<QByteArray>{"1", "2", "3"}));
    QCOMPARE(rig.handler.events.last(), QByteArray("accepted"));
    QCOMPARE(rig.handler.stats.http.kept, 3U);
    QCOMPARE(rig.handler.stats.http.connectionsOpen, 1U);
}

void HttpServerTest::completeCallsAreToldOf()
{
    HttpRig rig;
    HttpClient client = rig.client();
    const QByteArray call =
        "{\"project_id\":\"my team/b\",\"id\":\"1\",\"trace_id\":\"t\",\"started_at\":\"s\","
        "\"ended_at\":\"e\"}";
    QCOMPARE(bodyOf(client.ask(
                 httpPost("/v2/my%20team/b/calls/complete", "{\"batch\":[" + call + "]}"))),
             QByteArray("{}"));
    QCOMPARE(rig.handler.completeProjects, (QList<std::string>{"my team/b"}));
    QCOMPARE(rig.handler.ids, (QList<QByteArray>{"1", "1"}));
}

void HttpServerTest::packedBody()
{
    HttpRig rig;
    HttpClient client = rig.client();
    // startBody("z") as gzip writes it.
    const QByteArray packed = QByteArray::fromHex(
        "1f8b0800000000000203ab562a2e492c2a51b2aa562a28cacf4a4d2e89cf4c51b2524ad44f52d2510233ab80"
        "8c92a2c4e454884c89526d2d00906026bb36000000");
    const QByteArray coding = authorization() + "Content-Encoding: gzip\r\n";
    QCOMPARE(statusOf(client.ask(httpPost("/call/start", packed, coding))), 200);
    QCOMPARE(rig.handler.ids, (QList<QByteArray>{"z"}));
    // What cannot be unpacked here is for the trace server to judge.
    QCOMPARE(statusOf(client.ask(httpPost("/call/start", packed.chopped(1), coding))), 502);
    QCOMPARE(statusOf(client.ask(httpPost("/call/start", startBody("1"), coding))), 502);
    QCOMPARE(statusOf(client.ask(httpPost("/call/start", startBody("1"),
                                          authorization() + "Content-Encoding: br\r\n"))),
             502);
    QCOMPARE(statusOf(client.ask(httpPost("/call/start", startBody("1"),
                                          authorization() + "Content-Encoding: identity\r\n"))),
             200);
}

void HttpServerTest::health()
{
    HttpRig rig;
    HttpClient client = rig.client();
    // Nobody needs a key to ask.
    for (const QByteArray path : {"/healthz", "/readyz", "/metrics", "/healthz?verbose"}) {
        const auto answer = client.ask(httpGet(path, {}));
        QCOMPARE(statusOf(answer), 200);
        QVERIFY(answer->header("Content-Type").startsWith("text/plain;"));
    }
    QVERIFY(bodyOf(client.ask(httpGet("/metrics", {}))).contains("\nweave_sidecar_build_info{"));
    QVERIFY(client.send("HEAD /healthz HTTP/1.1\r\nHost: a\r\n\r\n"));
    const auto head = client.readAnswer(HttpClient::DefaultTimeout, true);
    QCOMPARE(statusOf(head), 200);
    QCOMPARE(head->header("Content-Length"), QByteArray("3"));
    QCOMPARE(rig.handler.stats.http.health, 6U);
    // Anything else at these paths belongs to the trace server.
    QCOMPARE(statusOf(client.ask(httpPost("/healthz", {}))), 502);
    QCOMPARE(statusOf(client.ask(httpGet("/healthz/", {}))), 401);
}

void HttpServerTest::readiness()
{
    HttpRig rig;
    rig.handler.status.delivery.condition = DeliveryState::Condition::Paused;
    rig.handler.status.delivery.lastError = "the backend answered 401";
    HttpClient client = rig.client();
    const auto answer = client.ask(httpGet("/readyz", {}));
    QCOMPARE(statusOf(answer), 503);
    QVERIFY(answer->body.contains("the backend answered 401"));
    QCOMPARE(statusOf(client.ask(httpGet("/healthz", {}))), 200);
}

void HttpServerTest::otherMachines_data()
{
    QTest::addColumn<bool>("isFromElsewhere");
    QTest::addColumn<bool>("hasKey");
    QTest::addColumn<bool>("tellsEverybody");
    QTest::addColumn<bool>("isTold");
    QTest::newRow("this machine") << false << false << false << true;
    QTest::newRow("another one") << true << false << false << false;
    QTest::newRow("with the key") << true << true << false << true;
    QTest::newRow("allowed") << true << false << true << true;
}

// Whoever opens the door for calls has not opened the pages about the daemon.
void HttpServerTest::otherMachines()
{
    QFETCH(bool, isFromElsewhere);
    QFETCH(bool, hasKey);
    QFETCH(bool, tellsEverybody);
    QFETCH(bool, isTold);
    FakeRequestHandler handler;
    handler.status.delivery.condition = DeliveryState::Condition::Paused;
    handler.status.delivery.lastError = "the backend answered 403: acme/secret";
    DoorRouter router(handler, {"key", "instance", 1024, tellsEverybody});
    HttpRequest request;
    request.method = "GET";
    request.isFromElsewhere = isFromElsewhere;
    if (hasKey)
        request.headers.emplace_back("Authorization", "Bearer key");
    request.target = "/metrics";
    const auto refusal = router.turnAway(request);
    QCOMPARE(refusal.has_value(), !isTold);
    if (refusal)
        QCOMPARE(refusal->status, 403);
    request.target = "/healthz";
    QVERIFY(!router.turnAway(request));
    QCOMPARE(router.answer(request)->reply.status, 200);
    request.target = "/readyz";
    QVERIFY(!router.turnAway(request));
    const auto answer = router.answer(request);
    QCOMPARE(answer->reply.status, 503);
    QCOMPARE(answer->reply.body.find("acme/secret") != std::string::npos, isTold);
    QVERIFY(answer->reply.body.starts_with("not ready"));
}

void HttpServerTest::credentials_data()
{
    QTest::addColumn<QByteArray>("headers");
    QTest::addColumn<int>("status"); // 502: passed on, to nobody here
    QTest::newRow("the daemon's key") << authorization() << 200;
    QTest::newRow("as a bearer") << "Authorization: Bearer " + DoorKey + "\r\n" << 200;
    QTest::newRow("another key") << authorization("other") << 502;
    QTest::newRow("no key") << QByteArray() << 401;
    QTest::newRow("two keys") << authorization() + authorization("other") << 400;
    QTest::newRow("an empty key") << QByteArray("Authorization:\r\n") << 401;
}

void HttpServerTest::credentials()
{
    QFETCH(QByteArray, headers);
    QFETCH(int, status);
    HttpRig rig;
    HttpClient client = rig.client();
    const auto answer = client.ask(httpPost("/call/start", startBody("1"), headers));
    QCOMPARE(statusOf(answer), status);
    QCOMPARE(rig.handler.ids.size(), status == 200 ? 1 : 0);
    QVERIFY(!answer->body.contains(DoorKey));
    QCOMPARE(!answer->header("WWW-Authenticate").isNull(), status == 401);
    if (status == 401)
        QVERIFY(reasonOf(answer).contains(QLatin1String("WANDB_API_KEY")));
}

void HttpServerTest::passedOnWithoutABackend_data()
{
    QTest::addColumn<QByteArray>("request");
    QTest::newRow("another route") << httpPost("/objs/query", "{}");
    QTest::newRow("a GET") << httpGet("/call/start");
    QTest::newRow("a call without an id") << httpPost("/call/start", "{\"start\":{}}");
    QTest::newRow("not JSON") << httpPost("/call/start", "NaN");
}

void HttpServerTest::passedOnWithoutABackend()
{
    QFETCH(QByteArray, request);
    HttpRig rig;
    HttpClient client = rig.client();
    const auto answer = client.ask(request);
    QCOMPARE(statusOf(answer), 502);
    QVERIFY(reasonOf(answer).contains(QLatin1String("no trace server")));
    QCOMPARE(rig.handler.stats.http.passed, 1U);
    QVERIFY(rig.handler.ids.isEmpty());
    QCOMPARE(statusOf(client.ask(startRequest("1"))), 200);
}

// Who sends calls stops after some refusals; what cannot be kept here may be taken there.
// Nobody else's calls are kept here, and a flush sends what would still travel with others.
void HttpServerTest::onlyTheOwnersQueriesFlush()
{
    HttpRig rig;
    rig.handler.status.pendingCalls = 1;
    HttpClient other = rig.client();
    QVERIFY(other.send(httpPost("/calls/query", "{}", authorization("another"))));
    QCOMPARE(statusOf(other.readAnswer(2s)), 502);
    QVERIFY(rig.handler.flushes.empty());
    HttpClient owner = rig.client();
    QVERIFY(owner.send(httpPost("/calls/query", "{}")));
    QTRY_COMPARE(rig.handler.flushes.size(), 1U);
    rig.handler.flushes.front()("");
    QCOMPARE(statusOf(owner.readAnswer()), 502);
}

void HttpServerTest::fullSpoolIsPassedOn()
{
    HttpSink sink;
    QVERIFY(sink.listen());
    HttpRig rig({}, QUrl(sink.url()));
    rig.handler.refusal = RefusedCall{Refusal::SpoolFull, "the spool is full"};
    HttpClient client = rig.client();
    QCOMPARE(statusOf(client.ask(startRequest("1"))), 200);
    QCOMPARE(sink.requestCount(), 1);
    QCOMPARE(sink.requests().front().body, startBody("1"));
    QCOMPARE(rig.handler.stats.http.passed, 1U);
}

void HttpServerTest::shuttingDown()
{
    HttpRig rig;
    rig.handler.refusal = RefusedCall{Refusal::ShuttingDown, "the sidecar is shutting down"};
    HttpClient client = rig.client();
    const auto answer = client.ask(startRequest("1"));
    QCOMPARE(statusOf(answer), 503);
    QCOMPARE(answer->header("Retry-After"), QByteArray("1"));
    QVERIFY(reasonOf(answer).contains(QLatin1String("shutting down")));
}

void HttpServerTest::answersAfterTheSync()
{
    HttpRig rig(afterSync());
    HttpClient first = rig.client();
    HttpClient second = rig.client();
    QVERIFY(first.send(startRequest("1") + startRequest("2")));
    QTRY_COMPARE(rig.handler.syncRequests, 1U);
    QVERIFY(second.send(startRequest("3")));
    QTRY_COMPARE(rig.handler.syncRequests, 2U);
    QVERIFY(!first.readAnswer(50ms));
    QCOMPARE(rig.handler.ids, (QList<QByteArray>{"1", "3"}));
    // What keeps nothing waits for nothing.
    HttpClient third = rig.client();
    QCOMPARE(statusOf(third.ask(httpGet("/healthz", {}))), 200);
    rig.server->finishSync(1, true);
    QCOMPARE(bodyOf(first.readAnswer()), QByteArray("{\"id\":\"1\",\"trace_id\":\"t\"}"));
    QTRY_COMPARE(rig.handler.syncRequests, 3U);
    QVERIFY(!second.readAnswer(50ms));
    rig.server->finishSync(3, true); // with a later ticket earlier ones have ended
    QCOMPARE(statusOf(second.readAnswer()), 200);
    QCOMPARE(bodyOf(first.readAnswer()), QByteArray("{\"id\":\"2\",\"trace_id\":\"t\"}"));
}

void HttpServerTest::failedSync()
{
    HttpRig rig(afterSync());
    HttpClient client = rig.client();
    QVERIFY(client.send(startRequest("1")));
    QTRY_COMPARE(rig.handler.syncRequests, 1U);
    rig.server->finishSync(1, false);
    const auto answer = client.readAnswer();
    QCOMPARE(statusOf(answer), 503);
    QVERIFY(reasonOf(answer).contains(QLatin1String("disk")));
    QCOMPARE(answer->header("Connection"), QByteArray("keep-alive"));
}

void HttpServerTest::clientGoesDuringTheSync()
{
    HttpRig rig(afterSync());
    HttpClient client = rig.client();
    QVERIFY(client.send(startRequest("1")));
    QTRY_COMPARE(rig.handler.syncRequests, 1U);
    client.reset();
    QTRY_COMPARE(rig.handler.stats.http.connectionsOpen, 0U);
    rig.server->finishSync(1, true);
}

QTEST_GUILESS_MAIN(HttpServerTest)
#include "tst_httpserver.moc"
