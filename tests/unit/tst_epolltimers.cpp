#include "eventloop/epolldispatcher.h"

#include "unit/epolltest.h"

#include <QThread>

#include <algorithm>
#include <array>
#include <climits>
#include <memory>
#include <utility>
#include <vector>

using namespace Weave;
using namespace std::chrono_literals;

namespace {

// Lets the clock go on while the loop stands still.
void passTime(Milliseconds time)
{
    const auto end = SteadyClock::now() + time;
    while (SteadyClock::now() < end) { }
}

void addTimerColumns()
{
    QTest::addColumn<Qt::TimerType>("type");
    QTest::addColumn<int>("interval"); // ms
    QTest::addColumn<int>("tolerance");
}

} // namespace

// When timers come, and which.
class TstEpollTimers final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { startAfresh(); }
    void aSingleShotComesOnce();
    void aTimerRepeats();
    void isNeitherEarlyNorVeryLate_data();
    void isNeitherEarlyNorVeryLate();
    void keepsWithinItsTolerance_data();
    void keepsWithinItsTolerance();
    void delaysCoarseTimers();
    void remainingTime();
    void remainingTimeInItsHandler();
    void knowsTheTimersOfAnObject();
    void withoutIntervalItComesOnceATurn();
    void withoutIntervalItStarvesNoOtherTimer();
    void killedInItsOwnHandlerItIsGone();
    void killedInAnothersHandlerItDoesNotCome();
    void restartedInItsOwnHandlerItHasItsNewTime();
    void startedInAHandlerItComesInALaterTurn();
    void isNotHeldUpByALaterOne();
    void isGoneWithoutATrace();
    void waitsWhileTimersAreExcluded();
    void anObjectDeletedInItsHandlerHearsNoMore();
    void theTimersOfADeletedObjectAreGone();
    void isNotNestedInItsOwnHandler();
    void timersMoveToAnotherThreadAndBack();
};

void TstEpollTimers::aSingleShotComesOnce()
{
    QEventLoop loop;
    QTimer timer;
    timer.setSingleShot(true);
    int count = 0;
    connect(&timer, &QTimer::timeout, &loop, [&count] { ++count; });
    timer.start(1ms);
    QTimer::singleShot(20ms, Qt::PreciseTimer, &loop, &QEventLoop::quit);
    QVERIFY(ends(loop));
    QCOMPARE(count, 1);
}

void TstEpollTimers::aTimerRepeats()
{
    QEventLoop loop;
    Probe probe;
    probe.onTimer = [&](int) {
        if (probe.timers == 5)
            loop.quit();
    };
    const TimePoint start = SteadyClock::now();
    probe.startTimer(10ms, Qt::PreciseTimer);
    QVERIFY(ends(loop));
    QVERIFY(SteadyClock::now() - start >= 50ms);
}

void TstEpollTimers::isNeitherEarlyNorVeryLate_data()
{
    addTimerColumns();
    QTest::newRow("a moment") << Qt::PreciseTimer << 1 << 0;
    QTest::newRow("precise") << Qt::PreciseTimer << 123 << 0;
    QTest::newRow("short") << Qt::CoarseTimer << 19 << 0;
    QTest::newRow("coarse") << Qt::CoarseTimer << 200 << 10;
    QTest::newRow("very coarse") << Qt::VeryCoarseTimer << 10 << 1000;
}

void TstEpollTimers::isNeitherEarlyNorVeryLate()
{
    QFETCH(Qt::TimerType, type);
    QFETCH(int, interval);
    QFETCH(int, tolerance);
    constexpr auto Noise = 2s; // of a machine that does something else, too
    QEventLoop loop;
    QTimer timer;
    timer.setTimerType(type);
    timer.setSingleShot(true);
    TimePoint end;
    connect(&timer, &QTimer::timeout, &loop, [&] {
        end = SteadyClock::now();
        loop.quit();
    });
    const TimePoint start = SteadyClock::now();
    timer.start(interval);
    QVERIFY(ends(loop));
    const auto time = end - start;
    QVERIFY(time >= Milliseconds(interval));
    QVERIFY(time <= Milliseconds(interval + tolerance) + Noise);
}

void TstEpollTimers::keepsWithinItsTolerance_data()
{
    addTimerColumns();
    QTest::newRow("precise") << Qt::PreciseTimer << 10'000 << 0;
    QTest::newRow("short") << Qt::CoarseTimer << 19 << 0;
    QTest::newRow("a twentieth") << Qt::CoarseTimer << 10'000 << 500;
    QTest::newRow("at most a second") << Qt::CoarseTimer << 3'600'000 << 1000;
    QTest::newRow("very coarse") << Qt::VeryCoarseTimer << 10'000 << 1000;
    QTest::newRow("the longest") << Qt::PreciseTimer << INT_MAX << 0;
}

// By the time that is left, which the noise of the machine does not change.
void TstEpollTimers::keepsWithinItsTolerance()
{
    QFETCH(Qt::TimerType, type);
    QFETCH(int, interval);
    QFETCH(int, tolerance);
    Probe probe;
    const TimePoint start = SteadyClock::now();
    const int left = dispatcher()->remainingTime(probe.startTimer(interval, type));
    const auto elapsed = std::chrono::ceil<Milliseconds>(SteadyClock::now() - start);
    QVERIFY(left >= interval - static_cast<int>(elapsed.count()));
    QVERIFY(left <= interval + tolerance);
}

// So that several need one wake-up. That one of them happens to be just in time is no matter.
void TstEpollTimers::delaysCoarseTimers()
{
    Probe probe;
    bool isAnyLater = false;
    for (int interval = 10'000; interval < 14'000; interval += 400) {
        const int left = dispatcher()->remainingTime(probe.startTimer(interval, Qt::CoarseTimer));
        isAnyLater |= left > interval + 5;
    }
    QVERIFY(isAnyLater);
}

void TstEpollTimers::remainingTime()
{
    QTimer timer;
    QCOMPARE(timer.remainingTime(), -1);
    timer.setTimerType(Qt::PreciseTimer);
    timer.start(1h);
    QVERIFY(timer.remainingTime() <= 3'600'000);
    QVERIFY(timer.remainingTime() > 3'500'000);
    timer.start(1ms);
    passTime(2ms);
    QCOMPARE(timer.remainingTime(), 0);
    timer.stop();
    QCOMPARE(timer.remainingTime(), -1);
    QCOMPARE(dispatcher()->remainingTime(12345), -1);
}

void TstEpollTimers::remainingTimeInItsHandler()
{
    QEventLoop loop;
    QTimer timer;
    int left = -2;
    connect(&timer, &QTimer::timeout, &loop, [&] {
        left = timer.remainingTime();
        loop.quit();
    });
    timer.start(20ms);
    QVERIFY(ends(loop));
    QVERIFY(left >= 0 && left <= 20);
    timer.setSingleShot(true);
    timer.start(1ms);
    QVERIFY(ends(loop));
    QCOMPARE(left, -1);
}

void TstEpollTimers::knowsTheTimersOfAnObject()
{
    Probe probe;
    Probe other;
    const int coarse = probe.startTimer(1h);
    const int precise = probe.startTimer(5ms, Qt::PreciseTimer);
    QVERIFY(dispatcher()->registeredTimers(&other).isEmpty());
    other.startTimer(1h);
    auto timers = dispatcher()->registeredTimers(&probe);
    std::sort(timers.begin(), timers.end(),
              [](const auto &a, const auto &b) { return a.interval < b.interval; });
    QCOMPARE(timers.size(), 2);
    QCOMPARE(timers[0].timerId, precise);
    QCOMPARE(timers[0].interval, 5);
    QCOMPARE(timers[0].timerType, Qt::PreciseTimer);
    QCOMPARE(timers[1].timerId, coarse);
    QCOMPARE(timers[1].interval, 3'600'000);
    QCOMPARE(timers[1].timerType, Qt::CoarseTimer);
    probe.killTimer(coarse);
    QCOMPARE(dispatcher()->registeredTimers(&probe).size(), 1);
    QVERIFY(dispatcher()->unregisterTimers(&probe));
    QVERIFY(!dispatcher()->unregisterTimers(&probe));
    QVERIFY(dispatcher()->registeredTimers(&probe).isEmpty());
    QCOMPARE(dispatcher()->registeredTimers(&other).size(), 1);
}

void TstEpollTimers::withoutIntervalItComesOnceATurn()
{
    const Pair pair;
    const Listener reader(pair.here);
    send(pair.there);
    Probe first;
    Probe second;
    first.startTimer(0);
    second.startTimer(0);
    for (int i = 1; i <= 10; ++i) {
        turn(QEventLoop::WaitForMoreEvents);
        QCOMPARE(std::pair(first.timers, second.timers), std::pair(i, i));
        QCOMPARE(reader.count, i); // is not starved
    }
}

void TstEpollTimers::withoutIntervalItStarvesNoOtherTimer()
{
    Probe busy;
    busy.startTimer(0);
    QEventLoop loop;
    QTimer::singleShot(5ms, &loop, &QEventLoop::quit);
    QVERIFY(ends(loop));
    QVERIFY(busy.timers > 1);
}

void TstEpollTimers::killedInItsOwnHandlerItIsGone()
{
    Probe probe;
    probe.onTimer = [&probe](int id) { probe.killTimer(id); };
    probe.startTimer(0);
    turn();
    turn();
    QCOMPARE(probe.timers, 1);
    QVERIFY(dispatcher()->registeredTimers(&probe).isEmpty());
}

// Both are due; whichever comes first kills the other.
void TstEpollTimers::killedInAnothersHandlerItDoesNotCome()
{
    Probe probe;
    std::array<int, 2> ids{};
    probe.onTimer = [&](int id) { probe.killTimer(id == ids[0] ? ids[1] : ids[0]); };
    ids = {probe.startTimer(0), probe.startTimer(0)};
    turn();
    QCOMPARE(probe.timers, 1);
    probe.onTimer = [](int) {};
    turn();
    QCOMPARE(probe.timers, 2);
}

void TstEpollTimers::restartedInItsOwnHandlerItHasItsNewTime()
{
    QTimer timer;
    int count = 0;
    connect(&timer, &QTimer::timeout, &timer, [&] {
        ++count;
        timer.start(count < 3 ? 0ms : 1h);
    });
    timer.start(0);
    for (int i = 1; i <= 3; ++i) {
        turn();
        QCOMPARE(count, i);
    }
    turn();
    QCOMPARE(count, 3);
    QVERIFY(timer.remainingTime() > 3'500'000);
}

void TstEpollTimers::startedInAHandlerItComesInALaterTurn()
{
    Probe probe;
    probe.onTimer = [&probe](int id) {
        probe.killTimer(id);
        for (int i = 0; probe.timers == 1 && i < 3; ++i)
            probe.startTimer(0);
    };
    probe.startTimer(0);
    turn();
    QCOMPARE(probe.timers, 1);
    turn();
    QCOMPARE(probe.timers, 4);
    turn();
    QCOMPARE(probe.timers, 4);
}

// The loop has got ready to wait for the later one.
void TstEpollTimers::isNotHeldUpByALaterOne()
{
    Probe probe;
    probe.startTimer(1h, Qt::PreciseTimer);
    turn();
    probe.startTimer(10ms, Qt::PreciseTimer);
    const TimePoint started = SteadyClock::now();
    QTimer::singleShot(Patience, &probe, [&probe] { probe.timers = -1; });
    while (probe.timers == 0)
        turn(QEventLoop::WaitForMoreEvents);
    QCOMPARE(probe.timers, 1);
    QVERIFY(SteadyClock::now() - started >= 9ms);
}

// The loop has got ready to wait for it; later ones come in their time.
void TstEpollTimers::isGoneWithoutATrace()
{
    Probe probe;
    const int gone = probe.startTimer(5ms, Qt::PreciseTimer);
    turn();
    probe.killTimer(gone);
    QVERIFY(isIdle());
    QCOMPARE(probe.timers, 0);
}

void TstEpollTimers::waitsWhileTimersAreExcluded()
{
    Probe probe;
    probe.startTimer(5ms, Qt::PreciseTimer);
    turn();
    passTime(10ms);
    turn(QEventLoop::X11ExcludeTimers); // hears that it is due
    QVERIFY(waits(QEventLoop::X11ExcludeTimers));
    turn(QEventLoop::X11ExcludeTimers); // was woken up
    QVERIFY(waits(QEventLoop::X11ExcludeTimers | QEventLoop::ExcludeSocketNotifiers));
    QCOMPARE(probe.timers, 0);
    turn();
    QCOMPARE(probe.timers, 1);
}

// Its other timer is due in the same turn.
void TstEpollTimers::anObjectDeletedInItsHandlerHearsNoMore()
{
    auto *probe = new Probe;
    int count = 0;
    probe->onTimer = [&count, probe](int) {
        ++count;
        delete probe;
    };
    probe->startTimer(0);
    probe->startTimer(0);
    turn();
    turn();
    QCOMPARE(count, 1);
}

void TstEpollTimers::theTimersOfADeletedObjectAreGone()
{
    auto probe = std::make_unique<Probe>();
    probe->startTimer(0);
    probe->startTimer(1ms);
    probe.reset();
    turn();
    QVERIFY(waits());
}

void TstEpollTimers::isNotNestedInItsOwnHandler()
{
    Probe probe;
    Probe other;
    int depth = 0;
    int deepest = 0;
    probe.onTimer = [&](int) {
        deepest = std::max(deepest, ++depth);
        for (int i = 0; i < 3; ++i)
            turn();
        --depth;
    };
    probe.startTimer(0);
    turn();
    QCOMPARE(std::pair(probe.timers, deepest), std::pair(1, 1));
    other.startTimer(0);
    turn();
    QCOMPARE(std::pair(probe.timers, deepest), std::pair(2, 1));
    QVERIFY(other.timers >= 3);
}

void TstEpollTimers::timersMoveToAnotherThreadAndBack()
{
    QThread thread;
    thread.start();
    QThread *const home = QThread::currentThread();
    QEventLoop loop;
    std::vector<QThread *> places;
    Probe probe; // in one thread at a time
    probe.onTimer = [&](int) {
        places.push_back(QThread::currentThread());
        if (places.size() == 3)
            probe.moveToThread(&thread);
        else if (places.size() == 6)
            probe.moveToThread(home);
        else if (places.size() == 9)
            loop.quit();
    };
    probe.startTimer(1ms);
    const bool hasEnded = ends(loop);
    thread.quit();
    thread.wait();
    QVERIFY(hasEnded);
    QCOMPARE(places.size(), std::size_t{9});
    for (std::size_t i = 0; i < 9; ++i)
        QCOMPARE(places[i], i / 3 == 1 ? &thread : home);
}

int main(int argc, char **argv)
{
    return runOnEpoll<TstEpollTimers>(argc, argv);
}

#include "tst_epolltimers.moc"
