#include "unit/batcherbench.h"

#include <QTest>

using namespace Weave;
using namespace Qt::StringLiterals;

// Projects beside each other: whose turn it is, who is left out, and who has enough.
class TstBatcherProjects final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void projectsAreSeparate();
    void goesRoundTheProjects();
    void aBusyProjectDelaysNoOther();
    void blockedProjectsArePassedOver();
    void blockedProjectsGoOnGathering();
    void unblockingWhatIsNotBlocked();
    void takesWhatAFilterAllows();
    void aRefusedProjectKeepsItsTurn();
    void takesFromOneProject();
    void takesFromABlockedProject();
    void knowsWhatIsReady();
    void aProjectIsFull();
    void allProjectsTogetherAreFull();
};

void TstBatcherProjects::projectsAreSeparate()
{
    Bench bench(limits(2));
    bench.add("a");
    bench.add("b");
    bench.add("a/b");
    QVERIFY(!bench.batcher.take());
    bench.add("b");
    QCOMPARE(bench.takenProject(), "b"_ba);
    QVERIFY(!bench.batcher.take());
    bench.batcher.makeAllDue();
    QCOMPARE(bench.takenProject(), "a"_ba);
    QCOMPARE(bench.takenProject(), "a/b"_ba);
    QVERIFY(!bench.batcher.take());
}

void TstBatcherProjects::goesRoundTheProjects()
{
    Bench bench(limits(1));
    for (int i = 0; i < 3; ++i) {
        for (const char *project : {"a", "b", "c"})
            bench.add(project);
    }
    QByteArray order;
    for (int i = 0; i < 9; ++i)
        order += bench.takenProject();
    QCOMPARE(order, "abcabcabc"_ba);
}

void TstBatcherProjects::aBusyProjectDelaysNoOther()
{
    Bench bench(limits(1));
    for (int i = 0; i < 100; ++i)
        bench.add("busy");
    bench.add("quiet");
    QCOMPARE(bench.takenProject(), "busy"_ba);
    QCOMPARE(bench.takenProject(), "quiet"_ba);
    // It goes on coming.
    bench.add("quiet");
    bench.add("busy");
    QCOMPARE(bench.takenProject(), "busy"_ba);
    QCOMPARE(bench.takenProject(), "quiet"_ba);
    for (int i = 0; i < 99; ++i)
        QCOMPARE(bench.takenProject(), "busy"_ba);
    QVERIFY(!bench.batcher.take());
}

void TstBatcherProjects::blockedProjectsArePassedOver()
{
    Bench bench(limits(1));
    bench.add("a");
    bench.add("b");
    bench.add("a");
    bench.batcher.block("a");
    QCOMPARE(bench.takenProject(), "b"_ba);
    QVERIFY(!bench.batcher.take());
    bench.batcher.unblock("a");
    QCOMPARE(bench.takenProject(), "a"_ba);
    QCOMPARE(bench.takenProject(), "a"_ba);
    QVERIFY(!bench.batcher.take());
}

void TstBatcherProjects::blockedProjectsGoOnGathering()
{
    Bench bench(limits(2));
    bench.batcher.block("a");
    for (int i = 0; i < 3; ++i)
        bench.add("a");
    bench.now += Interval;
    bench.add("a");
    bench.add("a");
    QVERIFY(!bench.batcher.take());
    bench.now += Interval;
    QVERIFY(!bench.batcher.take());
    bench.batcher.makeAllDue();
    QVERIFY(!bench.batcher.take());
    bench.batcher.unblock("a");
    QCOMPARE(bench.takenCount(), std::size_t{2});
    QCOMPARE(bench.takenCount(), std::size_t{2});
    QCOMPARE(bench.takenCount(), std::size_t{1});
    QVERIFY(!bench.batcher.take());
}

void TstBatcherProjects::unblockingWhatIsNotBlocked()
{
    Bench bench(limits(1));
    bench.batcher.unblock("a");
    bench.add("a");
    bench.batcher.unblock("a");
    bench.batcher.unblock("a");
    QCOMPARE(bench.takenProject(), "a"_ba);
    QVERIFY(!bench.batcher.take());

    // Blocked once is blocked, however often it is said.
    bench.batcher.block("a");
    bench.batcher.block("a");
    bench.add("a");
    QVERIFY(!bench.batcher.take());
    bench.batcher.unblock("a");
    QCOMPARE(bench.takenProject(), "a"_ba);
}

void TstBatcherProjects::takesWhatAFilterAllows()
{
    Bench bench(limits(1));
    const auto isB = [](const std::string &project) { return project == "b"; };
    QVERIFY(!bench.batcher.take(isB));
    for (const char *project : {"a", "b", "c", "b"})
        bench.add(project);
    for (int i = 0; i < 2; ++i) {
        const auto batch = bench.batcher.take(isB);
        QVERIFY(batch);
        QCOMPARE(toBytes(batch->project), "b"_ba);
    }
    QVERIFY(!bench.batcher.take(isB));
    bench.add("b");
    bench.batcher.block("b");
    QVERIFY(!bench.batcher.take(isB)); // the filter does not unblock it
    bench.batcher.unblock("b");
    QVERIFY(bench.batcher.take(isB));
    // Nothing of the others is lost.
    QCOMPARE(bench.takenProject(), "a"_ba);
    QCOMPARE(bench.takenProject(), "c"_ba);
    QVERIFY(!bench.batcher.take());
}

void TstBatcherProjects::aRefusedProjectKeepsItsTurn()
{
    Bench bench(limits(1));
    for (const char *project : {"a", "b", "c"})
        bench.add(project);
    const auto isNotA = [](const std::string &project) { return project != "a"; };
    const auto batch = bench.batcher.take(isNotA);
    QVERIFY(batch);
    QCOMPARE(toBytes(batch->project), "b"_ba);
    QCOMPARE(bench.takenProject(), "a"_ba);
    QCOMPARE(bench.takenProject(), "c"_ba);
}

void TstBatcherProjects::takesFromOneProject()
{
    Bench bench(limits(2));
    for (int i = 0; i < 5; ++i) {
        bench.add("a");
        bench.add("b");
    }
    QVERIFY(!bench.batcher.takeFrom("c"));
    for (int i = 0; i < 2; ++i) {
        const auto batch = bench.batcher.takeFrom("b");
        QVERIFY(batch);
        QCOMPARE(toBytes(batch->project), "b"_ba);
        QCOMPARE(batch->records.size(), std::size_t{2});
    }
    QVERIFY(!bench.batcher.takeFrom("b")); // open and not due
    bench.now += Interval;
    const auto due = bench.batcher.takeFrom("b");
    QVERIFY(due);
    QCOMPARE(due->records.size(), std::size_t{1});
    QVERIFY(!bench.batcher.takeFrom("b"));
    // The other's are all there.
    for (int i = 0; i < 3; ++i)
        QCOMPARE(bench.takenProject(), "a"_ba);
    QVERIFY(!bench.batcher.take());
    QVERIFY(!bench.batcher.oldest());
}

void TstBatcherProjects::takesFromABlockedProject()
{
    Bench bench(limits(1));
    bench.add("a");
    bench.add("a");
    bench.batcher.block("a");
    QVERIFY(!bench.batcher.take());
    QVERIFY(bench.batcher.takeFrom("a"));
    QVERIFY(!bench.batcher.take());
    bench.batcher.unblock("a");
    QVERIFY(bench.batcher.take());
    QVERIFY(!bench.batcher.takeFrom("a"));
}

void TstBatcherProjects::knowsWhatIsReady()
{
    Bench bench(limits(2));
    QVERIFY(!bench.batcher.hasReady("a"));
    bench.add("a");
    QVERIFY(!bench.batcher.hasReady("a"));
    bench.now += Interval;
    QVERIFY(bench.batcher.hasReady("a"));
    QVERIFY(!bench.batcher.hasReady("b"));
    QCOMPARE(bench.takenCount(), std::size_t{1});
    QVERIFY(!bench.batcher.hasReady("a"));
    bench.add("a");
    bench.add("a");
    QVERIFY(bench.batcher.hasReady("a"));
}

void TstBatcherProjects::aProjectIsFull()
{
    BatchLimits bounds = limits(2);
    bounds.maxLaneCalls = 3;
    Bench bench(bounds);
    QVERIFY(!bench.batcher.isFull("a"));
    bench.add("a");
    bench.add("a"); // closed
    bench.add("b");
    QVERIFY(!bench.batcher.isFull("a"));
    bench.add("a"); // open
    QVERIFY(bench.batcher.isFull("a"));
    QVERIFY(!bench.batcher.isFull("b"));
    QVERIFY(!bench.batcher.isFull("c"));
    bench.add("b"); // whichever came last
    QVERIFY(bench.batcher.isFull("a"));
    QCOMPARE(bench.takenCount(), std::size_t{2});
    QCOMPARE(bench.takenCount(), std::size_t{2});
    QVERIFY(!bench.batcher.isFull("a"));
    bench.add("a");
    bench.add("a");
    QVERIFY(bench.batcher.isFull("a"));
    bench.batcher.makeAllDue();
    QVERIFY(bench.batcher.isFull("a")); // due is not gone
    while (bench.batcher.takeFrom("a")) { }
    QVERIFY(!bench.batcher.isFull("a"));
}

void TstBatcherProjects::allProjectsTogetherAreFull()
{
    BatchLimits bounds = limits(2);
    bounds.maxCalls = 3;
    Bench bench(bounds);
    bench.add("a");
    bench.add("b");
    QVERIFY(!bench.batcher.isFull("a"));
    QVERIFY(!bench.batcher.isFull("c"));
    bench.add("a");
    QVERIFY(!bench.batcher.isFull("c"));
    bounds.maxLaneCalls = 100; // a hundredth of it is left to everybody
    bench.batcher.setLimits(bounds);
    QVERIFY(bench.batcher.isFull("a"));
    QVERIFY(bench.batcher.isFull("b"));
    QVERIFY(!bench.batcher.isFull("c"));
    for (const char *project : {"c", "d", "e"})
        bench.add(project);
    QVERIFY(bench.batcher.isFull("f")); // twice as many are too many for anybody
    QCOMPARE(bench.takenProject(), "a"_ba);
    QVERIFY(bench.batcher.isFull("b"));
    QVERIFY(!bench.batcher.isFull("f"));
}

QTEST_APPLESS_MAIN(TstBatcherProjects)
#include "tst_batcherprojects.moc"
