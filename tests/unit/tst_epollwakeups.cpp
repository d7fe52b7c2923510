#include "eventloop/epolldispatcher.h"

#include "unit/epolltest.h"

#include <array>
#include <csignal>
#include <functional>
#include <pthread.h>
#include <thread>
#include <utility>
#include <vector>

using namespace Weave;
using namespace std::chrono_literals;

// What ends a wait: posted events, other threads, interrupts and signals.
class TstEpollWakeups final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { startAfresh(); }
    void postedEventsComeWithoutWaiting();
    void aTurnThatHasPostedEventsDoesNotWait();
    void whoIsToldOfAWaitMayPreventIt_data();
    void whoIsToldOfAWaitMayPreventIt();
    void whatIsPostedBeforeAWaitComesFirst();
    void tellsOfWaitsOnly();
    void everyEventOfOtherThreadsArrives();
    void everyEventOfOtherThreadsWakesTheLoop_data();
    void everyEventOfOtherThreadsWakesTheLoop();
    void ownAndOtherEventsTogetherAllArrive();
    void otherThreadsEndAWait_data();
    void otherThreadsEndAWait();
    void otherThreadsQuitTheApplication();
    void anInterruptBeforeATurnIsNotLost();
    void anInterruptedTurnEndsAtOnce();
    void aWakeUpEndsOneWait();
    void aSignalDoesNotEndTheLoop();
};

void TstEpollWakeups::postedEventsComeWithoutWaiting()
{
    const Pair pair;
    Listener reader(pair.here);
    QEventLoop loop;
    Probe probe;
    probe.onEvent = [&] {
        if (probe.events == 1)
            post(&probe); // out of a posted event
        else if (probe.events == 2)
            probe.startTimer(0);
        else if (probe.events == 3)
            send(pair.there);
        else
            loop.quit();
    };
    probe.onTimer = [&](int id) {
        probe.killTimer(id);
        post(&probe); // out of a timer
    };
    reader.handler = [&] {
        drain(pair.here);
        post(&probe); // out of a notifier
    };
    post(&probe);
    QVERIFY(ends(loop));
    QCOMPARE(probe.events, 4);
}

void TstEpollWakeups::aTurnThatHasPostedEventsDoesNotWait()
{
    Probe probe;
    post(&probe);
    QVERIFY(returnsAtOnce(QEventLoop::WaitForMoreEvents));
    QCOMPARE(probe.events, 1);
}

void TstEpollWakeups::whoIsToldOfAWaitMayPreventIt_data()
{
    QTest::addColumn<int>("way");
    QTest::newRow("a posted event") << 0;
    QTest::newRow("a timer") << 1;
    QTest::newRow("a notifier") << 2;
    QTest::newRow("quit") << 3;
}

void TstEpollWakeups::whoIsToldOfAWaitMayPreventIt()
{
    QFETCH(int, way);
    const Pair pair;
    Listener reader(pair.here);
    reader.notifier.setEnabled(false);
    send(pair.there);
    QEventLoop loop;
    Probe probe;
    probe.onEvent = [&loop] { loop.quit(); };
    probe.onTimer = [&loop](int) { loop.quit(); };
    reader.handler = [&loop] { loop.quit(); };
    const std::array<std::function<void()>, 4> ways{
        [&] { post(&probe); },
        [&] { probe.startTimer(1ms); },
        [&] { reader.notifier.setEnabled(true); },
        [&] { loop.quit(); },
    };
    bool isDone = false;
    connect(dispatcher(), &QAbstractEventDispatcher::aboutToBlock, &loop, [&] {
        if (!std::exchange(isDone, true))
            ways.at(static_cast<std::size_t>(way))();
    });
    QVERIFY(ends(loop));
    QVERIFY(isDone);
}

// Before what has happened outside: a connection that was closed then is gone when the next client
// is counted.
void TstEpollWakeups::whatIsPostedBeforeAWaitComesFirst()
{
    const Pair pair;
    Listener reader(pair.here);
    QEventLoop loop;
    Probe probe;
    QByteArray order;
    probe.onEvent = [&order] { order += 'p'; };
    reader.handler = [&] {
        drain(pair.here);
        order += 'r';
        if (reader.count == 3)
            loop.quit();
    };
    QObject context;
    connect(dispatcher(), &QAbstractEventDispatcher::aboutToBlock, &context, [&] {
        send(pair.there);
        post(&probe);
    });
    QVERIFY(ends(loop));
    QCOMPARE(order, QByteArray("prprpr"));
}

void TstEpollWakeups::tellsOfWaitsOnly()
{
    int count = 0;
    QObject context;
    connect(dispatcher(), &QAbstractEventDispatcher::aboutToBlock, &context, [&count] { ++count; });
    turn();
    QCOMPARE(count, 0);
    QVERIFY(waits());
    QCOMPARE(count, 1);
    Probe probe;
    probe.startTimer(0);
    turn(QEventLoop::WaitForMoreEvents);
    QCOMPARE(count, 1);
}

void TstEpollWakeups::everyEventOfOtherThreadsArrives()
{
    constexpr int Threads = 4;
    constexpr int Events = 1000;
    QEventLoop loop;
    Probe probe;
    probe.onEvent = [&] {
        if (probe.events == Threads * Events)
            loop.quit();
    };
    std::vector<std::jthread> threads;
    threads.reserve(Threads);
    for (int i = 0; i < Threads; ++i) {
        threads.emplace_back([&probe] {
            for (int j = 0; j < Events; ++j)
                post(&probe);
        });
    }
    const bool hasEnded = ends(loop);
    threads.clear(); // when they have ended
    QVERIFY(hasEnded);
    QCOMPARE(probe.events, Threads * Events);
}

void TstEpollWakeups::everyEventOfOtherThreadsWakesTheLoop_data()
{
    QTest::addColumn<int>("count");
    QTest::newRow("one thread") << 1;
    QTest::newRow("four threads") << 4;
}

// Each waits for its event to be handled before it posts the next, so the loop falls asleep again
// and again.
void TstEpollWakeups::everyEventOfOtherThreadsWakesTheLoop()
{
    QFETCH(int, count);
    const int calls = 1000 / count; // of each thread
    QEventLoop loop;
    int handled = 0;
    std::vector<std::jthread> threads;
    threads.reserve(static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i) {
        threads.emplace_back([&] {
            for (int j = 0; j < calls; ++j) {
                QMetaObject::invokeMethod(
                    &loop,
                    [&] {
                        if (++handled == count * calls)
                            loop.quit();
                    },
                    Qt::BlockingQueuedConnection);
            }
        });
    }
    const bool hasEnded = ends(loop);
    while (handled != count * calls) // the threads must end, whatever happened
        turn();
    threads.clear(); // when they have ended
    QVERIFY(hasEnded);
}

void TstEpollWakeups::ownAndOtherEventsTogetherAllArrive()
{
    constexpr int Events = 2000;
    QEventLoop loop;
    Probe own;
    Probe others;
    const auto quitAtTheEnd = [&] {
        if (own.events == Events && others.events == Events)
            loop.quit();
    };
    own.onEvent = [&] {
        if (own.events < Events)
            post(&own);
        quitAtTheEnd();
    };
    others.onEvent = quitAtTheEnd;
    post(&own);
    std::thread thread([&others] {
        for (int i = 0; i < Events; ++i)
            post(&others);
    });
    const bool hasEnded = ends(loop);
    thread.join();
    QVERIFY(hasEnded);
}

void TstEpollWakeups::otherThreadsEndAWait_data()
{
    QTest::addColumn<int>("way");
    QTest::newRow("a posted event") << 0;
    QTest::newRow("quit") << 1;
    QTest::newRow("a queued quit") << 2;
}

void TstEpollWakeups::otherThreadsEndAWait()
{
    QFETCH(int, way);
    QEventLoop loop;
    Probe probe;
    probe.onEvent = [&loop] { loop.quit(); };
    const std::array<std::function<void()>, 3> ways{
        [&probe] { post(&probe); },
        [&loop] { loop.quit(); },
        [&loop] { QMetaObject::invokeMethod(&loop, &QEventLoop::quit, Qt::QueuedConnection); },
    };
    for (int i = 0; i < 100; ++i) {
        const WhenWaiting thread(ways.at(static_cast<std::size_t>(way)));
        QVERIFY(ends(loop));
    }
}

void TstEpollWakeups::otherThreadsQuitTheApplication()
{
    QTimer guard;
    connect(&guard, &QTimer::timeout, &guard, [] { QCoreApplication::exit(1); });
    guard.start(Patience);
    const WhenWaiting thread([] { QCoreApplication::quit(); });
    QCOMPARE(QCoreApplication::exec(), 0);
}

// As a quit() of another thread that comes between the loop's look at whether it has been quit and
// the turn.
void TstEpollWakeups::anInterruptBeforeATurnIsNotLost()
{
    Probe probe;
    post(&probe);
    std::thread([that = dispatcher()] { that->interrupt(); }).join();
    QVERIFY(returnsAtOnce(QEventLoop::WaitForMoreEvents));
}

void TstEpollWakeups::anInterruptedTurnEndsAtOnce()
{
    const Pair pair;
    const Listener reader(pair.here);
    Probe probe;
    probe.onEvent = [] { dispatcher()->interrupt(); };
    send(pair.there);
    post(&probe);
    QVERIFY(returnsAtOnce(QEventLoop::WaitForMoreEvents));
    QCOMPARE(probe.events, 1);
    QCOMPARE(reader.count, 0);
    drain(pair.here);
    turn();
    QVERIFY(waits()); // later ones do
}

void TstEpollWakeups::aWakeUpEndsOneWait()
{
    {
        const WhenWaiting thread([that = dispatcher()] { that->wakeUp(); });
        QVERIFY(returnsAtOnce(QEventLoop::WaitForMoreEvents));
    }
    turn();
    QVERIFY(waits());
    QVERIFY(isIdle());
}

void TstEpollWakeups::aSignalDoesNotEndTheLoop()
{
    struct sigaction action = {};
    action.sa_handler = [](int) {};
    struct sigaction before = {};
    QCOMPARE(::sigaction(SIGUSR1, &action, &before), 0);
    QEventLoop loop;
    QTimer::singleShot(20ms, Qt::PreciseTimer, &loop, &QEventLoop::quit);
    {
        const WhenWaiting thread([self = ::pthread_self()] { ::pthread_kill(self, SIGUSR1); });
        QVERIFY(ends(loop));
    }
    ::sigaction(SIGUSR1, &before, nullptr);
}

int main(int argc, char **argv)
{
    return runOnEpoll<TstEpollWakeups>(argc, argv);
}

#include "tst_epollwakeups.moc"
