#include "unit/pairingbench.h"

#include <QTest>

using namespace Weave;
using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

// Calls that come twice, and bounds.
class TstPairingLimits final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void repeated_data();
    void repeated();
    void repeatedWhileUnderWay();
    void repeatedEndOfAStartUnderWay();
    void anotherStartOfAHeldCall();
    void anotherStartOfADueCall();
    void anotherStartOfACallUnderWay();
    void anotherStartOfADeliveredCall();
    void anotherEndOfAHeldCall();
    void anotherEndOutlivesTheFirst();
    void anotherEndOfACallUnderWay();
    void anotherEndDoesNotHideTheStart();
    void holdsNoMoreThanItMay();
    void isFull_data();
    void isFull();
    void isNoLongerFull();
    void aCrowdLeavesLittleForEach();
    void remembersNoMoreDeliveredStartsThanItMay();
    void splitsByCount_data();
    void splitsByCount();
    void splitsByBytes_data();
    void splitsByBytes();
    void aPairLargerThanTheLimitGoesAlone();
};

void TstPairingLimits::repeated_data()
{
    QTest::addColumn<QByteArrayList>("batches");
    QTest::addColumn<QByteArray>("pairs"); // of the last one
    QTest::addColumn<QByteArray>("repeated");
    QTest::newRow("start") << QByteArrayList{"s1 s1"} << ""_ba
                           << "s1"_ba;
    QTest::newRow("start, two batches") << QByteArrayList{"s1", "s1"} << ""_ba
                                        << "s1"_ba;
    QTest::newRow("end") << QByteArrayList{"e1 e1"} << ""_ba
                         << "e1"_ba;
    QTest::newRow("end, two batches") << QByteArrayList{"e1", "e1"} << ""_ba
                                      << "e1"_ba;
    QTest::newRow("start without trace_id") << QByteArrayList{"t1", "t1"} << ""_ba
                                            << "t1"_ba;
    QTest::newRow("its end") << QByteArrayList{"t1 e1", "e1"} << ""_ba
                             << "e1"_ba;
    QTest::newRow("three times") << QByteArrayList{"s1", "s1 s1"} << ""_ba
                                 << "s1 s1"_ba;
    QTest::newRow("and its end") << QByteArrayList{"s1", "s1 e1"} << "s1 e1"_ba
                                 << "s1"_ba;
    QTest::newRow("another start") << QByteArrayList{"s1", "s1x"} << ""_ba
                                   << ""_ba;
    QTest::newRow("another end") << QByteArrayList{"e1", "e1x"} << ""_ba
                                 << ""_ba;
    QTest::newRow("another id") << QByteArrayList{"s1 e2", "s3 e4"} << ""_ba
                                << ""_ba;
    QTest::newRow("after a pair") << QByteArrayList{"s1 e1", "s1"} << ""_ba
                                  << ""_ba;
}

void TstPairingLimits::repeated()
{
    QFETCH(QByteArrayList, batches);
    QFETCH(QByteArray, pairs);
    QFETCH(QByteArray, repeated);
    Bench bench;
    QByteArray lastPairs;
    for (const QByteArray &batch : batches)
        lastPairs = bench.add(batch);
    QCOMPARE(lastPairs, pairs);
    QCOMPARE(bench.describe(bench.added.repeated), repeated);
}

void TstPairingLimits::repeatedWhileUnderWay()
{
    Bench bench;
    bench.add("s1");
    bench.pairing.promoteStarts();
    QCOMPARE(bench.single(), "s1"_ba);
    bench.add("s1");
    QCOMPARE(bench.describe(bench.added.repeated), "s1"_ba);
}

void TstPairingLimits::repeatedEndOfAStartUnderWay()
{
    Bench bench;
    bench.add("t1");
    QCOMPARE(bench.single(), "t1"_ba);
    bench.add("e1");
    bench.add("e1");
    QCOMPARE(bench.describe(bench.added.repeated), "e1"_ba);
    bench.settle();
    bench.add("e1");
    QCOMPARE(bench.describe(bench.added.repeated), "e1"_ba);
    QCOMPARE(bench.singles(), QByteArrayList{R"(e1 of "T1")"});
}

void TstPairingLimits::anotherStartOfAHeldCall()
{
    Bench bench;
    bench.add("s1");
    bench.add("s1x");
    QCOMPARE(bench.singles(), QByteArrayList{"s1"});
    QCOMPARE(bench.add("e1"), "s1x e1"_ba);
    bench.settle();
    QVERIFY(bench.singles().isEmpty());
}

void TstPairingLimits::anotherStartOfADueCall()
{
    Bench bench;
    bench.add("t1");
    bench.add("s1x");
    QCOMPARE(bench.add("e1"), "s1x e1"_ba);
    QCOMPARE(bench.singles(), QByteArrayList{"t1"});
}

void TstPairingLimits::anotherStartOfACallUnderWay()
{
    Bench bench;
    bench.add("t1");
    QCOMPARE(bench.single(), "t1"_ba);
    bench.add("s1x");
    QCOMPARE(bench.add("e1"), ""_ba);
    QCOMPARE(bench.singles(), QByteArrayList{"s1x"});
    bench.settle();
    QCOMPARE(bench.singles(), QByteArrayList{R"(e1 of "T1")"});
    bench.settle();
    QVERIFY(bench.singles().isEmpty());
}

void TstPairingLimits::anotherStartOfADeliveredCall()
{
    Bench bench;
    bench.deliverStart("s1");
    bench.add("s1x");
    QCOMPARE(bench.singles(), QByteArrayList{"s1x"});
    bench.add("e1");
    QCOMPARE(bench.singles(), QByteArrayList{R"(e1 of "T1")"});
}

void TstPairingLimits::anotherEndOfAHeldCall()
{
    Bench bench;
    bench.add("e1");
    bench.add("e1x");
    QCOMPARE(bench.add("s1"), "s1 e1x"_ba);
    bench.pass(EndHold);
    QCOMPARE(bench.singles(), QByteArrayList{"e1"});
}

void TstPairingLimits::anotherEndOutlivesTheFirst()
{
    Bench bench;
    bench.add("e1");
    bench.pass(EndHold / 2);
    bench.add("e1x");
    bench.pass(EndHold / 2);
    QCOMPARE(bench.singles(), QByteArrayList{"e1"});
    QCOMPARE(bench.add("s1"), "s1 e1x"_ba);
}

void TstPairingLimits::anotherEndOfACallUnderWay()
{
    Bench bench;
    bench.add("t1 e1 e1x");
    QCOMPARE(bench.singles(), QByteArrayList{"t1"});
    bench.settle();
    QCOMPARE(bench.singles(), QByteArrayList{R"(e1 of "T1")"});
    bench.pass(EndHold);
    QCOMPARE(bench.singles(), QByteArrayList{"e1x"});
}

void TstPairingLimits::anotherEndDoesNotHideTheStart()
{
    Bench bench;
    bench.add("t1 e1 e1x");
    bench.add("t1");
    QCOMPARE(bench.describe(bench.added.repeated), "t1"_ba);
}

void TstPairingLimits::holdsNoMoreThanItMay()
{
    Bench bench(maxHeld(3));
    bench.add("s1 s2", "a");
    bench.add("s3", "b");
    QVERIFY(bench.singles().isEmpty());
    bench.add("s4 s5", "c");
    QCOMPARE(bench.pairing.heldStarts(), std::size_t{3});
    QCOMPARE(bench.singles(), (QByteArrayList{"s1", "s2"}));
}

void TstPairingLimits::isFull_data()
{
    QTest::addColumn<QByteArray>("calls");
    QTest::addColumn<bool>("isFull"); // with room for two starts and a batch of two
    QTest::newRow("starts") << "s1 s2 s3"_ba << false;
    QTest::newRow("starts, one more") << "s1 s2 s3 s4"_ba << true;
    QTest::newRow("ends") << "e1 e2 e3"_ba << false;
    QTest::newRow("ends, one more") << "e1 e2 e3 e4"_ba << true;
    QTest::newRow("on their own") << "t1 t2 t3"_ba << false;
    QTest::newRow("on their own, one more") << "t1 t2 t3 t4"_ba << true;
    QTest::newRow("some of each") << "s1 t2 e3"_ba << false;
    QTest::newRow("some of each, one more") << "s1 s2 t3 e4"_ba << true;
    QTest::newRow("pairs leave") << "s1 e1 s2 e2 s3 e3 s4 e4"_ba << false;
}

void TstPairingLimits::isFull()
{
    QFETCH(QByteArray, calls);
    QFETCH(bool, isFull);
    Bench bench(maxKept(2, 2));
    bench.add(calls);
    QCOMPARE(bench.pairing.isFull("a"), isFull);
    QVERIFY(!bench.pairing.isFull("b"));
}

void TstPairingLimits::isNoLongerFull()
{
    Bench bench(maxKept(2, 2));
    bench.add("t1 t2 e3 e4");
    QVERIFY(bench.pairing.isFull("a"));
    QCOMPARE(bench.single(), "t1"_ba);
    QVERIFY(!bench.pairing.isFull("a"));
    bench.add("e5");
    QVERIFY(bench.pairing.isFull("a"));
    bench.add("s5");
    QVERIFY(!bench.pairing.isFull("a"));
    bench.add("e6");
    QVERIFY(bench.pairing.isFull("a"));
    bench.release("a");
    QVERIFY(!bench.pairing.isFull("a"));
}

void TstPairingLimits::aCrowdLeavesLittleForEach()
{
    Bench bench(maxHeld(200)); // a thousand of all projects
    for (int i = 0; i < 998; ++i)
        bench.add("e" + QByteArray::number(i), "crowd" + std::to_string(i % 10));
    bench.add("e1", "a");
    QVERIFY(!bench.pairing.isFull("crowd1"));
    bench.add("e1", "b");
    QVERIFY(bench.pairing.isFull("crowd1"));
    QVERIFY(!bench.pairing.isFull("b"));
    bench.add("e2", "b");
    QVERIFY(bench.pairing.isFull("b"));
    QVERIFY(!bench.pairing.isFull("c"));
    bench.release("crowd1");
    QVERIFY(!bench.pairing.isFull("b"));
}

void TstPairingLimits::remembersNoMoreDeliveredStartsThanItMay()
{
    Bench bench(maxHeld(2));
    for (const char *start : {"s1", "s2", "s3"})
        bench.deliverStart(start);
    bench.add("e1 e2 e3");
    QCOMPARE(bench.singles(), (QByteArrayList{R"(e2 of "T2")", R"(e3 of "T3")"}));
    bench.pass(EndHold);
    QCOMPARE(bench.singles(), QByteArrayList{"e1"});
}

void TstPairingLimits::splitsByCount_data()
{
    QTest::addColumn<int>("maxCount");
    QTest::addColumn<QByteArray>("batches");
    QTest::newRow("one pair") << 2 << "s1 e1; s2 e2; s3 e3"_ba;
    QTest::newRow("no half a pair") << 3 << "s1 e1; s2 e2; s3 e3"_ba;
    QTest::newRow("two pairs") << 4 << "s1 e1 s2 e2; s3 e3"_ba;
    QTest::newRow("two and a half") << 5 << "s1 e1 s2 e2; s3 e3"_ba;
    QTest::newRow("all") << 6 << "s1 e1 s2 e2 s3 e3"_ba;
    QTest::newRow("less than a pair") << 1 << "s1 e1; s2 e2; s3 e3"_ba;
}

void TstPairingLimits::splitsByCount()
{
    QFETCH(int, maxCount);
    QFETCH(QByteArray, batches);
    Bench bench(batchLimits(static_cast<std::size_t>(maxCount), 1000000));
    QCOMPARE(bench.add("s1 s2 s3 e1 e2 e3"), batches);
}

void TstPairingLimits::splitsByBytes_data()
{
    QTest::addColumn<int>("beyond"); // the limit, relative to the size of two pairs
    QTest::addColumn<QByteArray>("batches");
    QTest::newRow("exactly two") << 0 << "s1 e1 s2 e2; s3 e3 s4 e4"_ba;
    QTest::newRow("a byte less") << -1 << "s1 e1; s2 e2; s3 e3; s4 e4"_ba;
    QTest::newRow("a byte more") << 1 << "s1 e1 s2 e2; s3 e3 s4 e4"_ba;
}

void TstPairingLimits::splitsByBytes()
{
    QFETCH(int, beyond);
    QFETCH(QByteArray, batches);
    const auto pair = payloadOf("s1").size() + payloadOf("e1").size() + 1;
    const std::size_t maxBytes = upsertFrameSize() + static_cast<std::size_t>(2 * pair + beyond);
    Bench bench(batchLimits(1000, maxBytes));
    QCOMPARE(bench.add("s1 e1 s2 e2 s3 e3 s4 e4"), batches);
    for (const Batch &batch : bench.complete) {
        QVERIFY(batch.bodySize <= maxBytes);
        QVERIFY(completeBody(batch.records, bench.spool).size() <= batch.bodySize);
    }
}

void TstPairingLimits::aPairLargerThanTheLimitGoesAlone()
{
    const QByteArray large = "e2" + QByteArray(1000, 'x');
    Bench bench(batchLimits(1000, 500));
    QCOMPARE(bench.add("s1 e1 s2 " + large + " s3 e3"), "s1 e1; s2 " + large + "; s3 e3");
    QVERIFY(bench.complete.at(1).bodySize > 1000);
}

QTEST_APPLESS_MAIN(TstPairingLimits)
#include "tst_pairinglimits.moc"
