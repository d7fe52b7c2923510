#include "eventloop/timerqueue.h"

#include <QList>
#include <QTest>

#include <algorithm>
#include <random>
#include <vector>

using namespace Weave;
using namespace std::chrono_literals;

namespace {

// A multiple of every tolerance here, so that a test sees where the rounding begins.
constexpr TimePoint Start{1'000'000s};

// All that are due, in their order; they stay out.
QList<int> takeAll(TimerQueue &queue, TimePoint now)
{
    QList<int> ids;
    while (const auto id = queue.takeDue(now))
        ids.append(*id);
    return ids;
}

// What the queue should hold, kept in the plainest way.
class Model
{
public:
    struct Timer
    {
        int id;
        Milliseconds interval;
        Milliseconds tolerance;
        TimePoint wanted;
        bool isOut = false;

        [[nodiscard]] TimePoint due() const
        {
            if (tolerance == 0ms)
                return wanted;
            const std::chrono::nanoseconds step = tolerance;
            const auto steps = (wanted.time_since_epoch() + step - 1ns) / step;
            return TimePoint(steps * step);
        }
    };

    [[nodiscard]] Timer *find(int id)
    {
        const auto found = std::find_if(timers.begin(), timers.end(),
                                        [id](const Timer &timer) { return timer.id == id; });
        return found == timers.end() ? nullptr : &*found;
    }

    void remove(int id)
    {
        std::erase_if(timers, [id](const Timer &timer) { return timer.id == id; });
    }

    void putBack(int id, TimePoint now)
    {
        Timer *timer = find(id);
        if (!timer || !timer->isOut)
            return;
        timer->isOut = false;
        const TimePoint next = timer->wanted + timer->interval;
        timer->wanted = next >= now ? next : now + timer->interval;
    }

    [[nodiscard]] std::optional<TimePoint> nextDue() const
    {
        std::optional<TimePoint> first;
        for (const Timer &timer : timers) {
            if (!timer.isOut && (!first || timer.due() < *first))
                first = timer.due();
        }
        return first;
    }

    [[nodiscard]] std::optional<Milliseconds> remaining(int id, TimePoint now)
    {
        const Timer *timer = find(id);
        if (!timer)
            return std::nullopt;
        const TimePoint due = timer->isOut ? timer->wanted + timer->interval : timer->due();
        Milliseconds left = 0ms;
        while (now + left < due) // rounded up, and never below zero
            ++left;
        return left;
    }

    std::vector<Timer> timers;
};

} // namespace

class TstTimerQueue final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void empty();
    void dueTimersComeInOrder();
    void isDueFromItsTimeOn();
    void isNotDueAgainUntilItIsPutBack();
    void keepsToItsTimesWhenItIsLate();
    void leavesOutMissedTimes();
    void aTimeThatIsJustNowIsNotMissed();
    void removedTimersAreNotDue();
    void removedWhileOutItDoesNotComeBack();
    void addedAnewWhileOutItKeepsItsNewTime();
    void puttingBackTwiceChangesNothing();
    void toleranceOnlyDelays_data();
    void toleranceOnlyDelays();
    void delaysDoNotAddUp();
    void equalTolerancesMeet();
    void withoutIntervalItIsDueAtOnce();
    void withoutIntervalItStarvesNoOther();
    void nextDueLeavesOutThoseThatAreOut();
    void remainingTime();
    void remainingTimeIsRoundedUp();
    void remainingTimeWithTolerance();
    void remainingTimeWhileOut();
    void agreesWithAModel_data();
    void agreesWithAModel();
};

void TstTimerQueue::empty()
{
    TimerQueue queue;
    QVERIFY(!queue.nextDue());
    QVERIFY(!queue.takeDue(Start));
    QVERIFY(!queue.remaining(1, Start));
    QVERIFY(!queue.remove(1));
    queue.putBack(1, Start);
    QVERIFY(!queue.nextDue());
}

void TstTimerQueue::dueTimersComeInOrder()
{
    TimerQueue queue;
    queue.add(1, 30ms, 0ms, Start);
    queue.add(2, 10ms, 0ms, Start);
    queue.add(3, 40ms, 0ms, Start);
    queue.add(4, 10ms, 0ms, Start + 10ms);
    QVERIFY(queue.nextDue() == Start + 10ms);
    QCOMPARE(takeAll(queue, Start + 35ms), (QList<int>{2, 4, 1}));
    QVERIFY(queue.nextDue() == Start + 40ms);
    QCOMPARE(takeAll(queue, Start + 40ms), (QList<int>{3}));
}

void TstTimerQueue::isDueFromItsTimeOn()
{
    TimerQueue queue;
    queue.add(1, 10ms, 0ms, Start);
    QVERIFY(!queue.takeDue(Start));
    QVERIFY(!queue.takeDue(Start + 10ms - 1ns));
    QVERIFY(queue.takeDue(Start + 10ms) == 1);
}

void TstTimerQueue::isNotDueAgainUntilItIsPutBack()
{
    TimerQueue queue;
    queue.add(1, 10ms, 0ms, Start);
    QVERIFY(queue.takeDue(Start + 10ms) == 1);
    QVERIFY(!queue.takeDue(Start + 10ms));
    QVERIFY(!queue.takeDue(Start + 1h));
    queue.putBack(1, Start + 10ms);
    QVERIFY(!queue.takeDue(Start + 20ms - 1ns));
    QVERIFY(queue.takeDue(Start + 20ms) == 1);
}

void TstTimerQueue::keepsToItsTimesWhenItIsLate()
{
    TimerQueue queue;
    queue.add(1, 100ms, 0ms, Start);
    for (int i = 1; i < 100; ++i) {
        const TimePoint late = Start + i * 100ms + 99ms;
        QVERIFY(queue.nextDue() == Start + i * 100ms);
        QVERIFY(queue.takeDue(late) == 1);
        queue.putBack(1, late);
    }
}

// When the handler has ended counts, not when it began.
void TstTimerQueue::leavesOutMissedTimes()
{
    TimerQueue queue;
    queue.add(1, 100ms, 0ms, Start);
    QVERIFY(queue.takeDue(Start + 100ms) == 1);
    queue.putBack(1, Start + 555ms);
    QVERIFY(!queue.takeDue(Start + 655ms - 1ns));
    QVERIFY(queue.takeDue(Start + 655ms) == 1);
    queue.putBack(1, Start + 655ms);
    QVERIFY(queue.nextDue() == Start + 755ms);
}

void TstTimerQueue::aTimeThatIsJustNowIsNotMissed()
{
    TimerQueue queue;
    queue.add(1, 100ms, 0ms, Start);
    QVERIFY(queue.takeDue(Start + 100ms) == 1);
    queue.putBack(1, Start + 200ms);
    QVERIFY(queue.takeDue(Start + 200ms) == 1);
    queue.putBack(1, Start + 300ms + 1ns);
    QVERIFY(queue.nextDue() == Start + 400ms + 1ns);
}

void TstTimerQueue::removedTimersAreNotDue()
{
    TimerQueue queue;
    queue.add(1, 10ms, 0ms, Start);
    queue.add(2, 10ms, 0ms, Start);
    QVERIFY(queue.remove(1));
    QVERIFY(!queue.remove(1));
    QVERIFY(!queue.remaining(1, Start));
    QCOMPARE(takeAll(queue, Start + 1h), (QList<int>{2}));
}

void TstTimerQueue::removedWhileOutItDoesNotComeBack()
{
    TimerQueue queue;
    queue.add(1, 10ms, 0ms, Start);
    QVERIFY(queue.takeDue(Start + 10ms) == 1);
    QVERIFY(queue.remove(1));
    queue.putBack(1, Start + 10ms);
    QVERIFY(!queue.nextDue());
    QVERIFY(!queue.remaining(1, Start));
    QVERIFY(!queue.takeDue(Start + 1h));
}

void TstTimerQueue::addedAnewWhileOutItKeepsItsNewTime()
{
    TimerQueue queue;
    queue.add(1, 100ms, 0ms, Start);
    QVERIFY(queue.takeDue(Start + 100ms) == 1);
    QVERIFY(queue.remove(1));
    queue.add(1, 30ms, 0ms, Start + 100ms);
    queue.putBack(1, Start + 110ms);
    QVERIFY(queue.nextDue() == Start + 130ms);
    QVERIFY(queue.remaining(1, Start + 110ms) == 20ms);
    QCOMPARE(takeAll(queue, Start + 1h), (QList<int>{1}));
    queue.putBack(1, Start + 1h);
    QVERIFY(queue.nextDue() == Start + 1h + 30ms);
}

void TstTimerQueue::puttingBackTwiceChangesNothing()
{
    TimerQueue queue;
    queue.add(1, 100ms, 0ms, Start);
    queue.putBack(1, Start); // has never been out
    QVERIFY(queue.nextDue() == Start + 100ms);
    QVERIFY(queue.takeDue(Start + 100ms) == 1);
    queue.putBack(1, Start + 100ms);
    queue.putBack(1, Start + 100ms);
    QCOMPARE(takeAll(queue, Start + 200ms), (QList<int>{1}));
}

void TstTimerQueue::toleranceOnlyDelays_data()
{
    QTest::addColumn<int>("beyond"); // when it is wanted, in ms beyond a multiple of the tolerance
    QTest::addColumn<int>("delay");
    QTest::newRow("at a multiple") << 0 << 0;
    QTest::newRow("just after one") << 1 << 49;
    QTest::newRow("halfway") << 25 << 25;
    QTest::newRow("just before the next") << 49 << 1;
    QTest::newRow("at the next") << 50 << 0;
}

void TstTimerQueue::toleranceOnlyDelays()
{
    QFETCH(int, beyond);
    QFETCH(int, delay);
    const TimePoint now = Start + Milliseconds(beyond);
    TimerQueue queue;
    queue.add(1, 1000ms, 50ms, now);
    const TimePoint due = now + 1000ms + Milliseconds(delay);
    QVERIFY(queue.nextDue() == due);
    QVERIFY(!queue.takeDue(due - 1ns));
    QVERIFY(queue.takeDue(due) == 1);
}

void TstTimerQueue::delaysDoNotAddUp()
{
    TimerQueue queue;
    const TimePoint now = Start + 1ms;
    queue.add(1, 1030ms, 50ms, now);
    for (int i = 1; i < 100; ++i) {
        const TimePoint wanted = now + i * 1030ms;
        const auto due = queue.nextDue();
        QVERIFY(due && *due >= wanted && *due < wanted + 50ms);
        QVERIFY(queue.takeDue(*due) == 1);
        queue.putBack(1, *due);
    }
}

void TstTimerQueue::equalTolerancesMeet()
{
    TimerQueue queue;
    queue.add(1, 1000ms, 50ms, Start + 3ms);
    queue.add(2, 1007ms, 50ms, Start + 33ms);
    queue.add(3, 1000ms, 50ms, Start + 51ms); // one step on
    QVERIFY(queue.nextDue() == Start + 1050ms);
    QCOMPARE(takeAll(queue, Start + 1050ms), (QList<int>{1, 2}));
    QVERIFY(queue.nextDue() == Start + 1100ms);
}

void TstTimerQueue::withoutIntervalItIsDueAtOnce()
{
    TimerQueue queue;
    queue.add(1, 0ms, 0ms, Start);
    QVERIFY(queue.nextDue() == Start);
    QVERIFY(queue.takeDue(Start) == 1);
    QVERIFY(!queue.takeDue(Start));
    queue.putBack(1, Start + 1us);
    QVERIFY(queue.nextDue() == Start + 1us); // not before now
    QVERIFY(queue.takeDue(Start + 1us) == 1);
}

void TstTimerQueue::withoutIntervalItStarvesNoOther()
{
    TimerQueue queue;
    queue.add(1, 0ms, 0ms, Start);
    queue.add(2, 1ms, 0ms, Start);
    QVERIFY(queue.takeDue(Start + 5ms) == 1);
    queue.putBack(1, Start + 5ms);
    QVERIFY(queue.takeDue(Start + 5ms) == 2);
    QVERIFY(queue.takeDue(Start + 5ms) == 1);
}

void TstTimerQueue::nextDueLeavesOutThoseThatAreOut()
{
    TimerQueue queue;
    queue.add(1, 10ms, 0ms, Start);
    queue.add(2, 20ms, 0ms, Start);
    QVERIFY(queue.takeDue(Start + 20ms) == 1);
    QVERIFY(queue.nextDue() == Start + 20ms);
    QVERIFY(queue.takeDue(Start + 20ms) == 2);
    QVERIFY(!queue.nextDue());
    queue.putBack(2, Start + 20ms);
    QVERIFY(queue.nextDue() == Start + 40ms);
}

void TstTimerQueue::remainingTime()
{
    TimerQueue queue;
    queue.add(1, 100ms, 0ms, Start);
    QVERIFY(!queue.remaining(2, Start));
    QVERIFY(queue.remaining(1, Start) == 100ms);
    QVERIFY(queue.remaining(1, Start + 60ms) == 40ms);
    QVERIFY(queue.remaining(1, Start + 100ms) == 0ms);
    QVERIFY(queue.remaining(1, Start + 1h) == 0ms);
}

// Who waits as long as that must not be early.
void TstTimerQueue::remainingTimeIsRoundedUp()
{
    TimerQueue queue;
    queue.add(1, 100ms, 0ms, Start);
    QVERIFY(queue.remaining(1, Start + 1ns) == 100ms);
    QVERIFY(queue.remaining(1, Start + 1ms - 1ns) == 100ms);
    QVERIFY(queue.remaining(1, Start + 1ms) == 99ms);
    QVERIFY(queue.remaining(1, Start + 100ms - 1ns) == 1ms);
    QVERIFY(queue.remaining(1, Start + 100ms + 1ns) == 0ms);
}

void TstTimerQueue::remainingTimeWithTolerance()
{
    TimerQueue queue;
    queue.add(1, 1000ms, 50ms, Start + 10ms);
    QVERIFY(queue.remaining(1, Start + 10ms) == 1040ms);
    QVERIFY(queue.remaining(1, Start + 1010ms) == 40ms);
}

void TstTimerQueue::remainingTimeWhileOut()
{
    TimerQueue queue;
    queue.add(1, 100ms, 0ms, Start);
    QVERIFY(queue.takeDue(Start + 130ms) == 1);
    QVERIFY(queue.remaining(1, Start + 130ms) == 70ms);
    QVERIFY(queue.remaining(1, Start + 500ms) == 0ms);
}

void TstTimerQueue::agreesWithAModel_data()
{
    QTest::addColumn<int>("maxInterval");
    QTest::addColumn<int>("maxTolerance");
    QTest::newRow("precise") << 100 << 0;
    QTest::newRow("coarse") << 100 << 5;
    QTest::newRow("tolerances above the intervals") << 10 << 100;
    QTest::newRow("often without interval") << 1 << 1;
    QTest::newRow("mostly late") << 3 << 2;
}

void TstTimerQueue::agreesWithAModel()
{
    QFETCH(int, maxInterval);
    QFETCH(int, maxTolerance);
    std::mt19937 random(static_cast<unsigned>(maxInterval * 7 + maxTolerance));
    const auto upTo = [&random](int max) {
        return static_cast<int>(random() % static_cast<unsigned>(max + 1));
    };
    constexpr int Ids = 12;
    TimerQueue queue;
    Model model;
    TimePoint now = Start;
    int taken = 0;
    for (int i = 0; i < 10'000; ++i) {
        const int id = upTo(Ids - 1);
        if (const int dice = upTo(99); dice < 15) {
            if (!model.find(id)) {
                const Milliseconds interval(upTo(maxInterval));
                const Milliseconds tolerance(upTo(maxTolerance));
                queue.add(id, interval, tolerance, now);
                model.timers.push_back({id, interval, tolerance, now + interval});
            }
        } else if (dice < 25) {
            QCOMPARE(queue.remove(id), model.find(id) != nullptr);
            model.remove(id);
        } else if (dice < 50) {
            const auto due = model.nextDue();
            const auto given = queue.takeDue(now);
            QCOMPARE(given.has_value(), due && *due <= now);
            if (given) {
                Model::Timer *timer = model.find(*given);
                QVERIFY(timer && !timer->isOut && timer->due() == *due);
                timer->isOut = true;
                ++taken;
            }
        } else if (dice < 75) {
            queue.putBack(id, now);
            model.putBack(id, now);
        } else {
            now += std::chrono::microseconds(upTo(maxInterval * 500));
        }
        QVERIFY(queue.nextDue() == model.nextDue());
        for (int other = 0; other < Ids; ++other)
            QVERIFY(queue.remaining(other, now) == model.remaining(other, now));
    }
    QVERIFY(taken > 500);
}

QTEST_APPLESS_MAIN(TstTimerQueue)
#include "tst_timerqueue.moc"
