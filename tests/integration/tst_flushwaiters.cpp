#include "sidecar/flushwaiters.h"

#include <QTest>

#include <optional>
#include <vector>

using namespace Weave;
using namespace std::chrono_literals;

namespace {

std::vector<RecordRef> records(std::initializer_list<std::uint64_t> ids)
{
    std::vector<RecordRef> list;
    for (const std::uint64_t id : ids)
        list.push_back({RecordId{id}, 1, CallKind::Start});
    return list;
}

// What a waiter was told, and how often.
struct Told
{
    int times = 0;
    FlushResult result;

    FlushWaiters::Done done()
    {
        return [this](const FlushResult &what) {
            ++times;
            result = what;
        };
    }
};

} // namespace

class FlushWaitersTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void nothingToWaitFor();
    void countsOnlyOlderCalls();
    void countsGivenUpCalls();
    void twoWaiters();
    void countedLater();
    void givenUpBeforeTheCount();
    void neverCounted();
    void timesOut();
    void mayFlushAgainWhenTold();
};

void FlushWaitersTest::nothingToWaitFor()
{
    FlushWaiters waiters(1h);
    Told told;
    waiters.add({10}, 0, told.done());
    QCOMPARE(told.times, 1);
    QVERIFY(told.result.isComplete);
}

void FlushWaitersTest::countsOnlyOlderCalls()
{
    FlushWaiters waiters(1h);
    Told told;
    waiters.add({10}, 3, told.done());
    waiters.recordsDone(records({1, 2, 10, 11}), true);
    waiters.recordsDone(records({12}), true);
    waiters.recordsDone({}, true);
    QCOMPARE(told.times, 0);
    waiters.recordsDone(records({9}), true);
    QCOMPARE(told.times, 1);
    QVERIFY(told.result.isComplete);
    QCOMPARE(told.result.givenUpCalls, 0U);
    waiters.recordsDone(records({13}), true);
    QCOMPARE(told.times, 1);
}

void FlushWaitersTest::countsGivenUpCalls()
{
    FlushWaiters waiters(1h);
    Told told;
    waiters.add({10}, 3, told.done());
    waiters.recordsDone(records({1}), false);
    waiters.recordsDone(records({2, 3, 20}), true);
    QCOMPARE(told.times, 1);
    QVERIFY(told.result.isComplete);
    QCOMPARE(told.result.givenUpCalls, 1U);
}

void FlushWaitersTest::twoWaiters()
{
    FlushWaiters waiters(1h);
    Told first;
    Told second;
    waiters.add({5}, 2, first.done());
    waiters.add({8}, 4, second.done());
    waiters.recordsDone(records({6, 7}), true); // the second's alone
    QCOMPARE(first.times, 0);
    waiters.recordsDone(records({3, 4}), true);
    QCOMPARE(first.times, 1);
    QCOMPARE(second.times, 1);
}

// What is found at the start is neither counted nor subtracted before all of it is known.
void FlushWaitersTest::countedLater()
{
    FlushWaiters waiters(1h);
    Told told;
    Told another;
    waiters.addUncounted({8}, 0, told.done()); // none is known of yet
    waiters.recordsDone(records({1, 2, 3}), true);
    QCOMPARE(told.times, 0);
    waiters.count({10}, 2);
    waiters.recordsDone(records({4}), true);
    waiters.recordsDone(records({11}), true);
    QCOMPARE(told.times, 0);
    waiters.count({20}, 5); // says nothing of those that have been counted
    waiters.recordsDone(records({9}), true);
    QCOMPARE(told.times, 1);
    QVERIFY(told.result.isComplete);
    waiters.addUncounted({20}, 1, another.done());
    waiters.count({20}, 0);
    QCOMPARE(another.times, 1);
    QVERIFY(another.result.isComplete);
}

// What the backend refuses meanwhile is no success, though nothing of it is left to wait for.
void FlushWaitersTest::givenUpBeforeTheCount()
{
    FlushWaiters waiters(1h);
    Told told;
    waiters.addUncounted({10}, 2, told.done());
    waiters.recordsDone(records({3, 9, 10}), false);
    waiters.recordsDone(records({4}), true);
    waiters.count({12}, 1);
    waiters.recordsDone(records({11}), true);
    QCOMPARE(told.times, 1);
    QVERIFY(told.result.isComplete);
    QCOMPARE(told.result.givenUpCalls, 2U);
}

void FlushWaitersTest::neverCounted()
{
    FlushWaiters waiters(20ms);
    Told told;
    waiters.addUncounted({8}, 7, told.done());
    QTRY_COMPARE(told.times, 1);
    QVERIFY(!told.result.isComplete);
    QCOMPARE(told.result.pendingCalls, 7U);
}

void FlushWaitersTest::timesOut()
{
    FlushWaiters waiters(50ms);
    Told told;
    waiters.add({10}, 3, told.done());
    waiters.recordsDone(records({1}), true);
    QTRY_COMPARE(told.times, 1);
    QVERIFY(!told.result.isComplete);
    QCOMPARE(told.result.pendingCalls, 2U);
    waiters.recordsDone(records({2, 3}), true); // too late
    QCOMPARE(told.times, 1);
}

void FlushWaitersTest::mayFlushAgainWhenTold()
{
    FlushWaiters waiters(1h);
    Told again;
    int told = 0;
    waiters.add({10}, 1, [&](const FlushResult &) {
        ++told;
        waiters.add({20}, 1, again.done());
    });
    waiters.recordsDone(records({9, 15}), true);
    QCOMPARE(told, 1);
    QCOMPARE(again.times, 0);
    waiters.recordsDone(records({16}), true);
    QCOMPARE(again.times, 1);
}

QTEST_GUILESS_MAIN(FlushWaitersTest)
#include "tst_flushwaiters.moc"
