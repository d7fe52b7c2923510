#include "fakes/calllines.h"
#include "fakes/fakeclient.h"
#include "fakes/processfixture.h"
#include "fakes/sanitizer.h"

#include <QElapsedTimer>
#include <QTest>

#include <sys/resource.h>

using namespace Weave;
using namespace std::chrono_literals;

namespace {

constexpr QByteArrayView Success = R"({"success":true})";

QByteArray callLine(const QByteArray &id)
{
    return startLine(startPayload("a/b", id));
}

} // namespace

// Clients of the real daemon, well-behaved and not.
class ClientsProcessTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void thousandClientsAtOnce();
    void clientThatNeverReads();
    void clientThatNeverReadsKeepsItsCalls();
    void halfClosedClientGetsItsReplies();
    void lastLineWithoutNewlineCounts();
    void unfinishedLineOfAClientThatDied();
    void manyUnfinishedLongLines();
    void oneByteAtATime();
    void repliesKeepTheirOrder();
    void clientThatClosesWithoutReading();
};

void ClientsProcessTest::thousandClientsAtOnce()
{
    rlimit limit = {};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, 4096);
    ::setrlimit(RLIMIT_NOFILE, &limit);
    if (limit.rlim_cur < 2048)
        QSKIP("the limit of open files is too low for this test");

    constexpr int Clients = 1000;
    constexpr int Rounds = 3;
    ProcessFixture f;
    QVERIFY(f.start());
    std::vector<FakeClient> clients;
    for (int i = 0; i < Clients; ++i) {
        clients.emplace_back(f.sidecar.socketPath());
        QVERIFY(clients.back().isConnected());
    }
    for (int round = 0; round < Rounds; ++round) {
        for (int i = 0; i < Clients; ++i) {
            const QByteArray id = QByteArray::number(round * Clients + i);
            QVERIFY(clients[static_cast<std::size_t>(i)].send(callLine(id)));
        }
        for (FakeClient &client : clients)
            QCOMPARE(client.readLine().value_or(QByteArray()), Success);
    }
    QVERIFY(f.waitForDelivered(Rounds * Clients));
    QCOMPARE(f.sink.delivered().size(), Rounds * Clients);
    QCOMPARE(f.sidecar.number(QStringLiteral("connections.open")), Clients + 1);
    QCOMPARE(f.auditError(), QString());
    clients.clear();
    QVERIFY(f.waitForNumber(QStringLiteral("connections.open"), 1));
}

void ClientsProcessTest::clientThatNeverReads()
{
    ProcessFixture f;
    QVERIFY(f.start());
    FakeClient other(f.sidecar.socketPath());
    QCOMPARE(other.sendCalls(callLine("warm"), 1), 1);
    const qint64 before = f.sidecar.residentBytes();

    // The longest replies there are, until the daemon stops reading.
    FakeClient deaf(f.sidecar.socketPath());
    const QByteArray questions = QByteArray("{\"method\":\"status\"}\n").repeated(2000);
    qsizetype sent = 0;
    QElapsedTimer stuck;
    stuck.start();
    while (stuck.elapsed() < 500 && sent < 200 * 1000 * 1000) {
        const qsizetype bytes = deaf.sendSome(questions);
        if (bytes > 0) {
            sent += bytes;
            stuck.restart();
        } else {
            QTest::qWait(5);
        }
    }
    QCOMPARE_LT(sent, 20 * 1000 * 1000);
    QElapsedTimer timer;
    timer.start();
    for (int i = 0; i < 100; ++i)
        QCOMPARE(other.sendCalls(callLine(QByteArray::number(i)), 1), 1);
    QCOMPARE_LT(timer.elapsed(), 3000);
    QVERIFY(f.waitForDelivered(101));
    if (!MemoryIsPadded)
        QCOMPARE_LT(f.sidecar.residentBytes() - before, 16 * 1024 * 1024);
    const auto cpu = f.sidecar.processorTime();
    QTest::qWait(500); // a measurement, not a wait
    QCOMPARE_LT(f.sidecar.processorTime() - cpu, 150ms);
}

void ClientsProcessTest::clientThatNeverReadsKeepsItsCalls()
{
    ProcessFixture f;
    QVERIFY(f.start());
    FakeClient deaf(f.sidecar.socketPath());
    QByteArray lines;
    for (int i = 0; i < 2000; ++i)
        lines += callLine(QByteArray::number(i));
    QVERIFY(deaf.send(lines));
    QVERIFY(f.waitForDelivered(2000));
    QCOMPARE(deaf.sendCalls(QByteArray(), 2000), 2000); // they are all there when it does read
}

void ClientsProcessTest::halfClosedClientGetsItsReplies()
{
    ProcessFixture f;
    QVERIFY(f.start());
    FakeClient client(f.sidecar.socketPath());
    QByteArray lines;
    for (int i = 0; i < 1000; ++i)
        lines += callLine(QByteArray::number(i));
    QVERIFY(client.send(lines + "{\"method\":\"flush\"}\n"));
    client.closeWriting();
    QCOMPARE(client.sendCalls(QByteArray(), 1000), 1000);
    QVERIFY(client.readLine().value_or(QByteArray()).startsWith("{\"success\":true"));
    QVERIFY(client.waitForClose());
    QCOMPARE(f.sink.delivered().size(), 1000);
}

void ClientsProcessTest::lastLineWithoutNewlineCounts()
{
    ProcessFixture f;
    QVERIFY(f.start());
    FakeClient client(f.sidecar.socketPath());
    QVERIFY(client.send(callLine("1") + callLine("2").trimmed()));
    client.closeWriting();
    QCOMPARE(client.sendCalls(QByteArray(), 2), 2);
    QVERIFY(client.waitForClose());
    QVERIFY(f.waitForDelivered(2));
}

void ClientsProcessTest::unfinishedLineOfAClientThatDied()
{
    ProcessFixture f;
    QVERIFY(f.start());
    {
        FakeClient client(f.sidecar.socketPath());
        QCOMPARE(client.sendCalls(callLine("1"), 1), 1);
        QVERIFY(client.send(callLine("2").left(40)));
    }
    QVERIFY(f.waitForDelivered(1));
    QVERIFY(f.waitForNumber(QStringLiteral("connections.open"), 1));
    QCOMPARE(f.sidecar.number(QStringLiteral("calls.refused.malformed")), 1);
    QCOMPARE(f.auditError(), QString());
}

// Each stops in the middle of a long line; together they may not hold more than a few lines.
void ClientsProcessTest::manyUnfinishedLongLines()
{
    ProcessFixture f;
    QVERIFY(f.start({QStringLiteral("--max-line-bytes"), QStringLiteral("8MiB")}));
    const qint64 before = f.sidecar.residentBytes();
    const QByteArray half = callLine("1").chopped(3) + ",\"x\":\"" + QByteArray(6'000'000, 'x');
    std::vector<FakeClient> clients;
    for (int i = 0; i < 30; ++i) {
        clients.emplace_back(f.sidecar.socketPath());
        QVERIFY(clients.back().send(half));
    }
    if (!MemoryIsPadded)
        QCOMPARE_LT(f.sidecar.residentBytes() - before, 160 * 1024 * 1024);
    int refused = 0;
    for (FakeClient &client : clients) {
        QVERIFY(client.send("\n" + callLine("2")));
        refused += client.readLine().value_or(QByteArray()).contains("too many long lines") ? 1 : 0;
        QCOMPARE(client.readLine().value_or(QByteArray()), Success);
    }
    QCOMPARE_GT(refused, 10);
    QCOMPARE(f.sidecar.number(QStringLiteral("calls.refused.memory_limit")), refused);
    QVERIFY(f.waitForDelivered(30));
}

void ClientsProcessTest::oneByteAtATime()
{
    ProcessFixture f;
    QVERIFY(f.start());
    FakeClient client(f.sidecar.socketPath());
    const QByteArray lines = callLine("1") + "\r\n" + callLine("2");
    for (const char byte : lines)
        QVERIFY(client.send(QByteArray(1, byte)));
    QCOMPARE(client.sendCalls(QByteArray(), 2), 2);
    QVERIFY(f.waitForDelivered(2));
}

void ClientsProcessTest::repliesKeepTheirOrder()
{
    ProcessFixture f;
    QVERIFY(f.start());
    FakeClient client(f.sidecar.socketPath());
    QByteArray lines;
    for (int i = 0; i < 300; ++i) {
        lines += callLine(QByteArray::number(i));
        lines += "{\"method\":\"nothing" + QByteArray::number(i) + "\"}\n";
        if (i % 50 == 49)
            lines += "{\"method\":\"flush\"}\n";
    }
    QVERIFY(client.send(lines));
    for (int i = 0; i < 300; ++i) {
        QCOMPARE(client.readLine().value_or(QByteArray()), Success);
        const QByteArray refused = client.readLine().value_or(QByteArray());
        QVERIFY2(refused.contains("nothing" + QByteArray::number(i) + "\\\""), refused.constData());
        if (i % 50 == 49)
            QCOMPARE(client.readLine().value_or(QByteArray()),
                     QByteArray(R"({"success":true,"pending":0})"));
    }
}

// The kernel takes all its lines before it goes; what was read is kept.
void ClientsProcessTest::clientThatClosesWithoutReading()
{
    ProcessFixture f;
    QVERIFY(f.start());
    {
        FakeClient client(f.sidecar.socketPath());
        QByteArray lines;
        for (int i = 0; i < 500; ++i)
            lines += callLine(QByteArray::number(i));
        QVERIFY(client.send(lines));
    }
    QVERIFY(f.waitForDelivered(500));
    QCOMPARE(f.auditError(), QString());
    QVERIFY(f.sidecar.isRunning());
}

QTEST_GUILESS_MAIN(ClientsProcessTest)
#include "tst_clients_process.moc"
