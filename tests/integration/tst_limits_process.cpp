#include "fakes/calllines.h"
#include "fakes/fakeclient.h"
#include "fakes/processfixture.h"
#include "fakes/sanitizer.h"

#include <QElapsedTimer>
#include <QJsonDocument>
#include <QTest>

#include <sys/resource.h>

using namespace Weave;
using namespace std::chrono_literals;

namespace {

const QByteArray Line = startLine(startPayload("a/b", "1"));

QByteArray sizedLine(int number, qsizetype bytes)
{
    return startLine(startPayload("a/b", QByteArray::number(number),
                                  ",\"x\":\"" + QByteArray(bytes, 'x') + "\""));
}

// Runs the event loop for so long. For measuring, never for waiting until something has happened.
void measureFor(std::chrono::milliseconds time)
{
    QElapsedTimer timer;
    timer.start();
    while (timer.elapsed() < time.count())
        QTest::qWait(20);
}

void setLimit(qint64 pid, decltype(RLIMIT_NOFILE) kind, rlim_t value)
{
    rlimit limit = {};
    ::prlimit(static_cast<pid_t>(pid), kind, nullptr, &limit);
    limit.rlim_cur = value;
    ::prlimit(static_cast<pid_t>(pid), kind, &limit, nullptr);
}

void setFileLimit(qint64 pid, rlim_t files)
{
    setLimit(pid, RLIMIT_NOFILE, files);
}

// A client that the daemon has taken. It may need a moment to see that earlier ones have gone.
FakeClient servedClient(const QString &path)
{
    FakeClient client;
    const bool isServed =
        QTest::qWaitFor([&] { return client.connectTo(path) && client.sendCalls(Line, 1) == 1; });
    if (!isServed)
        client.close();
    return client;
}

} // namespace

// The real daemon at the ends of what it has: memory, descriptors, connections, line length.
class LimitsProcessTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void fullSpoolRefuses();
    void smallestSpoolIsUsedAgainAndAgain();
    void oneConnectionTooMany();
    void fewFilesMeanFewConnections();
    void outOfFiles();
    void filesMayNotBeSoLarge();
    void lineTooLong();
    void idleDaemonSleeps();
    void quietDaemonGivesMemoryBack();
    void deadBackendCostsNoProcessor();
};

void LimitsProcessTest::fullSpoolRefuses()
{
    ProcessFixture f;
    QVERIFY(f.start({QStringLiteral("--spool-max-bytes"), QStringLiteral("2MiB")}));
    f.sink.setScript([](const SinkRequest &) { return SinkAnswer{.isHanging = true}; });
    FakeClient client(f.sidecar.socketPath());
    int accepted = 0;
    int refused = 0;
    for (int i = 0; i < 300; ++i) {
        QElapsedTimer timer;
        timer.start();
        const QJsonObject reply = client.ask(sizedLine(i, 10'000).trimmed());
        QCOMPARE_LT(timer.elapsed(), 1000);
        if (reply.value(QLatin1String("success")).toBool()) {
            ++accepted;
            continue;
        }
        ++refused;
        const QString error = reply.value(QLatin1String("error")).toString();
        QVERIFY(error.contains(QLatin1String("spool is full")));
        QVERIFY(error.endsWith(QLatin1String("send this call directly")));
    }
    QCOMPARE_GT(accepted, 150);
    QCOMPARE_GT(refused, 50);
    QCOMPARE(f.sidecar.number(QStringLiteral("calls.refused.spool_full")), refused);
    QCOMPARE_LE(f.sidecar.number(QStringLiteral("spool.used_bytes")), 2 * 1024 * 1024);
    QCOMPARE(f.auditError(), QString());
    // Whoever runs the daemon reads no replies.
    const QString log = f.sidecar.standardError();
    QCOMPARE(log.count(QLatin1String("calls are refused")), 1);
    QVERIFY(log.contains(QLatin1String("directly: the spool is full (2 MiB")));

    f.sink.setScript({});
    f.sink.answerHanging();
    QVERIFY(f.waitForNumber(QStringLiteral("calls.delivered"), accepted));
    QCOMPARE(client.sendCalls(sizedLine(1000, 10'000), 1), 1);
    QVERIFY(f.waitForDelivered(accepted + 1));
    QCOMPARE(f.auditError(), QString());
}

// Three times its size in calls goes through a spool of the smallest size that is allowed.
void LimitsProcessTest::smallestSpoolIsUsedAgainAndAgain()
{
    ProcessFixture f;
    QVERIFY(f.start({QStringLiteral("--spool-max-bytes"), QStringLiteral("1MiB")}));
    FakeClient client(f.sidecar.socketPath());
    for (int i = 0; i < 30; ++i) {
        const QJsonObject reply = client.ask(sizedLine(i, 100'000).trimmed());
        QVERIFY2(reply.value(QLatin1String("success")).toBool(),
                 qPrintable(QStringLiteral("call %1: %2")
                                .arg(i)
                                .arg(reply.value(QLatin1String("error")).toString())));
        QVERIFY(client.ask(R"({"method":"flush"})").value(QLatin1String("success")).toBool());
    }
    QCOMPARE(f.sink.delivered().size(), 30);
}

void LimitsProcessTest::oneConnectionTooMany()
{
    ProcessFixture f;
    QVERIFY(f.start({QStringLiteral("--max-connections"), QStringLiteral("3")}));
    std::vector<FakeClient> clients;
    for (int i = 0; i < 3; ++i)
        clients.push_back(servedClient(f.sidecar.socketPath()));
    FakeClient refused(f.sidecar.socketPath());
    const QByteArray reply = refused.readLine().value_or(QByteArray());
    QVERIFY2(reply.contains("\"success\":false") && reply.contains("--max-connections"),
             reply.constData());
    QVERIFY(refused.waitForClose());
    QCOMPARE(clients.front().sendCalls(Line, 1), 1);
    clients.pop_back();
    clients.push_back(servedClient(f.sidecar.socketPath()));
    QCOMPARE(clients.back().sendCalls(Line, 1), 1);
    const QJsonObject connections = clients.front()
                                        .ask(R"({"method":"status"})")
                                        .value(QLatin1String("status"))
                                        .toObject()
                                        .value(QLatin1String("connections"))
                                        .toObject();
    QCOMPARE(connections.value(QLatin1String("open")).toInt(), 3);
    QCOMPARE_GE(connections.value(QLatin1String("refused")).toInt(), 1);
}

void LimitsProcessTest::fewFilesMeanFewConnections()
{
    ProcessFixture f;
    f.sidecar.setFileLimit(64);
    QVERIFY(f.start());
    QVERIFY(f.sidecar.standardError().contains(QLatin1String("limit of open files")));
    std::vector<FakeClient> clients;
    for (int i = 0; i < 100; ++i)
        clients.emplace_back(f.sidecar.socketPath());
    QTRY_COMPARE_LT(f.sidecar.openFiles(), 64);
    int served = 0;
    int refused = 0;
    for (FakeClient &client : clients) {
        const QByteArray reply = client.send(Line) || client.isConnected()
            ? client.readLine().value_or(QByteArray())
            : QByteArray();
        served += reply == R"({"success":true})" ? 1 : 0;
        refused += reply.contains("--max-connections") ? 1 : 0;
    }
    QCOMPARE_GE(served, 30);
    QCOMPARE(served + refused, 100);
    const auto before = f.sidecar.processorTime();
    measureFor(1s);
    QCOMPARE_LT(f.sidecar.processorTime() - before, 300ms);
    QVERIFY(f.waitForDelivered(served));
    clients.clear();
    QVERIFY(servedClient(f.sidecar.socketPath()).isConnected());
}

void LimitsProcessTest::outOfFiles()
{
    if (MemoryIsPadded) // UBSan's vptr check opens a pipe for every look and fails without files
        QSKIP("the sanitizer itself needs file descriptors");
    ProcessFixture f;
    QVERIFY(f.start());
    FakeClient old(f.sidecar.socketPath());
    QCOMPARE(old.sendCalls(Line, 1), 1);
    QVERIFY(f.waitForDelivered(1));
    QTRY_VERIFY(f.sidecar.number(QStringLiteral("connections.open")) == 2);
    setFileLimit(f.sidecar.pid(), static_cast<rlim_t>(f.sidecar.openFiles()));
    std::vector<FakeClient> waiting;
    for (int i = 0; i < 20; ++i)
        waiting.emplace_back(f.sidecar.socketPath());
    QTRY_VERIFY(f.sidecar.standardError().contains(QLatin1String("out of file descriptors")));

    const auto before = f.sidecar.processorTime();
    measureFor(1s);
    QCOMPARE_LT(f.sidecar.processorTime() - before, 300ms);
    QCOMPARE(old.sendCalls(Line, 1), 1);
    // It keeps saying so, but does not fill the log.
    QCOMPARE_LT(f.sidecar.standardError().count(QLatin1Char('\n')), 30);

    setFileLimit(f.sidecar.pid(), 1024);
    for (FakeClient &client : waiting)
        QCOMPARE(client.sendCalls(Line, 1), 1);
    QVERIFY(f.waitForDelivered(22));
    QCOMPARE(f.auditError(), QString());
}

// A file that would be larger than its user's may be is an error, and not the daemon's end.
void LimitsProcessTest::filesMayNotBeSoLarge()
{
    ProcessFixture f;
    QVERIFY(f.start());
    setLimit(f.sidecar.pid(), RLIMIT_FSIZE, 100'000);
    FakeClient client(f.sidecar.socketPath());
    const QJsonObject reply = client.ask(Line.trimmed());
    QVERIFY2(reply.value(QLatin1String("error"))
                 .toString()
                 .contains(QLatin1String("the spool cannot take the call")),
             QJsonDocument(reply).toJson().constData());
    QCOMPARE(f.sidecar.number(QStringLiteral("calls.refused.spool_error")), 1);
    setLimit(f.sidecar.pid(), RLIMIT_FSIZE, RLIM_INFINITY);
    QTRY_COMPARE(client.sendCalls(Line, 1), 1);
    QVERIFY(f.waitForDelivered(1));
    QCOMPARE(f.auditError(), QString());
}

void LimitsProcessTest::lineTooLong()
{
    ProcessFixture f;
    QVERIFY(f.start({QStringLiteral("--max-line-bytes"), QStringLiteral("100KB")}));
    FakeClient client(f.sidecar.socketPath());
    QVERIFY(client.send(Line + sizedLine(2, 5'000'000) + Line));
    QCOMPARE(client.readLine().value_or(QByteArray()), QByteArray(R"({"success":true})"));
    const QByteArray refused = client.readLine().value_or(QByteArray());
    QVERIFY2(refused.contains("\"success\":false") && refused.contains("100000 bytes")
                 && refused.contains("--max-line-bytes"),
             refused.constData());
    QCOMPARE(client.readLine().value_or(QByteArray()), QByteArray(R"({"success":true})"));
    QCOMPARE(f.sidecar.number(QStringLiteral("calls.refused.line_too_long")), 1);
    QVERIFY(f.waitForDelivered(2));

    // Exactly at the limit, and one byte over it.
    const qsizetype empty = sizedLine(3, 0).size() - 1;
    QCOMPARE(client.sendCalls(sizedLine(3, 100'000 - empty), 1), 1);
    QCOMPARE(client.sendCalls(sizedLine(3, 100'001 - empty), 1), 0);
}

void LimitsProcessTest::idleDaemonSleeps()
{
    ProcessFixture f;
    QVERIFY(f.start());
    FakeClient client(f.sidecar.socketPath());
    QCOMPARE(client.sendCalls(Line, 1), 1);
    QVERIFY(f.waitForDelivered(1));
    const auto before = f.sidecar.processorTime();
    measureFor(1s);
    QCOMPARE_LE(f.sidecar.processorTime() - before, 20ms);
}

void LimitsProcessTest::quietDaemonGivesMemoryBack()
{
#if !defined(Q_OS_LINUX)
    QSKIP("only Linux takes a program's pages out of its process");
#endif
    if (MemoryIsPadded)
        QSKIP("a sanitizer's own memory hides it");
    ProcessFixture f;
    QVERIFY(f.start());
    FakeClient client(f.sidecar.socketPath());
    QCOMPARE(client.sendCalls(Line, 1), 1);
    QVERIFY(f.waitForDelivered(1));
    const qint64 before = f.sidecar.residentBytes();
    QTRY_VERIFY2_WITH_TIMEOUT(
        f.sidecar.residentBytes() < before * 2 / 3,
        qPrintable(
            QStringLiteral("%1 bytes, before %2").arg(f.sidecar.residentBytes()).arg(before)),
        20000);
    QCOMPARE(client.sendCalls(Line, 1), 1);
    QVERIFY(f.waitForDelivered(2));
}

void LimitsProcessTest::deadBackendCostsNoProcessor()
{
    ProcessFixture f;
    f.sink.stop();
    QVERIFY(f.start({QStringLiteral("--backend"), QStringLiteral("http://127.0.0.1:1")}));
    FakeClient client(f.sidecar.socketPath());
    for (int i = 0; i < 50; ++i)
        QCOMPARE(client.sendCalls(startLine(startPayload("a/p" + QByteArray::number(i), "1")), 1),
                 1);
    const QString failed = QStringLiteral("requests.failed.network");
    QTRY_COMPARE_GE(f.sidecar.number(failed), 2);
    const auto before = f.sidecar.processorTime();
    measureFor(1s);
    QCOMPARE_LE(f.sidecar.processorTime() - before, 50ms);
    QCOMPARE_LT(f.sidecar.number(failed), 25); // one asks for all fifty
    QCOMPARE(f.sidecar.number(QStringLiteral("calls.pending")), 50);
}

QTEST_GUILESS_MAIN(LimitsProcessTest)
#include "tst_limits_process.moc"
