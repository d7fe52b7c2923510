#include "fakes/calllines.h"
#include "fakes/fakeclient.h"
#include "fakes/notifysocket.h"
#include "fakes/processfixture.h"

#include <QFile>
#include <QFileInfo>
#include <QTest>

#include <csignal>

using namespace Weave;
using namespace std::chrono_literals;

namespace {

const QByteArray Line = startLine(startPayload("a/b", "1"));

struct ServiceFixture : ProcessFixture
{
    ServiceFixture()
        : manager(path(QStringLiteral("notify")))
    {
        sidecar.setEnvironment(QStringLiteral("NOTIFY_SOCKET"), path(QStringLiteral("notify")));
    }

    NotifySocket manager;
};

// How often the process has gone to sleep since its start.
qint64 sleeps(qint64 pid)
{
    QFile file(QStringLiteral("/proc/%1/status").arg(pid));
    if (!file.open(QIODevice::ReadOnly))
        return -1;
    for (const QByteArray &line : file.readAll().split('\n')) {
        if (line.startsWith("voluntary_ctxt_switches:"))
            return line.mid(line.indexOf(':') + 1).trimmed().toLongLong();
    }
    return -1;
}

} // namespace

// What the real daemon tells the service manager that has started it.
class ServiceProcessTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readyWhenCallsAreTaken();
    void statusFollowsWhatHappens();
    void statusSaysWhatIsWrong();
    void idleDaemonSleeps();
    void watchdogIsFed();
    void hungDaemonFeedsNoWatchdog();
    void stoppingTakesItsTime();
    void failedStartIsNotReady();
    void managerThatIsGoneIsNoHarm();
};

void ServiceProcessTest::readyWhenCallsAreTaken()
{
    ServiceFixture f;
    f.sidecar.launch({QStringLiteral("--headless"), QStringLiteral("--socket"),
                      f.sidecar.socketPath(), QStringLiteral("--backend"), f.sink.url()});
    QTRY_VERIFY(!f.manager.messages().isEmpty());
    QVERIFY2(f.manager.messages().front().startsWith("READY=1\n"),
             f.manager.messages().front().constData());
    QCOMPARE(f.manager.last("STATUS"), QByteArray("Ready · 0 delivered · 0 waiting"));
    FakeClient client(f.sidecar.socketPath());
    QCOMPARE(client.sendCalls(Line, 1), 1);
}

void ServiceProcessTest::statusFollowsWhatHappens()
{
    ServiceFixture f;
    QVERIFY(f.start());
    FakeClient client(f.sidecar.socketPath());
    for (int i = 0; i < 300; ++i)
        QCOMPARE(client.sendCalls(Line, 1), 1);
    QTRY_COMPARE_WITH_TIMEOUT(f.manager.last("STATUS"),
                              QByteArray("Connected · 300 delivered · 0 waiting"), 15'000);
    QCOMPARE_LE(f.manager.messages().size(), 4);
}

void ServiceProcessTest::statusSaysWhatIsWrong()
{
    ServiceFixture f;
    f.sink.setScript([](const SinkRequest &) { return SinkAnswer{.status = 401}; });
    QVERIFY(f.start());
    FakeClient client(f.sidecar.socketPath());
    QCOMPARE(client.sendCalls(Line, 1), 1);
    QTRY_VERIFY_WITH_TIMEOUT(f.manager.last("STATUS").startsWith("Paused: "), 15'000);
    QVERIFY2(f.manager.last("STATUS").endsWith(" · 0 delivered · 1 waiting"),
             f.manager.last("STATUS").constData());
}

void ServiceProcessTest::idleDaemonSleeps()
{
    ServiceFixture f;
    f.sidecar.setEnvironment(QStringLiteral("WATCHDOG_USEC"), QStringLiteral("30000000"));
    QVERIFY(f.start());
    FakeClient client(f.sidecar.socketPath());
    QCOMPARE(client.sendCalls(Line, 1), 1);
    QTRY_VERIFY_WITH_TIMEOUT(f.manager.last("STATUS").startsWith("Connected"), 15'000);
    client.close();
    QTest::qWait(1000); // what the last call has left to do
    const qint64 before = sleeps(f.sidecar.pid());
    QVERIFY(before > 0);
    QTest::qWait(4000);
    QCOMPARE_LE(sleeps(f.sidecar.pid()) - before, 4);
}

void ServiceProcessTest::watchdogIsFed()
{
    ServiceFixture f;
    f.sidecar.setEnvironment(QStringLiteral("WATCHDOG_USEC"), QStringLiteral("300000"));
    QVERIFY(f.start());
    const auto before = std::chrono::steady_clock::now();
    QTRY_VERIFY(f.manager.count("WATCHDOG=1") >= 4);
    QCOMPARE_LT(std::chrono::steady_clock::now() - before, 4 * 300ms);
}

void ServiceProcessTest::hungDaemonFeedsNoWatchdog()
{
    ServiceFixture f;
    f.sidecar.setEnvironment(QStringLiteral("WATCHDOG_USEC"), QStringLiteral("100000"));
    QVERIFY(f.start());
    QTRY_VERIFY(f.manager.count("WATCHDOG=1") >= 1);
    f.sidecar.sendSignal(SIGSTOP);
    QTRY_VERIFY([&] {
        const auto heard = f.manager.messages().size();
        QTest::qWait(200); // two of its times
        return f.manager.messages().size() == heard;
    }());
    f.sidecar.sendSignal(SIGCONT);
    const auto heard = f.manager.messages().size();
    QTRY_VERIFY(f.manager.messages().size() > heard);
}

void ServiceProcessTest::stoppingTakesItsTime()
{
    ServiceFixture f;
    QVERIFY(f.start({QStringLiteral("--shutdown-timeout"), QStringLiteral("90s")}));
    f.sink.enqueue({.isHanging = true});
    FakeClient client(f.sidecar.socketPath());
    QCOMPARE(client.sendCalls(Line, 1), 1);
    QTRY_COMPARE(f.sink.hangingCount(), 1);
    f.sidecar.sendSignal(SIGTERM);
    QTRY_COMPARE(f.manager.count("STOPPING=1"), 1);
    QCOMPARE(f.manager.last("EXTEND_TIMEOUT_USEC"), QByteArray("95000000"));
    QVERIFY2(f.manager.last("STATUS").startsWith("Stopping · "),
             f.manager.last("STATUS").constData());
    f.sink.answerHanging();
    QCOMPARE(f.sidecar.waitForExit(), std::optional(0));
}

void ServiceProcessTest::failedStartIsNotReady()
{
    ServiceFixture f;
    QCOMPARE(f.sidecar.runToEnd({QStringLiteral("--headless"), QStringLiteral("--socket"),
                                 f.path(QStringLiteral("no/such/folder")),
                                 QStringLiteral("--backend"), f.sink.url()}),
             std::optional(1));
    QCOMPARE(f.manager.count("READY=1"), 0);
}

void ServiceProcessTest::managerThatIsGoneIsNoHarm()
{
    ProcessFixture f;
    f.sidecar.setEnvironment(QStringLiteral("NOTIFY_SOCKET"),
                             f.path(QStringLiteral("nobody-is-here")));
    f.sidecar.setEnvironment(QStringLiteral("WATCHDOG_USEC"), QStringLiteral("100000"));
    QVERIFY(f.start());
    FakeClient client(f.sidecar.socketPath());
    QCOMPARE(client.sendCalls(Line, 1), 1);
    QVERIFY(f.waitForDelivered(1));
    f.sidecar.sendSignal(SIGTERM);
    QCOMPARE(f.sidecar.waitForExit(), std::optional(0));
}

QTEST_GUILESS_MAIN(ServiceProcessTest)
#include "tst_service_process.moc"
