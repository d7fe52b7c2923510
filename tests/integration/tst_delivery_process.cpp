#include "fakes/calllines.h"
#include "fakes/fakeclient.h"
#include "fakes/processfixture.h"
#include "fakes/sanitizer.h"

#include <QSet>
#include <QTest>

using namespace Weave;
using namespace std::chrono_literals;

namespace {

const QByteArray Flush = R"({"method":"flush"})";
const QString Delivered = QStringLiteral("calls.delivered");
const QString Pending = QStringLiteral("calls.pending");

QByteArray callLines(int count, const QByteArray &project = "a/b")
{
    QByteArray lines;
    for (int i = 0; i < count; ++i)
        lines += startLine(startPayload(project, QByteArray::number(i)));
    return lines;
}

QByteArray retryIdOf(const SinkRequest &request)
{
    return request.headers.value("x-weave-retry-id");
}

} // namespace

// What the real daemon does when the backend does not simply say 200.
class DeliveryProcessTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void retries_data();
    void retries();
    void retryIdIsOfTheBatch();
    void backendThatComesLater();
    void retryAfterHoldsEveryBatch();
    void onePoisonedCallIsFound();
    void tooLargeIsHalved();
    void refusedKeyPauses();
    void redirectIsNotFollowed();
    void requestTimeoutIsARetry();
    void hugeErrorBodyIsNoHarm();
    void flushWaitsForTheAnswer();
    void flushGivesUpAfterFourSeconds();
    void flushTellsOfRefusedCalls();
    void flushOfAnIdleDaemonIsImmediate();
};

void DeliveryProcessTest::retries_data()
{
    QTest::addColumn<int>("status");
    QTest::addColumn<bool>("dropped");
    QTest::addColumn<int>("cutAfter");
    for (const int status : {408, 425, 429, 500, 502, 503, 504, 599})
        QTest::addRow("%d", status) << status << false << -1;
    QTest::newRow("connection closed") << 200 << true << -1;
    QTest::newRow("200 cut in its body") << 200 << false << 3;
    QTest::newRow("400 cut in its body") << 400 << false << 3;
}

void DeliveryProcessTest::retries()
{
    QFETCH(int, status);
    QFETCH(bool, dropped);
    QFETCH(int, cutAfter);
    ProcessFixture f;
    QVERIFY(f.start());
    SinkAnswer bad;
    bad.status = status;
    bad.isDropped = dropped;
    bad.cutAfter = cutAfter;
    bad.body = R"({"reason":"some words that take their room"})";
    f.sink.enqueue(bad);
    FakeClient client(f.sidecar.socketPath());
    QCOMPARE(client.sendCalls(callLines(7), 7), 7);
    QVERIFY(f.waitForNumber(Pending, 0));
    QCOMPARE(f.sidecar.number(Delivered), 7);
    if (status != 200 || dropped) {
        // Qt may repeat a request by itself when a connection breaks; then the daemon knows of one.
        QCOMPARE_GE(f.sink.requestCount(), 2);
        QCOMPARE(f.sink.delivered().size(), 7);
        for (const SinkRequest &request : f.sink.requests())
            QCOMPARE(request.body, f.sink.requests().front().body);
    }
    QCOMPARE(f.auditError(), QString());
}

void DeliveryProcessTest::retryIdIsOfTheBatch()
{
    ProcessFixture f;
    QVERIFY(f.start());
    f.sink.enqueue(503);
    f.sink.enqueue(503);
    FakeClient client(f.sidecar.socketPath());
    QCOMPARE(client.sendCalls(callLines(3), 3), 3);
    QVERIFY(f.waitForNumber(Delivered, 3));
    QCOMPARE(client.sendCalls(callLines(3), 3), 3);
    QVERIFY(f.waitForNumber(Delivered, 6));
    QCOMPARE(f.sink.requestCount(), 4);
    const auto &requests = f.sink.requests();
    QVERIFY(!retryIdOf(requests[0]).isEmpty());
    QCOMPARE(retryIdOf(requests[1]), retryIdOf(requests[0]));
    QCOMPARE(retryIdOf(requests[2]), retryIdOf(requests[0]));
    QVERIFY(retryIdOf(requests[3]) != retryIdOf(requests[0]));
    QCOMPARE(f.sidecar.number(QStringLiteral("requests.failed.503")), 2);
    QCOMPARE(f.sidecar.number(QStringLiteral("requests.retried")), 2);
}

void DeliveryProcessTest::backendThatComesLater()
{
    ProcessFixture f;
    const quint16 port = f.sink.port();
    f.sink.stop();
    QVERIFY(f.sidecar.start({QStringLiteral("--backend"),
                             QStringLiteral("http://127.0.0.1:%1").arg(port),
                             QStringLiteral("--flush-interval"), QStringLiteral("10ms")}));
    FakeClient client(f.sidecar.socketPath());
    QCOMPARE(client.sendCalls(callLines(20), 20), 20);
    QTRY_COMPARE_GE(f.sidecar.number(QStringLiteral("requests.failed.network")), 1);
    const QJsonObject backend = f.sidecar.status().value(QLatin1String("backend")).toObject();
    QCOMPARE(backend.value(QLatin1String("state")).toString(), QStringLiteral("retrying"));
    QVERIFY(backend.value(QLatin1String("last_error"))
                .toString()
                .contains(QLatin1String("cannot be reached")));
    QCOMPARE(f.sidecar.number(Pending), 20);
    QVERIFY(f.sink.listen(port));
    QVERIFY(f.waitForNumber(Delivered, 20, 20'000));
    QCOMPARE(f.sink.delivered().size(), 20);
    QCOMPARE(f.auditError(), QString());
}

void DeliveryProcessTest::retryAfterHoldsEveryBatch()
{
    ProcessFixture f;
    QVERIFY(f.start());
    f.sink.enqueue({.status = 429, .headers = {"Retry-After: 2"}});
    FakeClient client(f.sidecar.socketPath());
    QCOMPARE(client.sendCalls(callLines(1), 1), 1);
    QTRY_COMPARE(f.sink.requestCount(), 1);
    QVERIFY(f.waitForNumber(QStringLiteral("requests.failed.429"), 1));
    QCOMPARE(client.sendCalls(callLines(1, "other/project"), 1), 1);
    QVERIFY(f.waitForNumber(Delivered, 2));
    const auto asked = f.sink.requests().front().at;
    for (std::size_t i = 1; i < f.sink.requests().size(); ++i)
        QCOMPARE_GE(f.sink.requests()[i].at - asked, 1990ms);
}

void DeliveryProcessTest::onePoisonedCallIsFound()
{
    ProcessFixture f;
    QVERIFY(f.start({QStringLiteral("--flush-interval"), QStringLiteral("1h")}));
    f.sink.setScript([](const SinkRequest &request) {
        return request.body.contains("\"id\":\"37\"")
            ? SinkAnswer{.status = 400, .body = R"({"reason":"call 37 is bad"})"}
            : SinkAnswer();
    });
    FakeClient client(f.sidecar.socketPath());
    QCOMPARE(client.sendCalls(callLines(50), 50), 50);
    QVERIFY(client.send(Flush + "\n"));
    QVERIFY(f.waitForNumber(Pending, 0));
    QCOMPARE(f.sidecar.number(Delivered), 49);
    QCOMPARE(f.sidecar.number(QStringLiteral("calls.dead_lettered")), 1);
    QCOMPARE(f.sink.delivered().size(), 49);
    QCOMPARE(QSet<QByteArray>(f.sink.delivered().begin(), f.sink.delivered().end()).size(), 49);
    QCOMPARE_LE(f.sink.requestCount(), 14); // 1 + 2 for each of log2(50) steps
    QTRY_VERIFY(f.sidecar.standardError().contains(QLatin1String("call 37 is bad")));
    QCOMPARE(f.auditError(), QString());
}

void DeliveryProcessTest::tooLargeIsHalved()
{
    ProcessFixture f;
    QVERIFY(f.start({QStringLiteral("--flush-interval"), QStringLiteral("1h")}));
    f.sink.setScript([](const SinkRequest &request) {
        return request.body.size() > 1000 ? SinkAnswer{.status = 413} : SinkAnswer();
    });
    FakeClient client(f.sidecar.socketPath());
    const QByteArray large =
        startPayload("a/b", "large", ",\"x\":\"" + QByteArray(2000, 'x') + "\"");
    QCOMPARE(client.sendCalls(callLines(100) + startLine(large), 101), 101);
    QVERIFY(client.send(Flush + "\n"));
    QVERIFY(f.waitForNumber(Pending, 0));
    QCOMPARE(f.sidecar.number(Delivered), 100);
    QCOMPARE(f.sidecar.number(QStringLiteral("calls.dead_lettered")), 1);
    QVERIFY(!f.sink.delivered().contains(startItem(large)));
    QCOMPARE(f.auditError(), QString());
}

// The half minute to the next attempt is waited for with a clock of its own in tst_deliveryqueue.
void DeliveryProcessTest::refusedKeyPauses()
{
    ProcessFixture f;
    QVERIFY(f.start({QStringLiteral("--senders"), QStringLiteral("1")}));
    f.sink.enqueue({.status = 401, .body = R"({"reason":"wrong key"})"});
    FakeClient client(f.sidecar.socketPath());
    QCOMPARE(client.sendCalls(callLines(5), 5), 5);
    QVERIFY(f.waitForNumber(QStringLiteral("requests.failed.401"), 1));
    QCOMPARE(client.sendCalls(callLines(5, "other/project"), 5), 5);
    const QJsonObject backend = f.sidecar.status().value(QLatin1String("backend")).toObject();
    QCOMPARE(backend.value(QLatin1String("state")).toString(), QStringLiteral("paused"));
    QVERIFY(backend.value(QLatin1String("last_error"))
                .toString()
                .contains(QLatin1String("401: wrong key")));
    QCOMPARE_GT(backend.value(QLatin1String("next_attempt_seconds")).toDouble(), 20.0);
    QCOMPARE(f.sidecar.number(Pending), 10);
    QCOMPARE(f.sink.requestCount(), 1);
    QCOMPARE(f.auditError(), QString());
}

void DeliveryProcessTest::redirectIsNotFollowed()
{
    ProcessFixture f;
    HttpSink other;
    QVERIFY(other.listen());
    f.sink.setScript([&other](const SinkRequest &) {
        return SinkAnswer{.status = 307,
                          .headers = {"Location: " + other.url().toLatin1() + "/x?q=1"}};
    });
    QVERIFY(f.start({QStringLiteral("--api-key"), QStringLiteral("secret")}));
    FakeClient client(f.sidecar.socketPath());
    QCOMPARE(client.sendCalls(callLines(1), 1), 1);
    QVERIFY(f.waitForNumber(QStringLiteral("requests.failed.307"), 1));
    const QJsonObject backend = f.sidecar.status().value(QLatin1String("backend")).toObject();
    QVERIFY(backend.value(QLatin1String("last_error"))
                .toString()
                .contains(QLatin1String("redirects to ") + other.url()));
    QCOMPARE(f.sidecar.number(Pending), 1);
    QCOMPARE(other.connectionCount(), 0);
}

void DeliveryProcessTest::requestTimeoutIsARetry()
{
    ProcessFixture f;
    QVERIFY(f.start({QStringLiteral("--request-timeout"), QStringLiteral("300ms")}));
    f.sink.enqueue({.isHanging = true});
    FakeClient client(f.sidecar.socketPath());
    QCOMPARE(client.sendCalls(callLines(3), 3), 3);
    QVERIFY(f.waitForNumber(Delivered, 3));
    QCOMPARE(f.sidecar.number(QStringLiteral("requests.failed.timeout")), 1);
    QCOMPARE(f.sink.requestCount(), 2);
    QCOMPARE(retryIdOf(f.sink.requests()[1]), retryIdOf(f.sink.requests()[0]));
}

void DeliveryProcessTest::hugeErrorBodyIsNoHarm()
{
    ProcessFixture f;
    QVERIFY(f.start());
    const qint64 before = f.sidecar.residentBytes();
    f.sink.enqueue({.status = 500, .body = QByteArray(30 * 1000 * 1000, '<')});
    FakeClient client(f.sidecar.socketPath());
    QCOMPARE(client.sendCalls(callLines(3), 3), 3);
    QVERIFY(f.waitForNumber(Delivered, 3));
    if (!MemoryIsPadded)
        QCOMPARE_LT(f.sidecar.residentBytes() - before, 15 * 1000 * 1000);
    QVERIFY(!f.sidecar.standardError().contains(QLatin1String("<<<<")));
}

void DeliveryProcessTest::flushWaitsForTheAnswer()
{
    ProcessFixture f;
    QVERIFY(f.start({QStringLiteral("--flush-interval"), QStringLiteral("1h")}));
    f.sink.enqueue({.isHanging = true});
    FakeClient client(f.sidecar.socketPath());
    QCOMPARE(client.sendCalls(callLines(3), 3), 3);
    QVERIFY(client.send(Flush + "\n" + callLines(1)));
    QTRY_COMPARE(f.sink.hangingCount(), 1);

    // Others go on meanwhile; a later line of the same client waits behind the flush.
    FakeClient other(f.sidecar.socketPath());
    QCOMPARE(other.sendCalls(callLines(2, "other/project"), 2), 2);
    QVERIFY(!client.readLine(100ms));
    f.sink.answerHanging();
    QCOMPARE(client.readLine().value_or(QByteArray()).left(15), QByteArray(R"({"success":true)"));
    QCOMPARE(client.readLine().value_or(QByteArray()), QByteArray(R"({"success":true})"));
}

void DeliveryProcessTest::flushGivesUpAfterFourSeconds()
{
    ProcessFixture f;
    QVERIFY(f.start());
    f.sink.enqueue({.isHanging = true});
    FakeClient client(f.sidecar.socketPath());
    QCOMPARE(client.sendCalls(callLines(3), 3), 3);
    const auto before = std::chrono::steady_clock::now();
    const QJsonObject reply = client.ask(Flush, 8s);
    const auto took = std::chrono::steady_clock::now() - before;
    QCOMPARE(reply.value(QLatin1String("success")), QJsonValue(false));
    QCOMPARE(reply.value(QLatin1String("pending")).toInt(), 3);
    QVERIFY(!reply.value(QLatin1String("error")).toString().isEmpty());
    QCOMPARE_GE(took, 3900ms);
    QCOMPARE_LT(took, 4900ms);
    f.sink.answerHanging();
    QVERIFY(f.waitForNumber(Delivered, 3)); // delivery went on
    QVERIFY(client.ask(Flush).value(QLatin1String("success")).toBool());
}

void DeliveryProcessTest::flushTellsOfRefusedCalls()
{
    ProcessFixture f;
    QVERIFY(f.start({QStringLiteral("--flush-interval"), QStringLiteral("1h")}));
    f.sink.enqueue({.status = 422, .body = R"({"detail":[{"msg":"field required"}]})"});
    FakeClient client(f.sidecar.socketPath());
    QCOMPARE(client.sendCalls(callLines(1), 1), 1);
    const QJsonObject reply = client.ask(Flush);
    QCOMPARE(reply.value(QLatin1String("success")), QJsonValue(false));
    QVERIFY(
        reply.value(QLatin1String("error")).toString().contains(QLatin1String("field required")));
    QVERIFY(client.ask(Flush).value(QLatin1String("success")).toBool());
}

void DeliveryProcessTest::flushOfAnIdleDaemonIsImmediate()
{
    ProcessFixture f;
    QVERIFY(f.start());
    FakeClient client(f.sidecar.socketPath());
    QCOMPARE(client.sendCalls(QByteArray(), 0), 0);
    QVERIFY(client.send(Flush + "\n" + Flush + "\n"));
    for (int i = 0; i < 2; ++i)
        QCOMPARE(client.readLine().value_or(QByteArray()),
                 QByteArray(R"({"success":true,"pending":0})"));
    QCOMPARE(f.sink.requestCount(), 0);
}

QTEST_GUILESS_MAIN(DeliveryProcessTest)
#include "tst_delivery_process.moc"
