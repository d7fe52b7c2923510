#include "fakes/calllines.h"
#include "fakes/fakeclient.h"
#include "fakes/fakerequesthandler.h"
#include "ingest/connection.h"

#include <QAbstractEventDispatcher>
#include <QEventLoop>
#include <QSignalSpy>
#include <QTest>
#include <QTimer>

#include <array>
#include <sys/ioctl.h>
#include <sys/socket.h>

using namespace Weave;
using namespace std::chrono_literals;

namespace {

constexpr QByteArrayView Success = R"({"success":true})";

QByteArray callLine(int number)
{
    return startLine(startPayload("a/b", QByteArray::number(number)));
}

// A connection at one end of a socket pair and a client at the other.
class Rig final
{
public:
    explicit Rig(std::size_t maxLineBytes = 100'000, bool answersAfterSync = false,
                 std::size_t readBytes = 4096, std::size_t budget = 1'000'000)
        : m_budget(budget),
          m_buffer(readBytes),
          m_context{handler, stats, m_budget, maxLineBytes, m_buffer, m_round, {}, answersAfterSync}
    {
        std::array<int, 2> ends{-1, -1};
        ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data());
        clientEnd = ends[0];
        daemonEnd = ends[1];
        client = std::make_unique<FakeClient>(clientEnd);
        connection = std::make_unique<Connection>(UniqueFd(ends[1]), 7, m_context);
    }

    FakeRequestHandler handler;
    Stats stats;
    std::unique_ptr<FakeClient> client;
    int clientEnd = -1;
    int daemonEnd = -1;

private:
    ByteBudget m_budget;
    std::vector<char> m_buffer;
    ReplyRound m_round{handler};
    ConnectionContext m_context;

public:
    std::unique_ptr<Connection> connection;
};

} // namespace

class ConnectionTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void answersInOrder();
    void delayedReplyHoldsLaterLines();
    void immediateFlushReply();
    void delayedReplyAfterTheClientHasGone();
    void delayedReplyAfterTheConnectionHasGone();
    void tellsOfAcceptedCallsAfterTheLines();
    void pausesWhenTheHandlerAsks();
    void stopsReadingWhileRepliesAreUnread();
    void leavesInTheSocketWhatThereIsNoMemoryFor();
    void refusedCallSaysWhy();
    void countsRefusals();
    void closesAtTheEnd();
    void lastLineIsHandledAtTheEnd();
    void flushAsTheLastLine();
    void statusIsWrapped();
    void callsCarryTheNumber();
    void repliesWaitForTheSync();
    void failedSyncIsARefusal();
    void failedSyncLeavesOtherReplies();
    void failedSyncLeavesEarlierReplies();
    void refusedCallNeedsNoSync();
    void flushReplyBehindASync();
    void repliesGoBeforeTheNextSync();
    void clientGoesDuringASync();
    void restsDuringASync();
    void goesWithItsRepliesSent();
};

void ConnectionTest::answersInOrder()
{
    Rig rig;
    QVERIFY(rig.client->send(callLine(1) + "nonsense\n" + callLine(2)));
    QCOMPARE(rig.client->readLine().value_or(QByteArray()), Success);
    QVERIFY(rig.client->readLine().value_or(QByteArray()).contains("\"success\":false"));
    QCOMPARE(rig.client->readLine().value_or(QByteArray()), Success);
    QCOMPARE(rig.handler.ids, (QList<QByteArray>{"1", "2"}));
}

void ConnectionTest::delayedReplyHoldsLaterLines()
{
    Rig rig;
    QVERIFY(rig.client->send(callLine(1) + "{\"method\":\"flush\"}\n" + callLine(2) + callLine(3)));
    QCOMPARE(rig.client->readLine().value_or(QByteArray()), Success);
    QTRY_COMPARE(rig.handler.flushes.size(), 1U);
    QVERIFY(rig.client->send(callLine(4)));
    QVERIFY(!rig.client->readLine(50ms));
    QCOMPARE(rig.handler.ids.size(), 1);
    rig.handler.flushes.front()("{\"late\":1}\n");
    QCOMPARE(rig.client->readLine().value_or(QByteArray()), QByteArray("{\"late\":1}"));
    for (int i = 0; i < 3; ++i)
        QCOMPARE(rig.client->readLine().value_or(QByteArray()), Success);
    QCOMPARE(rig.handler.ids, (QList<QByteArray>{"1", "2", "3", "4"}));
}

void ConnectionTest::immediateFlushReply()
{
    Rig rig;
    rig.handler.flushesAtOnce = true;
    QVERIFY(rig.client->send(QByteArray("{\"method\":\"flush\"}\n").repeated(50) + callLine(1)));
    for (int i = 0; i < 50; ++i)
        QVERIFY(rig.client->readLine().value_or(QByteArray()).contains("pending"));
    QCOMPARE(rig.client->readLine().value_or(QByteArray()), Success);
}

void ConnectionTest::delayedReplyAfterTheClientHasGone()
{
    Rig rig;
    QSignalSpy closed(rig.connection.get(), &Connection::closed);
    QVERIFY(rig.client->send("{\"method\":\"flush\"}\n"));
    QTRY_COMPARE(rig.handler.flushes.size(), 1U);
    rig.client->close();
    rig.handler.flushes.front()("{\"late\":1}\n");
    QTRY_COMPARE(closed.count(), 1);
}

void ConnectionTest::delayedReplyAfterTheConnectionHasGone()
{
    Rig rig;
    QVERIFY(rig.client->send("{\"method\":\"flush\"}\n"));
    QTRY_COMPARE(rig.handler.flushes.size(), 1U);
    rig.connection.reset();
    rig.handler.flushes.front()("{\"late\":1}\n"); // thrown away
    QVERIFY(rig.client->waitForClose());
}

void ConnectionTest::tellsOfAcceptedCallsAfterTheLines()
{
    Rig rig;
    QVERIFY(rig.client->send(callLine(1) + callLine(2) + callLine(3)));
    QTRY_COMPARE_GE(rig.handler.events.size(), 4);
    QCOMPARE(rig.handler.events.first(4), (QList<QByteArray>{"call", "call", "call", "accepted"}));
}

void ConnectionTest::pausesWhenTheHandlerAsks()
{
    Rig rig;
    QSignalSpy pausing(rig.connection.get(), &Connection::pausing);
    rig.handler.asksForPause = true;
    // Who waits for each reply is not asked to pause.
    QCOMPARE(rig.client->sendCalls(callLine(1), 1), 1);
    QCOMPARE(pausing.count(), 0);
    QCOMPARE(rig.client->sendCalls(callLine(2) + callLine(3), 2), 2); // their replies do not wait
    QTRY_COMPARE(pausing.count(), 1);
    QVERIFY(rig.client->send(callLine(4)));
    QVERIFY(!rig.client->readLine(50ms));
    rig.handler.asksForPause = false;
    rig.connection->resume();
    QCOMPARE(rig.client->readLine().value_or(QByteArray()), Success);
}

void ConnectionTest::stopsReadingWhileRepliesAreUnread()
{
    Rig rig;
    rig.handler.status.version = std::string(20000, 'x');
    const QByteArray question = "{\"method\":\"status\"}\n";
    const QByteArray questions = question.repeated(100);
    qsizetype sent = 0;
    const auto isFull = [&] {
        const qsizetype bytes = rig.client->sendSome(questions);
        sent += std::max<qsizetype>(bytes, 0);
        return bytes < 0; // the kernel's buffer is full, and nobody empties it
    };
    QVERIFY(QTest::qWaitFor(isFull));
    QCOMPARE_LT(sent, 2000000);
    // When the client reads, everything is answered.
    const qsizetype whole = sent / question.size();
    for (qsizetype i = 0; i < whole; ++i)
        QVERIFY(rig.client->readLine());
    QVERIFY(!rig.client->readLine(50ms));
}

// Lines behind a flush have to wait here.
void ConnectionTest::leavesInTheSocketWhatThereIsNoMemoryFor()
{
    constexpr qsizetype Lines = 1000;
    Rig rig(100'000, false, 256 * 1024, 0);
    QByteArray lines = "{\"method\":\"flush\"}\n";
    for (int i = 0; i < Lines; ++i)
        lines += callLine(i);
    QCOMPARE_GT(lines.size(), 64 * 1024);
    QVERIFY(rig.client->send(lines));
    QTRY_COMPARE(rig.handler.flushes.size(), 1U);
    int unread = 0;
    QCOMPARE(::ioctl(rig.daemonEnd, FIONREAD, &unread), 0);
    QCOMPARE_GT(unread, 0);
    rig.handler.flushes.front()("{\"late\":1}\n");
    QTRY_COMPARE(rig.handler.ids.size(), Lines);
}

void ConnectionTest::refusedCallSaysWhy()
{
    Rig rig;
    rig.handler.refusal = RefusedCall{Refusal::SpoolFull, "no room left"};
    QVERIFY(rig.client->send(callLine(1)));
    QCOMPARE(rig.client->readLine().value_or(QByteArray()),
             QByteArray(R"({"success":false,"error":"no room left"})"));
    QCOMPARE(rig.stats.refused.at(static_cast<std::size_t>(Refusal::SpoolFull)), 1U);
}

void ConnectionTest::countsRefusals()
{
    Rig rig(2000);
    const QByteArray lines = "{}\n[]\n{\"method\":\"x\"}\n" + QByteArray(5000, ' ') + "x\n";
    QCOMPARE(rig.client->sendCalls(lines, 4), 0);
    const auto count = [&rig](Refusal reason) {
        return rig.stats.refused.at(static_cast<std::size_t>(reason));
    };
    QCOMPARE(count(Refusal::Malformed), 2U);
    QCOMPARE(count(Refusal::UnknownMethod), 1U);
    QCOMPARE(count(Refusal::LineTooLong), 1U);
}

void ConnectionTest::closesAtTheEnd()
{
    Rig rig;
    QSignalSpy closed(rig.connection.get(), &Connection::closed);
    QCOMPARE(rig.stats.connectionsOpen, 1U);
    QVERIFY(rig.client->send(callLine(1)));
    rig.client->closeWriting();
    QCOMPARE(rig.client->readLine().value_or(QByteArray()), Success);
    QTRY_COMPARE(closed.count(), 1);
    rig.connection.reset();
    QCOMPARE(rig.stats.connectionsOpen, 0U);
    QVERIFY(rig.client->waitForClose());
}

void ConnectionTest::lastLineIsHandledAtTheEnd()
{
    Rig rig;
    QVERIFY(rig.client->send(callLine(1).chopped(1)));
    QVERIFY(!rig.client->readLine(30ms));
    rig.client->closeWriting();
    QCOMPARE(rig.client->readLine().value_or(QByteArray()), Success);
    QCOMPARE(rig.handler.ids, QList<QByteArray>{"1"});
}

void ConnectionTest::flushAsTheLastLine()
{
    Rig rig;
    QSignalSpy closed(rig.connection.get(), &Connection::closed);
    QVERIFY(rig.client->send("{\"method\":\"flush\"}"));
    rig.client->closeWriting();
    QTRY_COMPARE(rig.handler.flushes.size(), 1U);
    QVERIFY(closed.isEmpty());
    rig.handler.flushes.front()("{\"late\":1}\n");
    QCOMPARE(rig.client->readLine().value_or(QByteArray()), QByteArray("{\"late\":1}"));
    QTRY_COMPARE(closed.count(), 1);
    QCOMPARE(rig.handler.flushes.size(), 1U); // once
}

void ConnectionTest::statusIsWrapped()
{
    Rig rig;
    QVERIFY(rig.client->send("{\"method\":\"status\"}\n"));
    const QByteArray expected = R"({"success":true,"status":)"
        + QByteArray::fromStdString(toJson(rig.handler.status)) + "}";
    QCOMPARE(rig.client->readLine().value_or(QByteArray()), expected);
}

void ConnectionTest::callsCarryTheNumber()
{
    Rig rig;
    QCOMPARE(rig.client->sendCalls(callLine(1) + callLine(2), 2), 2);
    QCOMPARE(rig.handler.clients, (std::vector<std::uint16_t>{7, 7}));
}

void ConnectionTest::repliesWaitForTheSync()
{
    Rig rig(100'000, true);
    const QSignalSpy asked(rig.connection.get(), &Connection::awaitingSync);
    QVERIFY(rig.client->send("nonsense" + QByteArray("\n") + callLine(1)));
    QTRY_COMPARE(asked.size(), 1);
    QVERIFY(rig.client->send(callLine(2)));
    QVERIFY(!rig.client->readLine(50ms));
    QCOMPARE(rig.handler.ids, QList<QByteArray>{"1"}); // the next lines wait, too
    rig.connection->finishSync(true);
    QVERIFY(rig.client->readLine().value_or(QByteArray()).contains("malformed"));
    QCOMPARE(rig.client->readLine().value_or(QByteArray()), Success);
    QTRY_COMPARE(asked.size(), 2);
    rig.connection->finishSync(true);
    QCOMPARE(rig.client->readLine().value_or(QByteArray()), Success);
    QCOMPARE(rig.stats.refused.at(static_cast<std::size_t>(Refusal::SpoolError)), 0U);
}

void ConnectionTest::failedSyncIsARefusal()
{
    Rig rig(100'000, true);
    const QSignalSpy asked(rig.connection.get(), &Connection::awaitingSync);
    QVERIFY(rig.client->send(callLine(1) + R"({"method":"status"})" + "\n" + callLine(2)));
    QTRY_COMPARE(asked.size(), 1);
    rig.connection->finishSync(false);
    QVERIFY(rig.client->readLine().value_or(QByteArray()).contains("send this call directly"));
    QVERIFY(rig.client->readLine().value_or(QByteArray()).contains(R"("version":"fake")"));
    QVERIFY(rig.client->readLine().value_or(QByteArray()).contains("send this call directly"));
    QCOMPARE(rig.stats.refused.at(static_cast<std::size_t>(Refusal::SpoolError)), 2U);
}

// They read the same as those to calls, but what they are about has happened.
void ConnectionTest::failedSyncLeavesOtherReplies()
{
    Rig rig(100'000, true);
    const QSignalSpy asked(rig.connection.get(), &Connection::awaitingSync);
    QVERIFY(rig.client->send(QByteArray(R"({"method":"pause"})") + "\n" + callLine(1)
                             + R"({"method":"resume"})" + "\n"));
    QTRY_COMPARE(asked.size(), 1);
    rig.connection->finishSync(false);
    QCOMPARE(rig.client->readLine().value_or(QByteArray()), Success);
    QVERIFY(rig.client->readLine().value_or(QByteArray()).contains("send this call directly"));
    QCOMPARE(rig.client->readLine().value_or(QByteArray()), Success);
    QCOMPARE(rig.stats.refused.at(static_cast<std::size_t>(Refusal::SpoolError)), 1U);
}

// A client that does not read leaves replies behind that earlier syncs have covered.
void ConnectionTest::failedSyncLeavesEarlierReplies()
{
    Rig rig(100'000, true);
    QSignalSpy asked(rig.connection.get(), &Connection::awaitingSync);
    int calls = 0;
    const auto sendCall = [&] {
        QVERIFY(rig.client->send(callLine(++calls)));
        QTRY_COMPARE(asked.size(), calls);
    };
    for (int i = 0; i < 2'000; ++i) {
        sendCall();
        rig.connection->finishSync(true);
    }
    sendCall();
    rig.connection->finishSync(false);
    for (int i = 1; i < calls; ++i)
        QCOMPARE(rig.client->readLine().value_or(QByteArray()), Success);
    QVERIFY(rig.client->readLine().value_or(QByteArray()).contains("send this call directly"));
    QCOMPARE(rig.stats.refused.at(static_cast<std::size_t>(Refusal::SpoolError)), 1U);
}

void ConnectionTest::refusedCallNeedsNoSync()
{
    Rig rig(100'000, true);
    const QSignalSpy asked(rig.connection.get(), &Connection::awaitingSync);
    rig.handler.refusal = {Refusal::SpoolFull, "full"};
    QVERIFY(rig.client->send(callLine(1)));
    QVERIFY(rig.client->readLine().value_or(QByteArray()).contains("full"));
    QCOMPARE(asked.size(), 0);
}

void ConnectionTest::flushReplyBehindASync()
{
    Rig rig(100'000, true);
    const QSignalSpy asked(rig.connection.get(), &Connection::awaitingSync);
    QVERIFY(rig.client->send(callLine(1) + R"({"method":"flush"})" + "\n"));
    QTRY_COMPARE(rig.handler.flushes.size(), 1U);
    rig.handler.flushes.front()(R"({"success":true})"
                                "\n");
    QVERIFY(!rig.client->readLine(50ms));
    rig.connection->finishSync(false); // the flush was true all the same
    QVERIFY(rig.client->readLine().value_or(QByteArray()).contains("send this call directly"));
    QCOMPARE(rig.client->readLine().value_or(QByteArray()), Success);
}

// A client that flushes between its calls has a sync for each of them.
void ConnectionTest::repliesGoBeforeTheNextSync()
{
    Rig rig(100'000, true);
    const QSignalSpy asked(rig.connection.get(), &Connection::awaitingSync);
    const QByteArray flush = R"({"method":"flush"})" + QByteArray("\n");
    QVERIFY(rig.client->send(callLine(1) + flush + callLine(2) + flush));
    QTRY_COMPARE(rig.handler.flushes.size(), 1U);
    rig.handler.flushes.front()("{\"pending\":0}\n");
    rig.connection->finishSync(true);
    QCOMPARE(rig.client->readLine().value_or(QByteArray()), Success);
    QCOMPARE(rig.client->readLine().value_or(QByteArray()), QByteArray(R"({"pending":0})"));
    QTRY_COMPARE(asked.size(), 2);
    QVERIFY(!rig.client->readLine(50ms));
    rig.connection->finishSync(true);
    QCOMPARE(rig.client->readLine().value_or(QByteArray()), Success);
}

void ConnectionTest::clientGoesDuringASync()
{
    Rig rig(100'000, true);
    const QSignalSpy asked(rig.connection.get(), &Connection::awaitingSync);
    const QSignalSpy closed(rig.connection.get(), &Connection::closed);
    QVERIFY(rig.client->send(callLine(1)));
    QTRY_COMPARE(asked.size(), 1);
    rig.client->close();
    QTest::qWait(20);
    rig.connection->finishSync(true);
    QTRY_COMPARE(closed.size(), 1);
}

// A client has left replies unread, and reads them while calls are synced.
void ConnectionTest::restsDuringASync()
{
    Rig rig(100'000, true);
    const QSignalSpy asked(rig.connection.get(), &Connection::awaitingSync);
    const auto unread = [&rig] {
        int bytes = 0;
        ::ioctl(rig.clientEnd, FIONREAD, &bytes);
        return bytes;
    };
    const auto isTaken = [&] { // by the kernel
        const int before = unread();
        return rig.client->send("{\"method\":\"status\"}\n")
            && QTest::qWaitFor([&] { return unread() > before; }, 50);
    };
    while (isTaken()) { }
    QVERIFY(rig.client->send(callLine(1)));
    QTRY_COMPARE(asked.size(), 1);
    std::array<char, 4096> buffer{};
    while (::recv(rig.clientEnd, buffer.data(), buffer.size(), MSG_DONTWAIT) > 0) { }

    QEventLoop loop;
    int turns = 0;
    connect(QAbstractEventDispatcher::instance(), &QAbstractEventDispatcher::awake, &loop,
            [&turns] { ++turns; });
    QTimer::singleShot(100ms, &loop, &QEventLoop::quit);
    loop.exec();
    QCOMPARE_LT(turns, 50);
    rig.connection->finishSync(true);
    QVERIFY(rig.client->readLine()); // what was left of the statuses
    QCOMPARE(rig.client->readLine().value_or(QByteArray()), Success);
}

// Whatever ends it: what has been taken is answered.
void ConnectionTest::goesWithItsRepliesSent()
{
    Rig rig;
    QVERIFY(rig.client->send(callLine(1) + callLine(2)));
    while (rig.handler.ids.size() < 2)
        QCoreApplication::processEvents();
    rig.connection.reset();
    QCOMPARE(rig.client->readLine().value_or(QByteArray()), Success);
    QCOMPARE(rig.client->readLine().value_or(QByteArray()), Success);
}

QTEST_GUILESS_MAIN(ConnectionTest)
#include "tst_connection.moc"
