#include "fakes/calllines.h"
#include "fakes/fakeclient.h"
#include "fakes/processfixture.h"

#include <QFileInfo>
#include <QTest>

#include <csignal>

using namespace Weave;
using namespace std::chrono_literals;

namespace {

QByteArray callLines(int count, const QByteArray &project = "a/b")
{
    QByteArray lines;
    for (int i = 0; i < count; ++i)
        lines += startLine(startPayload(project, QByteArray::number(i)));
    return lines;
}

} // namespace

// How the real daemon ends.
class ShutdownProcessTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void signalDrains_data();
    void signalDrains();
    void idleEndsAtOnce();
    void refusesNewCallsWhileItDrains();
    void flushIsAnsweredBeforeTheEnd();
    void secondSignalEndsAtOnce();
    void deadBackendEndsAtTheTimeout();
    void zeroTimeoutEndsAtOnce();
    void keepsRetryingWhileItDrains();
    void triesOnceMoreAtOnce();
    void aPauseAtTheEndStopsNothingThatWouldBeLost();
    void slowReaderGetsItsReplies();
    void startsAgainOnTheSamePath();
};

void ShutdownProcessTest::signalDrains_data()
{
    QTest::addColumn<int>("signal");
    QTest::newRow("SIGTERM") << SIGTERM;
    QTest::newRow("SIGINT") << SIGINT;
}

void ShutdownProcessTest::signalDrains()
{
    QFETCH(int, signal);
    ProcessFixture f;
    QVERIFY(f.start({QStringLiteral("--flush-interval"), QStringLiteral("1h"),
                     QStringLiteral("--flush-max-count"), QStringLiteral("30")}));
    f.sink.setScript([](const SinkRequest &) { return SinkAnswer{.delay = 50ms}; });
    FakeClient client(f.sidecar.socketPath());
    QCOMPARE(client.sendCalls(callLines(500), 500), 500);
    FakeClient other(f.sidecar.socketPath());
    QCOMPARE(other.sendCalls(callLines(10, "other/project"), 10), 10);
    f.sidecar.sendSignal(signal);
    QCOMPARE(f.sidecar.waitForExit(), std::optional(0));
    QCOMPARE(f.sink.delivered().size(), 510);
    QVERIFY(!QFileInfo::exists(f.sidecar.socketPath()));
    QVERIFY(!QFileInfo::exists(f.sidecar.socketPath() + QStringLiteral(".lock")));
    QVERIFY(!f.sidecar.standardError().contains(QLatin1String("lost")));
}

void ShutdownProcessTest::idleEndsAtOnce()
{
    ProcessFixture f;
    QVERIFY(f.start());
    FakeClient client(f.sidecar.socketPath());
    const auto before = std::chrono::steady_clock::now();
    f.sidecar.sendSignal(SIGTERM);
    QCOMPARE(f.sidecar.waitForExit(), std::optional(0));
    QCOMPARE_LT(std::chrono::steady_clock::now() - before, 2s);
    QVERIFY(client.waitForClose());
}

void ShutdownProcessTest::refusesNewCallsWhileItDrains()
{
    ProcessFixture f;
    QVERIFY(f.start());
    f.sink.enqueue({.isHanging = true});
    FakeClient client(f.sidecar.socketPath());
    QCOMPARE(client.sendCalls(callLines(3), 3), 3);
    QTRY_COMPARE(f.sink.hangingCount(), 1);
    f.sidecar.sendSignal(SIGTERM);
    QTRY_VERIFY(!QFileInfo::exists(f.sidecar.socketPath()));

    const QJsonObject reply = client.ask(callLines(1).trimmed());
    QCOMPARE(reply.value(QLatin1String("success")), QJsonValue(false));
    QVERIFY(
        reply.value(QLatin1String("error")).toString().contains(QLatin1String("shutting down")));
    QVERIFY(!FakeClient(f.sidecar.socketPath()).isConnected());
    const QJsonObject status = client.ask(R"({"method":"status"})");
    const QJsonObject calls =
        status.value(QLatin1String("status")).toObject().value(QLatin1String("calls")).toObject();
    QCOMPARE(calls.value(QLatin1String("received")).toInt(), 3);
    QCOMPARE(calls.value(QLatin1String("pending")).toInt(), 3);
    f.sink.answerHanging();
    QCOMPARE(f.sidecar.waitForExit(), std::optional(0));
    QCOMPARE(f.sink.delivered().size(), 3);
}

void ShutdownProcessTest::flushIsAnsweredBeforeTheEnd()
{
    ProcessFixture f;
    QVERIFY(f.start());
    f.sink.enqueue({.isHanging = true});
    FakeClient client(f.sidecar.socketPath());
    QCOMPARE(client.sendCalls(callLines(3), 3), 3);
    QVERIFY(client.send("{\"method\":\"flush\"}\n"));
    QTRY_COMPARE(f.sink.hangingCount(), 1);
    f.sidecar.sendSignal(SIGTERM);
    QTRY_VERIFY(!QFileInfo::exists(f.sidecar.socketPath()));
    f.sink.answerHanging();
    QCOMPARE(client.readLine().value_or("nothing came"),
             QByteArray(R"({"success":true,"pending":0})"));
    QCOMPARE(f.sidecar.waitForExit(), std::optional(0));
}

void ShutdownProcessTest::secondSignalEndsAtOnce()
{
    ProcessFixture f;
    QVERIFY(f.start());
    f.sink.enqueue({.isHanging = true});
    FakeClient client(f.sidecar.socketPath());
    QCOMPARE(client.sendCalls(callLines(3), 3), 3);
    QTRY_COMPARE(f.sink.hangingCount(), 1);
    const auto before = std::chrono::steady_clock::now();
    f.sidecar.sendSignal(SIGTERM);
    QTRY_VERIFY(!QFileInfo::exists(f.sidecar.socketPath()));
    f.sidecar.sendSignal(SIGTERM);
    QCOMPARE(f.sidecar.waitForExit(), std::optional(0));
    QCOMPARE_LT(std::chrono::steady_clock::now() - before, 3s);
    QVERIFY(!QFileInfo::exists(f.sidecar.socketPath() + QStringLiteral(".lock")));
}

void ShutdownProcessTest::deadBackendEndsAtTheTimeout()
{
    ProcessFixture f;
    f.sink.stop();
    const QString address = QStringLiteral("http://127.0.0.1:1");
    QVERIFY(f.start({QStringLiteral("--backend"), address, QStringLiteral("--shutdown-timeout"),
                     QStringLiteral("1s")}));
    FakeClient client(f.sidecar.socketPath());
    QCOMPARE(client.sendCalls(callLines(3), 3), 3);
    const auto before = std::chrono::steady_clock::now();
    f.sidecar.sendSignal(SIGTERM);
    QCOMPARE(f.sidecar.waitForExit(), std::optional(0));
    const auto took = std::chrono::steady_clock::now() - before;
    QCOMPARE_GE(took, 900ms); // the timer may be a twentieth early
    QCOMPARE_LT(took, 3s);
    QVERIFY(f.sidecar.standardError().contains(
        QLatin1String("left in the spool for the next start: 3 calls")));
    QVERIFY(!QFileInfo::exists(f.sidecar.socketPath()));
}

void ShutdownProcessTest::zeroTimeoutEndsAtOnce()
{
    ProcessFixture f;
    QVERIFY(f.start({QStringLiteral("--shutdown-timeout"), QStringLiteral("0s")}));
    f.sink.enqueue({.isHanging = true});
    FakeClient client(f.sidecar.socketPath());
    QCOMPARE(client.sendCalls(callLines(3), 3), 3);
    f.sidecar.sendSignal(SIGTERM);
    QCOMPARE(f.sidecar.waitForExit(3s), std::optional(0));
}

void ShutdownProcessTest::keepsRetryingWhileItDrains()
{
    ProcessFixture f;
    QVERIFY(f.start({QStringLiteral("--flush-interval"), QStringLiteral("1h")}));
    f.sink.enqueue(503);
    f.sink.enqueue({.isDropped = true});
    FakeClient client(f.sidecar.socketPath());
    QCOMPARE(client.sendCalls(callLines(20), 20), 20);
    f.sidecar.sendSignal(SIGTERM);
    QCOMPARE(f.sidecar.waitForExit(), std::optional(0));
    QCOMPARE(f.sink.delivered().size(), 20);
}

// However long it would have waited: what is in memory alone has no other chance.
void ShutdownProcessTest::triesOnceMoreAtOnce()
{
    ProcessFixture f;
    QVERIFY(f.start({QStringLiteral("--spool-dir"), QStringLiteral("none")}));
    f.sink.enqueue(401);
    FakeClient client(f.sidecar.socketPath());
    QCOMPARE(client.sendCalls(callLines(5), 5), 5);
    QTRY_COMPARE(f.sidecar.number(QStringLiteral("requests.failed.401")), 1); // and 30 s of pause
    f.sidecar.sendSignal(SIGTERM);
    QCOMPARE(f.sidecar.waitForExit(), std::optional(0));
    QCOMPARE(f.sink.delivered().size(), 5);
    QVERIFY(!f.sidecar.standardError().contains(QLatin1String("lost")));
}

// Whoever pauses a daemon that ends would lose the rest.
void ShutdownProcessTest::aPauseAtTheEndStopsNothingThatWouldBeLost()
{
    ProcessFixture f;
    QVERIFY(f.start({QStringLiteral("--spool-dir"), QStringLiteral("none")}));
    FakeClient client(f.sidecar.socketPath());
    f.sink.enqueue({.isHanging = true});
    QCOMPARE(client.sendCalls(callLines(5), 5), 5);
    f.sidecar.sendSignal(SIGTERM);
    QTRY_COMPARE_GE(f.sink.hangingCount(), 1);
    QVERIFY(!client.ask(R"({"method":"pause"})").isEmpty());
    f.sink.answerHanging({.status = 503});
    QCOMPARE(f.sidecar.waitForExit(), std::optional(0));
    QCOMPARE(f.sink.delivered().size(), 5);
    QVERIFY(!f.sidecar.standardError().contains(QLatin1String("lost")));
}

// Replies that the client had no time to read yet still come out before the end.
void ShutdownProcessTest::slowReaderGetsItsReplies()
{
    ProcessFixture f;
    QVERIFY(f.start());
    f.sink.enqueue({.isHanging = true});
    FakeClient client(f.sidecar.socketPath());
    QVERIFY(client.send(callLines(1000)));
    QVERIFY(f.waitForNumber(QStringLiteral("calls.received"), 1000));
    f.sidecar.sendSignal(SIGTERM);
    QTRY_COMPARE_GE(f.sink.hangingCount(), 1);
    QTRY_VERIFY(!QFileInfo::exists(f.sidecar.socketPath()));
    f.sink.answerHanging();
    QCOMPARE(f.sidecar.waitForExit(), std::optional(0));
    QCOMPARE(client.sendCalls(QByteArray(), 1000), 1000);
}

void ShutdownProcessTest::startsAgainOnTheSamePath()
{
    ProcessFixture f;
    for (int i = 0; i < 3; ++i) {
        QVERIFY(f.start());
        FakeClient client(f.sidecar.socketPath());
        QCOMPARE(client.sendCalls(callLines(1), 1), 1);
        f.sidecar.sendSignal(SIGTERM);
        QCOMPARE(f.sidecar.waitForExit(), std::optional(0));
        QCOMPARE(f.sink.delivered().size(), i + 1);
    }
}

QTEST_GUILESS_MAIN(ShutdownProcessTest)
#include "tst_shutdown_process.moc"
