#include "fakes/calllines.h"
#include "fakes/fakeclient.h"
#include "fakes/processfixture.h"

#include <QTest>

#include <csignal>

using namespace Weave;
using namespace std::chrono_literals;

namespace {

const QByteArray Project = "acme/new bot";
const QByteArray CompletePath = "/v2/acme/new%20bot/calls/complete";
const QByteArray StartPath = "/v2/acme/new%20bot/call/start";
const QByteArray EndPath = "/v2/acme/new%20bot/call/end";
const QByteArray UpsertPath = "/call/upsert_batch";
const QByteArray Flush = R"({"method":"flush"})";
const QString Delivered = QStringLiteral("calls.delivered");
const QString Pending = QStringLiteral("calls.pending");
const QString Held = QStringLiteral("calls.held");

const QByteArray StartedAt = R"("2026-11-23T10:15:30.123456Z")";

QByteArray callId(int number)
{
    return "id" + QByteArray::number(number);
}

QByteArray startMembers(int number)
{
    return R"(,"trace_id":"t","op_name":"op","started_at":)" + StartedAt
        + R"(,"attributes":{},"inputs":{"n":1.0,"call":)" + QByteArray::number(number) + "}";
}

QByteArray endMembers(int number)
{
    return R"(,"ended_at":"2026-11-23T10:15:31Z","output":)" + QByteArray::number(number)
        + R"(,"summary":{})";
}

QByteArray start(int number)
{
    return startPayload(Project, callId(number), startMembers(number));
}

QByteArray end(int number)
{
    return endPayload(Project, callId(number), endMembers(number));
}

QByteArray startLines(int first, int count)
{
    QByteArray lines;
    for (int i = first; i < first + count; ++i)
        lines += startLine(start(i));
    return lines;
}

QByteArray endLines(int first, int count)
{
    QByteArray lines;
    for (int i = first; i < first + count; ++i)
        lines += endLine(end(i));
    return lines;
}

// What the pair becomes: the start object without its closing brace, and what only the end has.
QByteArray completeItem(int number)
{
    const QByteArray payload = start(number); // {"start":{…}}
    const qsizetype begin = payload.indexOf('{', 1);
    return payload.mid(begin, payload.size() - 2 - begin) + endMembers(number) + "}";
}

QByteArray completeBody(int first, int count)
{
    QByteArrayList items;
    for (int i = first; i < first + count; ++i)
        items << completeItem(i);
    return R"({"batch":[)" + items.join(',') + "]}";
}

SinkAnswer completeModeRequired()
{
    return {.status = 400,
            .body = R"({"reason":"a newer project","error_code":"CALLS_COMPLETE_MODE_REQUIRED"})"};
}

SinkAnswer noSuchRoute()
{
    return {.status = 404, .body = R"({"detail":"Not Found"})"};
}

// A server that has moved the project to its newer tables.
SinkAnswer newServer(const SinkRequest &request)
{
    return request.path == UpsertPath ? completeModeRequired() : SinkAnswer();
}

// A server without the newer routes.
SinkAnswer oldServer(const SinkRequest &request)
{
    return request.path == UpsertPath ? SinkAnswer() : noSuchRoute();
}

QList<QByteArray> paths(const ProcessFixture &f)
{
    QList<QByteArray> paths;
    for (const SinkRequest &request : f.sink.requests())
        paths << request.path;
    return paths;
}

QByteArray lastBody(const ProcessFixture &f)
{
    return f.sink.requests().back().body;
}

} // namespace

// Projects that the server wants complete calls of.
class CompleteProcessTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void learnsItFromTheServer();
    void otherProjectsStayWithUpsert();
    void forcedFromTheStart();
    void upsertForcedKeepsTheCalls();
    void missingRouteFallsBack();
    void serverThatWantsNeitherKeepsTheCalls();
    void endsBeforeTheirStarts();
    void loneStartGoesAfterPairHold();
    void endFollowsItsStart();
    void endWithoutAStart();
    void disconnectSendsItsStarts();
    void flushDoesNotWaitForStarts();
    void shutdownSendsWhatIsHeld();
    void pairsAcrossAKill();
    void poisonPairIsFound();
    void pairThatIsTooLargeGoesInHalves();

private:
    static bool startComplete(ProcessFixture &f, const QStringList &extra = {})
    {
        f.sink.setScript(newServer);
        return f.start(QStringList{QStringLiteral("--calls-mode"), QStringLiteral("complete"),
                                   QStringLiteral("--flush-interval"), QStringLiteral("20ms")}
                       + extra);
    }
};

void CompleteProcessTest::learnsItFromTheServer()
{
    ProcessFixture f;
    f.sink.setScript(newServer);
    QVERIFY(f.start());
    FakeClient client(f.sidecar.socketPath());
    QCOMPARE(client.sendCalls(startLines(0, 10) + endLines(0, 10), 20), 20);
    QVERIFY(client.ask(Flush).value(QLatin1String("success")).toBool());
    QCOMPARE(paths(f), (QList<QByteArray>{UpsertPath, CompletePath}));
    QCOMPARE(lastBody(f), completeBody(0, 10));
    QCOMPARE(f.sidecar.number(Delivered), 20);

    QCOMPARE(client.sendCalls(startLines(10, 5) + endLines(10, 5), 10), 10);
    QVERIFY(client.ask(Flush).value(QLatin1String("success")).toBool());
    QCOMPARE(f.sink.requestCount(), 3);
    QCOMPARE(lastBody(f), completeBody(10, 5));
    QCOMPARE(f.auditError(), QString());
}

void CompleteProcessTest::otherProjectsStayWithUpsert()
{
    ProcessFixture f;
    f.sink.setScript([](const SinkRequest &request) {
        return request.body.contains(Project) ? newServer(request) : SinkAnswer();
    });
    QVERIFY(f.start());
    FakeClient client(f.sidecar.socketPath());
    const QByteArray old = startPayload("acme/old", "x");
    for (int round = 0; round < 2; ++round) {
        QCOMPARE(client.sendCalls(startLine(old) + startLines(round, 1) + endLines(round, 1), 3),
                 3);
        QVERIFY(client.ask(Flush).value(QLatin1String("success")).toBool());
    }
    QCOMPARE(f.sink.delivered().count(startItem(old)), 2);
    QCOMPARE(paths(f).count(CompletePath), 2);
    QCOMPARE(f.sidecar.number(Delivered), 6);
}

void CompleteProcessTest::forcedFromTheStart()
{
    ProcessFixture f;
    QVERIFY(startComplete(f));
    FakeClient client(f.sidecar.socketPath());
    QCOMPARE(client.sendCalls(startLines(0, 3) + endLines(0, 3), 6), 6);
    QVERIFY(f.waitForNumber(Delivered, 6));
    QCOMPARE(paths(f).count(UpsertPath), 0);
}

void CompleteProcessTest::upsertForcedKeepsTheCalls()
{
    ProcessFixture f;
    f.sink.setScript(newServer);
    QVERIFY(f.start({QStringLiteral("--calls-mode"), QStringLiteral("upsert")}));
    FakeClient client(f.sidecar.socketPath());
    QCOMPARE(client.sendCalls(startLines(0, 3) + endLines(0, 3), 6), 6);
    QVERIFY(!client.ask(Flush).value(QLatin1String("success")).toBool());
    QCOMPARE(f.sidecar.number(Pending), 6);
    QCOMPARE(paths(f), QList<QByteArray>{UpsertPath});
    QVERIFY(f.sidecar.standardError().contains(QLatin1String("--calls-mode")));
}

void CompleteProcessTest::missingRouteFallsBack()
{
    ProcessFixture f;
    QVERIFY(startComplete(f));
    f.sink.setScript(oldServer);
    FakeClient client(f.sidecar.socketPath());
    // A start on its own is released, too.
    QCOMPARE(client.sendCalls(startLines(0, 3) + endLines(0, 2), 5), 5);
    QVERIFY(f.waitForNumber(Delivered, 5));
    QCOMPARE(paths(f).first(), CompletePath);
    QCOMPARE(f.sink.delivered().size(), 5);
    QCOMPARE(client.sendCalls(endLines(2, 1), 1), 1);
    QVERIFY(f.waitForNumber(Delivered, 6));
    QCOMPARE(f.sink.delivered().last(), endItem(end(2)));
    QCOMPARE(paths(f).count(CompletePath), 1);
}

// It must not be asked again and again without a pause.
void CompleteProcessTest::serverThatWantsNeitherKeepsTheCalls()
{
    ProcessFixture f;
    f.sink.setScript([](const SinkRequest &request) {
        return request.path == UpsertPath ? completeModeRequired() : noSuchRoute();
    });
    QVERIFY(f.start());
    FakeClient client(f.sidecar.socketPath());
    QCOMPARE(client.sendCalls(startLines(0, 3) + endLines(0, 3), 6), 6);
    QVERIFY(!client.ask(Flush).value(QLatin1String("success")).toBool());
    QCOMPARE(f.sidecar.number(Pending), 6);
    QCOMPARE_LE(f.sink.requestCount(), 3);
    QCOMPARE(f.sidecar.status()
                 .value(QLatin1String("backend"))
                 .toObject()
                 .value(QLatin1String("state"))
                 .toString(),
             QStringLiteral("paused"));
}

void CompleteProcessTest::endsBeforeTheirStarts()
{
    ProcessFixture f;
    QVERIFY(startComplete(f));
    FakeClient client(f.sidecar.socketPath());
    QCOMPARE(client.sendCalls(endLines(0, 3), 3), 3);
    QTest::qWait(100); // a batch of their own
    QCOMPARE(f.sink.requestCount(), 0);
    QCOMPARE(client.sendCalls(startLines(0, 3), 3), 3);
    QVERIFY(f.waitForNumber(Delivered, 6));
    QCOMPARE(paths(f), QList<QByteArray>{CompletePath});
    QCOMPARE(lastBody(f), completeBody(0, 3));
}

void CompleteProcessTest::loneStartGoesAfterPairHold()
{
    ProcessFixture f;
    QVERIFY(startComplete(f, {QStringLiteral("--pair-hold"), QStringLiteral("400ms")}));
    FakeClient client(f.sidecar.socketPath());
    QCOMPARE(client.sendCalls(startLines(0, 2), 2), 2);
    QVERIFY(f.waitForNumber(Held, 2));
    QVERIFY(f.waitForNumber(Delivered, 2));
    QCOMPARE(paths(f), (QList<QByteArray>{StartPath, StartPath}));
    QCOMPARE(f.sink.requests().front().body, start(0));
    QCOMPARE(f.sidecar.number(Held), 0);
}

void CompleteProcessTest::endFollowsItsStart()
{
    ProcessFixture f;
    QVERIFY(startComplete(f, {QStringLiteral("--pair-hold"), QStringLiteral("100ms")}));
    f.sink.enqueue({.isHanging = true});
    FakeClient client(f.sidecar.socketPath());
    QCOMPARE(client.sendCalls(startLines(0, 1), 1), 1);
    QTRY_COMPARE(f.sink.hangingCount(), 1);
    QCOMPARE(client.sendCalls(endLines(0, 1), 1), 1);
    f.sink.answerHanging({.status = 500}); // the start needs a second attempt, the end waits for it
    QVERIFY(f.waitForNumber(Delivered, 2));
    QCOMPARE(paths(f), (QList<QByteArray>{StartPath, StartPath, EndPath}));
    QByteArray expected = end(0);
    expected.replace(R"("end":{)", R"("end":{"started_at":)" + StartedAt + ',');
    QCOMPARE(lastBody(f), expected);

    // The start has arrived long before its end.
    QCOMPARE(client.sendCalls(startLines(1, 1), 1), 1);
    QVERIFY(f.waitForNumber(Delivered, 3));
    QCOMPARE(client.sendCalls(endLines(1, 1), 1), 1);
    QVERIFY(f.waitForNumber(Delivered, 4));
    QVERIFY(lastBody(f).contains(R"({"started_at":)" + StartedAt));
}

void CompleteProcessTest::endWithoutAStart()
{
    ProcessFixture f;
    QVERIFY(startComplete(f, {QStringLiteral("--pair-hold"), QStringLiteral("100ms")}));
    FakeClient client(f.sidecar.socketPath());
    QCOMPARE(client.sendCalls(endLines(0, 1), 1), 1);
    QVERIFY(f.waitForNumber(Delivered, 1));
    QCOMPARE(paths(f), QList<QByteArray>{EndPath});
    QCOMPARE(lastBody(f), end(0));

    f.sink.enqueue({.status = 404, .body = R"({"reason":"no start found"})"});
    QCOMPARE(client.sendCalls(endLines(1, 1), 1), 1);
    QVERIFY(f.waitForNumber(QStringLiteral("calls.dead_lettered"), 1));
    QCOMPARE(f.auditError(), QString());
}

void CompleteProcessTest::disconnectSendsItsStarts()
{
    ProcessFixture f;
    QVERIFY(startComplete(f));
    FakeClient stays(f.sidecar.socketPath());
    FakeClient leaves(f.sidecar.socketPath());
    QCOMPARE(stays.sendCalls(startLines(0, 2), 2), 2);
    QCOMPARE(leaves.sendCalls(startLines(2, 2), 2), 2);
    QVERIFY(f.waitForNumber(Held, 4));
    leaves.close();
    QVERIFY(f.waitForNumber(Delivered, 2));
    QCOMPARE(f.sink.requests().front().body, start(2));
    QCOMPARE(f.sidecar.number(Held), 2);

    // One that sends and goes at once, too.
    FakeClient brief(f.sidecar.socketPath());
    QCOMPARE(brief.sendCalls(startLines(4, 1), 1), 1);
    brief.close();
    QVERIFY(f.waitForNumber(Delivered, 3));
    QCOMPARE(lastBody(f), start(4));
}

void CompleteProcessTest::flushDoesNotWaitForStarts()
{
    ProcessFixture f;
    QVERIFY(startComplete(f, {QStringLiteral("--flush-interval"), QStringLiteral("1m")}));
    FakeClient client(f.sidecar.socketPath());
    QCOMPARE(client.sendCalls(startLines(0, 3) + endLines(0, 1), 4), 4);
    for (int round = 0; round < 2; ++round) { // while they are found to be held, and after
        const QJsonObject reply = client.ask(Flush, 3s);
        QVERIFY(reply.value(QLatin1String("success")).toBool());
        QCOMPARE(reply.value(QLatin1String("pending")).toInt(), 2);
    }
    QCOMPARE(client.sendCalls(endLines(1, 2), 2), 2);
    QVERIFY(client.ask(Flush, 3s).value(QLatin1String("success")).toBool());
    QCOMPARE(f.sidecar.number(Delivered), 6);
    QCOMPARE(paths(f), (QList<QByteArray>{CompletePath, CompletePath}));
}

void CompleteProcessTest::shutdownSendsWhatIsHeld()
{
    ProcessFixture f;
    QVERIFY(startComplete(f));
    FakeClient client(f.sidecar.socketPath());
    QCOMPARE(client.sendCalls(startLines(0, 2), 2), 2);
    QVERIFY(f.waitForNumber(Held, 2));
    QCOMPARE(client.sendCalls(endLines(0, 1), 1), 1);
    f.sidecar.sendSignal(SIGTERM);
    QCOMPARE(f.sidecar.waitForExit(), 0);
    QCOMPARE(f.sink.requestCount(), 2);
    for (const SinkRequest &request : f.sink.requests())
        QCOMPARE(request.body, request.path == StartPath ? start(1) : completeBody(0, 1));
}

void CompleteProcessTest::pairsAcrossAKill()
{
    ProcessFixture f;
    QVERIFY(startComplete(f));
    {
        FakeClient client(f.sidecar.socketPath());
        QCOMPARE(client.sendCalls(startLines(0, 3), 3), 3);
        QVERIFY(f.waitForNumber(Held, 3));
        f.sidecar.sendSignal(SIGKILL);
        QVERIFY(!f.sidecar.waitForExit());
    }
    QVERIFY(startComplete(f));
    FakeClient client(f.sidecar.socketPath());
    QCOMPARE(client.sendCalls(endLines(0, 3), 3), 3);
    QVERIFY(f.waitForNumber(Delivered, 6));
    QCOMPARE(paths(f), QList<QByteArray>{CompletePath});
    QCOMPARE(lastBody(f), completeBody(0, 3));
}

void CompleteProcessTest::poisonPairIsFound()
{
    ProcessFixture f;
    QVERIFY(startComplete(f));
    f.sink.setScript([](const SinkRequest &request) {
        return request.body.contains(R"("id":"id7")")
            ? SinkAnswer{.status = 422, .body = R"({"reason":"id7 is not to my taste"})"}
            : SinkAnswer();
    });
    FakeClient client(f.sidecar.socketPath());
    QCOMPARE(client.sendCalls(startLines(0, 50) + endLines(0, 50), 100), 100);
    QVERIFY(f.waitForNumber(Delivered, 98));
    QVERIFY(f.waitForNumber(QStringLiteral("calls.dead_lettered"), 2));
    QCOMPARE(f.auditError(), QString());
    QVERIFY(f.sidecar.standardError().contains(QLatin1String("id7 is not to my taste")));
}

void CompleteProcessTest::pairThatIsTooLargeGoesInHalves()
{
    ProcessFixture f;
    QVERIFY(startComplete(f));
    f.sink.setScript([](const SinkRequest &request) {
        return request.path == CompletePath ? SinkAnswer{.status = 413} : SinkAnswer();
    });
    FakeClient client(f.sidecar.socketPath());
    QCOMPARE(client.sendCalls(startLines(0, 2) + endLines(0, 2), 4), 4);
    QVERIFY(f.waitForNumber(Delivered, 4));
    QCOMPARE(paths(f).count(StartPath), 2);
    QCOMPARE(paths(f).count(EndPath), 2);
    QVERIFY(lastBody(f).contains(StartedAt));
}

QTEST_GUILESS_MAIN(CompleteProcessTest)
#include "tst_complete_process.moc"
