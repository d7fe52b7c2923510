#include "unit/pairingbench.h"

#include <QTest>

using namespace Weave;
using namespace Qt::StringLiterals;

// Calls that do not travel in pairs after all: those of a project that is released, and the halves
// of a pair that is too large for one request.
class TstPairingReleases final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void releasesEverythingOfAProject();
    void releasesNothingOfOthers();
    void releasesInOrderOfArrival();
    void releasesTheEndOfAStartUnderWay();
    void forgetsStartsThatItHasReleased();
    void releasedBatchesSayWhatTheyAre();
    void releasedBatchesKeepTheLimits();
    void separates();
    void separatedCallsAreNoLongerFound();
    void separatesACallWhoseIdIsInUseAgain();
};

void TstPairingReleases::releasesEverythingOfAProject()
{
    Bench bench;
    bench.add("s1 e2 t3 t4 e4 s5");
    QCOMPARE(bench.release("a"), "s1 e2 t3 t4 e4 s5"_ba);
    QCOMPARE(bench.release("a"), ""_ba);
    QCOMPARE(bench.pairing.heldStarts(), std::size_t{0});
    QVERIFY(!bench.pairing.nextDue());
    QVERIFY(bench.singles().isEmpty());
    QCOMPARE(bench.add("e1 s2"), ""_ba);
}

void TstPairingReleases::releasesNothingOfOthers()
{
    Bench bench;
    bench.add("s1 e2 t3", "a");
    bench.add("s1 e2 t3", "b");
    QCOMPARE(bench.release("b"), "s1 e2 t3"_ba);
    QCOMPARE(bench.release("c"), ""_ba);
    QCOMPARE(bench.singles(), QByteArrayList{"t3"});
    QCOMPARE(bench.add("e1 s2", "a"), "s1 e1 s2 e2"_ba);
}

void TstPairingReleases::releasesInOrderOfArrival()
{
    Bench bench;
    bench.add("e5 t1");
    bench.add("s4 e1");
    bench.pairing.promoteStarts();
    bench.add("s2 e3");
    QCOMPARE(bench.release("a"), "e5 t1 s4 e1 s2 e3"_ba);
}

void TstPairingReleases::releasesTheEndOfAStartUnderWay()
{
    Bench bench;
    bench.add("t1 t2 e1");
    QCOMPARE(bench.singles(), (QByteArrayList{"t1", "t2"}));
    QCOMPARE(bench.release("a"), "e1"_ba);
    bench.settle();
    bench.settle();
    QVERIFY(bench.singles().isEmpty());
}

void TstPairingReleases::forgetsStartsThatItHasReleased()
{
    Bench bench;
    bench.deliverStart("s1");
    QCOMPARE(bench.release("a"), ""_ba);
    bench.add("e1");
    bench.pass(EndHold);
    QCOMPARE(bench.singles(), QByteArrayList{"e1"});
}

void TstPairingReleases::releasedBatchesSayWhatTheyAre()
{
    Bench bench;
    bench.add("s1 e2 t3", "a/b");
    bench.release("a/b");
    const Batch &batch = bench.released.at(0);
    QVERIFY(batch.route == Route::Upsert);
    QCOMPARE(batch.project, std::string("a/b"));
    QVERIFY(batch.bodySize >= upsertBody(batch.records, bench.spool).size());
    QCOMPARE(batch.recordsPerCall(), std::size_t{1});
}

void TstPairingReleases::releasedBatchesKeepTheLimits()
{
    Bench byCount(batchLimits(2, 1000000));
    byCount.add("s1 s2 e3 s4 e5");
    QCOMPARE(byCount.release("a"), "s1 s2; e3 s4; e5"_ba);

    Bench byBytes(batchLimits(1000, 200));
    byBytes.add("s1 s2 s3 s4");
    QCOMPARE(byBytes.release("a"), "s1 s2; s3 s4"_ba);
    for (const Batch &batch : byBytes.released) {
        QVERIFY(batch.bodySize <= 200);
        QVERIFY(upsertBody(batch.records, byBytes.spool).size() <= batch.bodySize);
    }
}

void TstPairingReleases::separates()
{
    Bench bench;
    bench.add("s1 e1");
    bench.pairing.separate(bench.complete.front());
    QCOMPARE(bench.singles(), QByteArrayList{"s1"});
    bench.settle();
    QCOMPARE(bench.singles(), QByteArrayList{R"(e1 of "T1")"});
    QVERIFY(!bench.pairing.nextDue());
}

void TstPairingReleases::separatedCallsAreNoLongerFound()
{
    Bench bench;
    bench.add("s1 e1");
    bench.pairing.separate(bench.complete.front());
    QCOMPARE(bench.add("s1x e1x"), "s1x e1x"_ba);
    QCOMPARE(bench.singles(), QByteArrayList{"s1"});
    QCOMPARE(bench.release("a"), "e1"_ba);
}

void TstPairingReleases::separatesACallWhoseIdIsInUseAgain()
{
    Bench bench;
    bench.add("s1 e1");
    const Batch pair = bench.complete.front();
    bench.add("s1x");
    bench.pairing.separate(pair);
    QCOMPARE(bench.add("e1x"), "s1x e1x"_ba);
}

QTEST_APPLESS_MAIN(TstPairingReleases)
#include "tst_pairingreleases.moc"
