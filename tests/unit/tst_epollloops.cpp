#include "eventloop/epolldispatcher.h"

#include "unit/epolltest.h"

#include <QDeadlineTimer>
#include <QProcess>
#include <QTcpServer>
#include <QTcpSocket>
#include <QThread>

#include <array>
#include <sys/socket.h>
#include <utility>

using namespace Weave;
using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

namespace {

// Takes one client.
class Acceptor : public QTcpServer
{
public:
    UniqueFd accepted;

protected:
    void incomingConnection(qintptr socket) override
    {
        accepted = UniqueFd(static_cast<int>(socket));
    }
};

} // namespace

// What a turn takes and says, nested loops, other threads, and what Qt builds on a loop.
class TstEpollLoops final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { startAfresh(); }
    void withNothingToDoATurnReturnsAtOnce();
    void saysWhetherItHandledSomething();
    void leavesOutNotifiers();
    void waitsWithoutNotifiers();
    void leavesOutTimers();
    void loopsNest();
    void bothLoopsEndFromWithin();
    void aNestedLoopTakesTheEventsOfTheOuterOne();
    void deletesLater();
    void deletesAfterATurnOfItsOwn();
    void quitIsNotLostInTurnsOfItsOwn();
    void worksInAnotherThread();
    void aProcessReadsWritesAndEnds();
    void socketsCarryData();
    void tellsOfUrgentData();
    void aRefusedConnectionIsAnError();
};

void TstEpollLoops::withNothingToDoATurnReturnsAtOnce()
{
    const Pair pair;
    const Listener reader(pair.here);
    Probe probe;
    probe.startTimer(1h);
    turn();
    QVERIFY(!turn());
    QVERIFY(returnsAtOnce(QEventLoop::AllEvents));
    QCoreApplication::processEvents();
    QCOMPARE(reader.count, 0);
    QCOMPARE(probe.timers, 0);
}

void TstEpollLoops::saysWhetherItHandledSomething()
{
    const Pair pair;
    const Listener reader(pair.here);
    Probe probe;
    QVERIFY(!turn());
    send(pair.there);
    QVERIFY(turn());
    drain(pair.here);
    QVERIFY(!turn());
    post(&probe);
    QVERIFY(turn());
    QVERIFY(!turn());
    const int id = probe.startTimer(0);
    QVERIFY(turn());
    probe.killTimer(id);
    QVERIFY(!turn());
}

void TstEpollLoops::leavesOutNotifiers()
{
    const Pair pair;
    const Listener reader(pair.here);
    Probe probe;
    send(pair.there);
    probe.startTimer(0);
    post(&probe);
    turn(QEventLoop::ExcludeSocketNotifiers);
    QCOMPARE(reader.count, 0);
    QCOMPARE(std::pair(probe.timers, probe.events), std::pair(1, 1));
    turn();
    QCOMPARE(reader.count, 1);
}

void TstEpollLoops::waitsWithoutNotifiers()
{
    const Pair pair;
    const Listener reader(pair.here);
    send(pair.there);
    QVERIFY(waits(QEventLoop::ExcludeSocketNotifiers));
    QEventLoop loop;
    Probe probe;
    probe.onEvent = [&loop] { loop.exit(2); };
    {
        const WhenWaiting thread([&probe] { post(&probe); });
        QCOMPARE(loop.exec(QEventLoop::ExcludeSocketNotifiers), 2);
    }
    QTimer::singleShot(1ms, &loop, [&loop] { loop.exit(3); });
    QCOMPARE(loop.exec(QEventLoop::ExcludeSocketNotifiers), 3);
    QVERIFY(isIdle(QEventLoop::ExcludeSocketNotifiers));
    QCOMPARE(reader.count, 0);
    turn();
    QCOMPARE(reader.count, 1);
}

void TstEpollLoops::leavesOutTimers()
{
    Probe probe;
    probe.startTimer(0);
    turn(QEventLoop::X11ExcludeTimers);
    QVERIFY(waits(QEventLoop::X11ExcludeTimers));
    QCOMPARE(probe.timers, 0);
    turn();
    QCOMPARE(probe.timers, 1);
}

// Timers, posted events and notifiers, all in the handler of another notifier.
void TstEpollLoops::loopsNest()
{
    const std::array<Pair, 2> pairs;
    Listener outer(pairs[0].here);
    Listener inner(pairs[1].here);
    QEventLoop outerLoop;
    QEventLoop innerLoop;
    Probe probe;
    outer.handler = [&] {
        drain(pairs[0].here);
        probe.startTimer(1ms);
        if (!ends(innerLoop))
            qWarning("the inner loop hangs");
        QTimer::singleShot(1ms, &outerLoop, &QEventLoop::quit);
    };
    probe.onTimer = [&](int id) {
        probe.killTimer(id);
        post(&probe);
    };
    probe.onEvent = [&] { send(pairs[1].there); };
    inner.handler = [&] {
        drain(pairs[1].here);
        innerLoop.quit();
    };
    send(pairs[0].there);
    QVERIFY(ends(outerLoop));
    QCOMPARE(std::pair(outer.count, inner.count), std::pair(1, 1));
}

void TstEpollLoops::bothLoopsEndFromWithin()
{
    QEventLoop outer;
    QEventLoop inner;
    Probe probe;
    bool isInnerEnded = false;
    probe.onEvent = [&] {
        if (probe.events == 1) {
            post(&probe);
            isInnerEnded = ends(inner);
        } else {
            outer.quit();
            inner.quit();
        }
    };
    post(&probe);
    QVERIFY(ends(outer));
    QVERIFY(isInnerEnded);
}

// Both are ready; the second is told by a turn in the handler of the first, and has nothing to read
// afterwards.
void TstEpollLoops::aNestedLoopTakesTheEventsOfTheOuterOne()
{
    const std::array<Pair, 2> pairs;
    std::array<Listener, 2> readers{Listener(pairs[0].here), Listener(pairs[1].here)};
    bool isNested = false;
    for (std::size_t i = 0; i < 2; ++i) {
        send(pairs[i].there);
        readers[i].handler = [&, i] {
            drain(pairs[i].here);
            if (!std::exchange(isNested, true))
                turn();
        };
    }
    turn();
    turn();
    QCOMPARE(std::pair(readers[0].count, readers[1].count), std::pair(1, 1));
}

void TstEpollLoops::deletesLater()
{
    QEventLoop loop;
    auto *object = new QObject;
    connect(object, &QObject::destroyed, &loop, &QEventLoop::quit);
    QTimer::singleShot(0, &loop, [object] { object->deleteLater(); });
    QVERIFY(ends(loop));
}

// The turn within takes the wake-up, but only the loop around it may delete.
void TstEpollLoops::deletesAfterATurnOfItsOwn()
{
    const Pair pair;
    Listener reader(pair.here);
    QEventLoop loop;
    auto *object = new QObject;
    connect(object, &QObject::destroyed, &loop, &QEventLoop::quit);
    reader.handler = [&] {
        drain(pair.here);
        object->deleteLater();
        turn();
    };
    send(pair.there);
    QVERIFY(ends(loop));
    QCOMPARE(reader.count, 1);
}

// The first of them hears of it, and the second begins as if nothing had been.
void TstEpollLoops::quitIsNotLostInTurnsOfItsOwn()
{
    const Pair pair;
    Listener reader(pair.here);
    QEventLoop loop;
    Probe probe;
    probe.onEvent = [&loop] { loop.quit(); };
    reader.handler = [&] {
        drain(pair.here);
        post(&probe);
        turn();
        turn();
    };
    send(pair.there);
    QVERIFY(ends(loop));
    QCOMPARE(probe.events, 1);
}

void TstEpollLoops::worksInAnotherThread()
{
    for (int i = 0; i < 20; ++i) {
        QThread thread;
        thread.setEventDispatcher(EpollDispatcher::create().release());
        thread.start();
        Probe probe;
        QEventLoop loop;
        probe.onTimer = [&](int id) {
            probe.killTimer(id);
            QMetaObject::invokeMethod(&loop, &QEventLoop::quit, Qt::QueuedConnection);
        };
        probe.onEvent = [&] { probe.startTimer(1ms); };
        probe.moveToThread(&thread);
        post(&probe);
        const bool hasEnded = ends(loop);
        thread.quit();
        QVERIFY(thread.wait(QDeadlineTimer(Patience)));
        QVERIFY(hasEnded);
    }
}

void TstEpollLoops::aProcessReadsWritesAndEnds()
{
    QEventLoop loop;
    QProcess process;
    const QByteArray sent(300'000, 'p');
    QByteArray received;
    connect(&process, &QProcess::started, &loop, [&] { process.write(sent); });
    connect(&process, &QProcess::readyReadStandardOutput, &loop, [&] {
        received += process.readAllStandardOutput();
        if (received.size() == sent.size())
            process.closeWriteChannel();
    });
    connect(&process, &QProcess::finished, &loop, &QEventLoop::quit);
    process.start(u"cat"_s, QStringList());
    QVERIFY(ends(loop));
    QCOMPARE(process.exitStatus(), QProcess::NormalExit);
    QCOMPARE(process.exitCode(), 0);
    QVERIFY(received == sent);
}

void TstEpollLoops::socketsCarryData()
{
    constexpr int Clients = 5;
    const QByteArray sent(1'000'000, 's');
    QTcpServer server;
    QVERIFY(server.listen(QHostAddress::LocalHost));
    connect(&server, &QTcpServer::newConnection, &server, [&server] {
        QTcpSocket *socket = server.nextPendingConnection();
        connect(socket, &QTcpSocket::readyRead, socket,
                [socket] { socket->write(socket->readAll()); });
        connect(socket, &QTcpSocket::disconnected, socket, &QObject::deleteLater);
    });
    QEventLoop loop;
    std::array<QTcpSocket, Clients> clients;
    std::array<QByteArray, Clients> received;
    int gone = 0;
    for (std::size_t i = 0; i < Clients; ++i) {
        QTcpSocket &client = clients[i];
        connect(&client, &QTcpSocket::connected, &loop, [&] { client.write(sent); });
        connect(&client, &QTcpSocket::readyRead, &loop, [&, i] {
            received[i] += client.readAll();
            if (received[i].size() == sent.size())
                client.disconnectFromHost();
        });
        connect(&client, &QTcpSocket::disconnected, &loop, [&] {
            if (++gone == Clients)
                loop.quit();
        });
        client.connectToHost(server.serverAddress(), server.serverPort());
    }
    QVERIFY(ends(loop));
    for (const QByteArray &bytes : received)
        QVERIFY(bytes == sent);
}

void TstEpollLoops::tellsOfUrgentData()
{
    Acceptor server;
    QVERIFY(server.listen(QHostAddress::LocalHost));
    QTcpSocket client;
    client.connectToHost(server.serverAddress(), server.serverPort());
    QVERIFY(client.waitForConnected());
    QVERIFY(server.accepted.isValid() || server.waitForNewConnection(10'000));
    const int number = static_cast<int>(client.socketDescriptor());
    QEventLoop loop;
    Listener reader(server.accepted);
    Listener urgent(server.accepted, QSocketNotifier::Exception);
    for (Listener *listener : {&reader, &urgent}) {
        listener->handler = [&loop, listener] {
            listener->notifier.setEnabled(false);
            loop.quit();
        };
    }
    QCOMPARE(::send(number, "x", 1, 0), ssize_t{1});
    QVERIFY(ends(loop));
    QCOMPARE(std::pair(reader.count, urgent.count), std::pair(1, 0));
    QCOMPARE(::send(number, "!", 1, MSG_OOB), ssize_t{1});
    QVERIFY(ends(loop));
    QCOMPARE(std::pair(reader.count, urgent.count), std::pair(1, 1));
}

void TstEpollLoops::aRefusedConnectionIsAnError()
{
    QTcpServer server;
    QVERIFY(server.listen(QHostAddress::LocalHost));
    const quint16 port = server.serverPort();
    server.close();
    QEventLoop loop;
    QTcpSocket client;
    connect(&client, &QTcpSocket::errorOccurred, &loop, &QEventLoop::quit);
    client.connectToHost(QHostAddress(QHostAddress::LocalHost), port);
    QVERIFY(ends(loop));
    QCOMPARE(client.error(), QAbstractSocket::ConnectionRefusedError);
}

int main(int argc, char **argv)
{
    return runOnEpoll<TstEpollLoops>(argc, argv);
}

#include "tst_epollloops.moc"
