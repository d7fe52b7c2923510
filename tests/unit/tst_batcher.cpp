#include "unit/batcherbench.h"

#include <QTest>

using namespace Weave;
using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

// When a batch is closed or due, and what it then is.
class TstBatcher final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void empty();
    void closesAtTheCount();
    void countOfOne();
    void closesAtTheBytes_data();
    void closesAtTheBytes();
    void aCallThatDoesNotFitClosesTheBatch();
    void aCallLargerThanTheLimitGoesAlone();
    void isDueAfterTheInterval();
    void theIntervalCountsFromTheFirstCall();
    void aDueBatchKeepsFilling();
    void aDueBatchThatFillsUpIsClosed();
    void makesAllDue();
    void addTellsWhenABatchIsReady();
    void batchesSayWhatTheyAre();
    void nextDue();
    void oldest();
    void ageIsNoReasonToSend();
    void newLimits();
    void newCountLimitBelowWhatIsOpen();
};

void TstBatcher::empty()
{
    Bench bench(limits(10));
    QVERIFY(!bench.batcher.take());
    QVERIFY(!bench.batcher.takeFrom("a"));
    QVERIFY(!bench.batcher.nextDue());
    QVERIFY(!bench.batcher.oldest());
    bench.batcher.makeAllDue();
    QVERIFY(!bench.batcher.take());
}

void TstBatcher::closesAtTheCount()
{
    Bench bench(limits(3));
    bench.add("a");
    bench.add("a");
    QVERIFY(!bench.batcher.take());
    bench.add("a");
    QCOMPARE(bench.takenCount(), std::size_t{3});
    QVERIFY(!bench.batcher.take());

    for (int i = 0; i < 7; ++i)
        bench.add("a");
    QCOMPARE(bench.takenCount(), std::size_t{3});
    QCOMPARE(bench.takenCount(), std::size_t{3});
    QVERIFY(!bench.batcher.take());
    bench.batcher.makeAllDue();
    QCOMPARE(bench.takenCount(), std::size_t{1});
}

void TstBatcher::countOfOne()
{
    Bench bench(limits(1));
    for (int i = 0; i < 3; ++i)
        bench.add("a");
    for (int i = 0; i < 3; ++i)
        QCOMPARE(bench.takenCount(), std::size_t{1});
    QVERIFY(!bench.batcher.take());
}

void TstBatcher::closesAtTheBytes_data()
{
    QTest::addColumn<int>("beyond"); // the limit, relative to the body of three calls
    QTest::addColumn<int>("calls"); // in the first batch
    QTest::newRow("exactly the limit") << 0 << 3;
    QTest::newRow("one byte over") << -1 << 2;
    QTest::newRow("one byte to spare") << 1 << 3;
    QTest::newRow("a byte less than four") << int(bodyBytes(4, 50) - bodyBytes(3, 50)) - 1 << 3;
    QTest::newRow("exactly four") << int(bodyBytes(4, 50) - bodyBytes(3, 50)) << 4;
}

void TstBatcher::closesAtTheBytes()
{
    QFETCH(int, beyond);
    QFETCH(int, calls);
    const std::size_t maxBytes = bodyBytes(3, 50) + static_cast<std::size_t>(beyond);
    Bench bench(limits(NoLimit, maxBytes));
    for (int i = 0; i < 5; ++i)
        bench.add("a", 50);
    const auto batch = bench.batcher.take();
    QVERIFY(batch);
    QCOMPARE(batch->records.size(), static_cast<std::size_t>(calls));
    QCOMPARE(batch->bodySize, bodyBytes(static_cast<std::size_t>(calls), 50));
    QCOMPARE(batch->bodySize, bench.realBodySize(*batch));
    QVERIFY(batch->bodySize <= maxBytes);
}

void TstBatcher::aCallThatDoesNotFitClosesTheBatch()
{
    Bench bench(limits(NoLimit, bodyBytes(10, 50)));
    bench.add("a", 50);
    bench.add("a", 50);
    QVERIFY(!bench.batcher.take());
    bench.add("a", 600);
    QCOMPARE(bench.takenCount(), std::size_t{2});
    QVERIFY(!bench.batcher.take());
    bench.now += Interval;
    QCOMPARE(bench.takenCount(), std::size_t{1});
}

void TstBatcher::aCallLargerThanTheLimitGoesAlone()
{
    Bench bench(limits(NoLimit, 500));
    bench.add("a", 50);
    bench.add("a", 2'000);
    bench.add("a", 50);
    const auto before = bench.batcher.take();
    QVERIFY(before);
    QCOMPARE(before->records.size(), std::size_t{1});
    QCOMPARE(before->records.front().payloadSize, 50U);
    const auto large = bench.batcher.take();
    QVERIFY(large);
    QCOMPARE(large->records.size(), std::size_t{1});
    QCOMPARE(large->records.front().payloadSize, 2'000U);
    QCOMPARE(large->bodySize, bench.realBodySize(*large));
    QVERIFY(!bench.batcher.take());
    bench.batcher.makeAllDue();
    QCOMPARE(bench.takenCount(), std::size_t{1});
}

void TstBatcher::isDueAfterTheInterval()
{
    Bench bench(limits(10));
    bench.add("a");
    QVERIFY(!bench.batcher.take());
    bench.now += Interval - 1ms;
    QVERIFY(!bench.batcher.take());
    bench.now += 1ms;
    QCOMPARE(bench.takenCount(), std::size_t{1});
    // The next call opens a batch with a time of its own.
    bench.add("a");
    QVERIFY(!bench.batcher.take());
    bench.now += Interval;
    QCOMPARE(bench.takenCount(), std::size_t{1});
}

void TstBatcher::theIntervalCountsFromTheFirstCall()
{
    Bench bench(limits(10));
    bench.add("a");
    bench.now += Interval / 2;
    bench.add("a");
    bench.now += Interval / 2;
    QCOMPARE(bench.takenCount(), std::size_t{2});
}

void TstBatcher::aDueBatchKeepsFilling()
{
    Bench bench(limits(10));
    bench.add("a");
    bench.add("b");
    bench.now += Interval;
    QCOMPARE(bench.takenProject(), "a"_ba); // b is due as well now
    bench.add("b");
    bench.now += Interval;
    bench.add("b");
    QCOMPARE(bench.takenCount(), std::size_t{3});
    QVERIFY(!bench.batcher.take());
}

void TstBatcher::aDueBatchThatFillsUpIsClosed()
{
    Bench bench(limits(2));
    bench.add("a");
    bench.batcher.makeAllDue();
    bench.add("a");
    bench.add("a");
    QCOMPARE(bench.takenCount(), std::size_t{2});
    // The third call's batch is not due only because the one before it was.
    QVERIFY(!bench.batcher.take());
    bench.now += Interval;
    QCOMPARE(bench.takenCount(), std::size_t{1});
}

void TstBatcher::makesAllDue()
{
    Bench bench(limits(10));
    bench.add("a");
    bench.add("b");
    bench.add("a");
    bench.batcher.makeAllDue();
    QVERIFY(!bench.batcher.nextDue());
    QCOMPARE(bench.takenCount(), std::size_t{2});
    QCOMPARE(bench.takenCount(), std::size_t{1});
    QVERIFY(!bench.batcher.take());
    bench.add("a");
    QVERIFY(!bench.batcher.take()); // only what was open then
}

void TstBatcher::addTellsWhenABatchIsReady()
{
    Bench bench(limits(3, bodyBytes(3, 50)));
    bench.add("a");
    QVERIFY(!bench.add("a"));
    QVERIFY(!bench.batcher.take());
    QVERIFY(bench.add("a")); // the count
    QVERIFY(bench.batcher.take());

    bench.add("a", 50);
    QVERIFY(!bench.add("a", 50));
    QVERIFY(bench.add("a", 60)); // the bytes
    QVERIFY(bench.batcher.take());

    QVERIFY(bench.add("b", 5'000)); // alone
    QVERIFY(bench.batcher.take());
}

void TstBatcher::batchesSayWhatTheyAre()
{
    Bench bench(limits(10));
    const TimePoint opened = bench.now;
    bench.add("acme/bot", 20, CallKind::Start);
    const RecordRef first = bench.last;
    bench.now += 10ms;
    bench.add("acme/bot", 30, CallKind::End);
    const RecordRef second = bench.last;
    bench.batcher.makeAllDue();
    const auto batch = bench.batcher.take();
    QVERIFY(batch);
    QCOMPARE(toBytes(batch->project), "acme/bot"_ba);
    QVERIFY(batch->openedAt == opened);
    QCOMPARE(batch->records.size(), std::size_t{2});
    QVERIFY(batch->records[0].id == first.id && batch->records[0].kind == CallKind::Start);
    QVERIFY(batch->records[1].id == second.id && batch->records[1].kind == CallKind::End);
    QCOMPARE(batch->records[1].payloadSize, 30U);
    QCOMPARE(batch->bodySize, bench.realBodySize(*batch));
    QVERIFY(batch->retryId.empty());
    QCOMPARE(batch->attempts, 0);
}

void TstBatcher::nextDue()
{
    Bench bench(limits(2));
    const TimePoint start = bench.now;
    bench.add("a");
    QVERIFY(bench.batcher.nextDue() == start + Interval);
    bench.now += 100ms;
    bench.add("b");
    QVERIFY(bench.batcher.nextDue() == start + Interval);
    bench.add("a"); // closes it
    QVERIFY(bench.batcher.nextDue() == start + 100ms + Interval);
    QVERIFY(bench.batcher.take());
    QVERIFY(bench.batcher.nextDue() == start + 100ms + Interval);
    bench.now += 1ms;
    bench.add("a");
    QVERIFY(bench.batcher.nextDue() == start + 100ms + Interval);
    bench.now = start + 100ms + Interval;
    QCOMPARE(bench.takenProject(), "b"_ba);
    QVERIFY(bench.batcher.nextDue() == start + 101ms + Interval);
    bench.now += 1ms;
    QCOMPARE(bench.takenProject(), "a"_ba);
    QVERIFY(!bench.batcher.nextDue());
}

void TstBatcher::oldest()
{
    Bench bench(limits(2));
    const TimePoint start = bench.now;
    bench.add("a");
    bench.now += 1ms;
    bench.add("b");
    bench.now += 1ms;
    bench.add("a"); // closed, not taken
    QVERIFY(bench.batcher.oldest() == start);
    bench.now += 1ms;
    bench.add("a");
    QVERIFY(bench.batcher.oldest() == start);
    QCOMPARE(bench.takenProject(), "a"_ba);
    QVERIFY(bench.batcher.oldest() == start + 1ms);
    bench.batcher.block("b");
    QVERIFY(bench.batcher.oldest() == start + 1ms);
    bench.batcher.makeAllDue();
    QVERIFY(bench.batcher.oldest() == start + 1ms);
    QVERIFY(bench.batcher.takeFrom("b"));
    QVERIFY(bench.batcher.oldest() == start + 3ms);
    QCOMPARE(bench.takenProject(), "a"_ba);
    QVERIFY(!bench.batcher.oldest());
}

// What an earlier process has left waits for others of its project like a new call.
void TstBatcher::ageIsNoReasonToSend()
{
    Bench bench(limits(10));
    const TimePoint start = bench.now;
    bench.batcher.add("a", {}, 1h);
    QVERIFY(bench.batcher.oldest() == start - 1h);
    QVERIFY(!bench.batcher.take());
    QVERIFY(bench.batcher.nextDue() > start);
    bench.now = *bench.batcher.nextDue();
    QVERIFY(bench.batcher.take()->openedAt == start - 1h);
}

void TstBatcher::newLimits()
{
    Bench bench(limits(100));
    bench.add("a", 50);
    bench.batcher.setLimits(limits(3));
    bench.add("a", 50);
    QVERIFY(!bench.batcher.take());
    bench.add("a", 50);
    QCOMPARE(bench.takenCount(), std::size_t{3});

    bench.batcher.setLimits(limits(100, bodyBytes(2, 50)));
    bench.add("a", 50);
    bench.add("a", 50);
    QCOMPARE(bench.takenCount(), std::size_t{2});

    bench.batcher.setLimits(limits(100));
    bench.add("a", 50);
    bench.add("a", 50);
    bench.batcher.setLimits(limits(100, bodyBytes(2, 50) - 1));
    bench.add("a", 50); // may not join the two
    QCOMPARE(bench.takenCount(), std::size_t{2});
    bench.batcher.makeAllDue();
    QCOMPARE(bench.takenCount(), std::size_t{1});
}

// The call that comes after the change would take the batch over the new limit.
void TstBatcher::newCountLimitBelowWhatIsOpen()
{
    for (const std::size_t newLimit : {3U, 5U}) {
        Bench bench(limits(100));
        for (int i = 0; i < 5; ++i)
            bench.add("a");
        bench.batcher.setLimits(limits(newLimit));
        bench.add("a");
        QCOMPARE(bench.takenCount(), std::size_t{5});
        QVERIFY(!bench.batcher.take());
        bench.batcher.makeAllDue();
        QCOMPARE(bench.takenCount(), std::size_t{1});
    }
}

QTEST_APPLESS_MAIN(TstBatcher)
#include "tst_batcher.moc"
