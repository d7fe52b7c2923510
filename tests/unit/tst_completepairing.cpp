#include "unit/pairingbench.h"

#include <QTest>

using namespace Weave;
using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

class TstCompletePairing final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void empty();
    void pairs_data();
    void pairs();
    void idsMayBeWrittenInTwoWays();
    void projectsAreSeparate();
    void completeBatchesSayWhatTheyAre();
    void singlesSayWhatTheyAre();
    void heldStartsAreMarked();
    void whatIsHeldAgainIsNotTold();
    void aStartWithoutTraceIdGoesAtOnce();
    void anEndOfAStartWithoutTraceId_data();
    void anEndOfAStartWithoutTraceId();
    void aNullTraceIdIsNone();
    void holdExpires();
    void holdsCountFromEachStart();
    void anEndWhileItsStartIsUnderWay();
    void aStartThatIsTakenBack();
    void anEndOfAStartThatIsTakenBack();
    void anEndAfterItsStartHasArrived();
    void aLongStartedAtIsNotKept();
    void anEndWithoutAStart();
    void aStartInTimeForItsEnd();
    void aDueEndStillPairs();
    void aDueStartStillPairs();
    void promotesStarts();
    void clientGone();
    void aClientThatIsStillThere();
    void aClientNobodyKnowsIsNeverGone();
    void startsOfAClientThatHasGoneBefore();
    void aClientThatGoesLongAfterAnother();
    void clientsThatGoOneAfterTheOther();
    void anEndThatCameWithinTheInterval();
    void projectsTakeTurns();
    void takesWhatAFilterAllows();
    void aRefusedProjectKeepsItsTurn();
    void asksOnlyForProjectsWithSomethingDue();
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
    void nextDue();
    void nextDueOfAnEnd();
    void nextDueIsTheEarliest();
    void nextDueOfAClientGone();
    void stopsHolding();
    void holdsNothingAfterwards();
};

void TstCompletePairing::empty()
{
    Bench bench;
    bench.pairing.promoteDue();
    bench.pairing.promoteStarts();
    QVERIFY(bench.singles().isEmpty());
    QVERIFY(!bench.pairing.nextDue());
    QVERIFY(!bench.pairing.isFull("a"));
    QCOMPARE(bench.release("a"), ""_ba);
    QCOMPARE(bench.pairing.heldStarts(), std::size_t{0});
}

void TstCompletePairing::pairs_data()
{
    QTest::addColumn<QByteArrayList>("batches");
    QTest::addColumn<QByteArrayList>("pairs"); // of each
    const auto row = [](const char *name, const QByteArrayList &batches,
                        const QByteArrayList &pairs) { QTest::newRow(name) << batches << pairs; };
    row("start first", {"s1 e1"}, {"s1 e1"});
    row("end first", {"e1 s1"}, {"s1 e1"});
    row("start first, two batches", {"s1", "e1"}, {"", "s1 e1"});
    row("end first, two batches", {"e1", "s1"}, {"", "s1 e1"});
    row("several", {"s1 s2 e1 e2 e3 s3"}, {"s1 e1 s2 e2 s3 e3"});
    row("in the order of the second halves", {"s1 s2 e2 e1"}, {"s2 e2 s1 e1"});
    row("some of each", {"s1 e2 s3 e3", "s4", "e4 e1 s2"}, {"s3 e3", "", "s4 e4 s1 e1 s2 e2"});
    row("no halves of one call", {"s1 e2"}, {""});
    row("an id that is used again", {"s1 e1", "s1x e1x"}, {"s1 e1", "s1x e1x"});
}

void TstCompletePairing::pairs()
{
    QFETCH(QByteArrayList, batches);
    QFETCH(QByteArrayList, pairs);
    Bench bench;
    for (qsizetype i = 0; i < batches.size(); ++i)
        QCOMPARE(bench.add(batches[i]), pairs[i]);
    QVERIFY(bench.singles().isEmpty());
}

void TstCompletePairing::idsMayBeWrittenInTwoWays()
{
    Bench bench;
    bench.add("s1");
    Batch batch;
    batch.project = "a";
    batch.records = {*bench.spool.append({CallKind::End, "a", "1", R"({"end":{"id":"\u0031"}})"})};
    QCOMPARE(bench.pairing.add(batch).complete.size(), std::size_t{1});
}

void TstCompletePairing::projectsAreSeparate()
{
    Bench bench;
    bench.add("s1", "a");
    QCOMPARE(bench.add("e1", "b"), ""_ba);
    QCOMPARE(bench.add("e1", "a"), "s1 e1"_ba);
    QCOMPARE(bench.add("s1", "b"), "s1 e1"_ba);
}

void TstCompletePairing::completeBatchesSayWhatTheyAre()
{
    Bench bench;
    bench.add("s1 s2 e1 e2", "a/b");
    const Batch &batch = bench.added.complete.at(0);
    QCOMPARE(batch.project, std::string("a/b"));
    QVERIFY(batch.route == Route::Complete);
    QVERIFY(batch.openedAt == bench.now);
    QVERIFY(batch.bodySize >= completeBody(batch.records, bench.spool).size());
    QCOMPARE(batch.recordsPerCall(), std::size_t{2});
}

void TstCompletePairing::singlesSayWhatTheyAre()
{
    Bench bench;
    bench.add("t1 e1", "a/b");
    QCOMPARE(bench.single(), "t1"_ba);
    QVERIFY(bench.taken.route == Route::Start);
    QCOMPARE(bench.taken.project, std::string("a/b"));
    QCOMPARE(bench.taken.bodySize, startBody(bench.taken.records.front(), bench.spool).size());
    bench.settle();
    QCOMPARE(bench.single(), R"(e1 of "T1")"_ba);
    QVERIFY(bench.taken.route == Route::End);
    QCOMPARE(bench.taken.project, std::string("a/b"));
}

void TstCompletePairing::heldStartsAreMarked()
{
    Bench bench;
    bench.add("s1 t2 e3");
    QCOMPARE(bench.describe(bench.added.held), "s1"_ba);
    QVERIFY(bench.added.held.front().wasHeld);
    bench.add("e1");
    QVERIFY(bench.added.held.empty());
    const Batch &pair = bench.added.complete.front();
    QVERIFY(pair.records.front().wasHeld);
    QVERIFY(!pair.records.back().wasHeld);
}

void TstCompletePairing::whatIsHeldAgainIsNotTold()
{
    Bench bench;
    bench.add("s1 s2");
    QCOMPARE(bench.release("a"), "s1 s2"_ba);
    bench.added = bench.pairing.add(bench.released.front());
    QVERIFY(bench.added.held.empty());
    QCOMPARE(bench.pairing.heldStarts(), std::size_t{2});
    QVERIFY(bench.added.repeated.empty());
}

void TstCompletePairing::aStartWithoutTraceIdGoesAtOnce()
{
    Bench bench;
    bench.add("t1");
    QCOMPARE(bench.pairing.heldStarts(), std::size_t{0});
    QVERIFY(bench.added.held.empty());
    QCOMPARE(bench.singles(), QByteArrayList{"t1"});
}

void TstCompletePairing::anEndOfAStartWithoutTraceId_data()
{
    QTest::addColumn<QByteArrayList>("batches");
    QTest::newRow("one batch") << QByteArrayList{"t1 e1"};
    QTest::newRow("two batches") << QByteArrayList{"t1", "e1"};
    QTest::newRow("end first") << QByteArrayList{"e1 t1"};
    QTest::newRow("end first, two batches") << QByteArrayList{"e1", "t1"};
}

void TstCompletePairing::anEndOfAStartWithoutTraceId()
{
    QFETCH(QByteArrayList, batches);
    Bench bench;
    for (const QByteArray &batch : batches)
        QCOMPARE(bench.add(batch), ""_ba);
    QCOMPARE(bench.singles(), QByteArrayList{"t1"});
    bench.pass(Hold);
    QVERIFY(bench.singles().isEmpty());
    bench.settle();
    QCOMPARE(bench.singles(), QByteArrayList{R"(e1 of "T1")"});
}

void TstCompletePairing::aNullTraceIdIsNone()
{
    Bench bench;
    Batch batch;
    batch.project = "a";
    batch.records = {*bench.spool.append(
        {CallKind::Start, "a", "1", R"({"start":{"id":"1","trace_id":null}})"})};
    QVERIFY(bench.pairing.add(batch).held.empty());
    QVERIFY(bench.pairing.takeSingle([](const auto &) { return true; }));
}

void TstCompletePairing::holdExpires()
{
    Bench bench;
    bench.add("s1");
    QCOMPARE(bench.pairing.heldStarts(), std::size_t{1});
    bench.pass(Hold - 1ms);
    QVERIFY(bench.singles().isEmpty());
    bench.pass(1ms);
    QCOMPARE(bench.pairing.heldStarts(), std::size_t{0});
    QCOMPARE(bench.singles(), QByteArrayList{"s1"});
}

void TstCompletePairing::holdsCountFromEachStart()
{
    Bench bench;
    bench.add("s1 s2");
    bench.pass(Hold / 2);
    bench.add("s3");
    bench.pass(Hold / 2);
    QCOMPARE(bench.singles(), (QByteArrayList{"s1", "s2"}));
    bench.pass(Hold / 2);
    QCOMPARE(bench.singles(), QByteArrayList{"s3"});
}

void TstCompletePairing::anEndWhileItsStartIsUnderWay()
{
    Bench bench;
    bench.add("s1");
    bench.pass(Hold);
    QCOMPARE(bench.single(), "s1"_ba);
    QCOMPARE(bench.add("e1"), ""_ba);
    bench.pass(Hold);
    QVERIFY(bench.singles().isEmpty());
    bench.settle();
    QCOMPARE(bench.singles(), QByteArrayList{R"(e1 of "T1")"});
}

// It is not a repetition of itself, and its end finds it.
void TstCompletePairing::aStartThatIsTakenBack()
{
    Bench bench;
    bench.add("s1");
    bench.pass(Hold);
    QCOMPARE(bench.single(), "s1"_ba);
    bench.pairing.takeBack(bench.taken);
    bench.pairing.takeBack(bench.taken); // nothing more to take
    bench.added = bench.pairing.add(bench.taken);
    QVERIFY(bench.added.repeated.empty());
    QCOMPARE(bench.pairing.heldStarts(), std::size_t{1});
    QCOMPARE(bench.add("e1"), "s1 e1"_ba);
}

void TstCompletePairing::anEndOfAStartThatIsTakenBack()
{
    Bench bench;
    bench.add("s1 s2");
    bench.pass(Hold);
    QCOMPARE(bench.single(), "s1"_ba);
    const Batch first = bench.taken;
    QCOMPARE(bench.single(), "s2"_ba);
    bench.add("e1 e2");
    bench.pairing.takeBack(first);
    bench.pairing.takeBack(bench.taken);
    bench.added = bench.pairing.add(bench.taken); // one comes again
    QCOMPARE(bench.describe(bench.added.complete), "s2 e2"_ba);
    QVERIFY(bench.singles().isEmpty());
    bench.pass(EndHold);
    QCOMPARE(bench.singles(), QByteArrayList{R"(e1 of "T1")"});
}

void TstCompletePairing::anEndAfterItsStartHasArrived()
{
    Bench bench;
    bench.deliverStart("s1");
    QCOMPARE(bench.add("e1"), ""_ba);
    QCOMPARE(bench.singles(), QByteArrayList{R"(e1 of "T1")"});
}

void TstCompletePairing::aLongStartedAtIsNotKept()
{
    Bench bench;
    bench.deliverStart("s1" + QByteArray(70, 'x'));
    bench.add("e1");
    QCOMPARE(bench.singles(), QByteArrayList{"e1"});
}

void TstCompletePairing::anEndWithoutAStart()
{
    Bench bench;
    bench.add("e1");
    bench.pass(EndHold - 1ms);
    QVERIFY(bench.singles().isEmpty());
    bench.pass(1ms);
    QCOMPARE(bench.singles(), QByteArrayList{"e1"});
}

void TstCompletePairing::aStartInTimeForItsEnd()
{
    Bench bench;
    bench.add("e1");
    bench.pass(EndHold - 1ms);
    QCOMPARE(bench.add("s1"), "s1 e1"_ba);
    bench.pass(Hold);
    QVERIFY(bench.singles().isEmpty());
}

void TstCompletePairing::aDueEndStillPairs()
{
    Bench bench;
    bench.add("e1");
    bench.pass(EndHold);
    QCOMPARE(bench.add("s1"), "s1 e1"_ba);
    QVERIFY(bench.singles().isEmpty());
}

void TstCompletePairing::aDueStartStillPairs()
{
    Bench bench;
    bench.add("s1 s2");
    bench.pass(Hold);
    QCOMPARE(bench.add("e1"), "s1 e1"_ba);
    QCOMPARE(bench.singles(), QByteArrayList{"s2"});
}

void TstCompletePairing::promotesStarts()
{
    Bench bench;
    bench.add("s1 e2 s3");
    bench.pairing.promoteStarts();
    QCOMPARE(bench.singles(), (QByteArrayList{"s1", "s3"}));
}

void TstCompletePairing::clientGone()
{
    Bench bench;
    bench.add("s1@1 s2@2 s3@1 s4 e5@1");
    bench.gone = {1};
    bench.pairing.clientGone(1);
    bench.pass(Interval - 1ms);
    QVERIFY(bench.singles().isEmpty());
    bench.pass(1ms);
    QCOMPARE(bench.singles(), (QByteArrayList{"s1", "s3"}));
}

void TstCompletePairing::aClientThatIsStillThere()
{
    Bench bench;
    bench.add("s1@1");
    bench.pairing.clientGone(1);
    bench.pass(Interval);
    QVERIFY(bench.singles().isEmpty());
}

void TstCompletePairing::aClientNobodyKnowsIsNeverGone()
{
    Bench bench;
    bench.gone = {0};
    bench.add("s1@0");
    QVERIFY(*bench.pairing.nextDue() == bench.now + Hold);
    bench.pairing.clientGone(1);
    bench.pass(Interval);
    QVERIFY(bench.singles().isEmpty());
}

void TstCompletePairing::startsOfAClientThatHasGoneBefore()
{
    Bench bench;
    bench.gone = {1};
    bench.pairing.clientGone(1);
    bench.pass(Interval);
    bench.add("s1@1 s2@2");
    bench.pass(Interval - 1ms);
    QVERIFY(bench.singles().isEmpty());
    bench.pass(1ms);
    QCOMPARE(bench.singles(), QByteArrayList{"s1"});
}

// Nobody calls promoteDue() while nextDue() names no time.
void TstCompletePairing::aClientThatGoesLongAfterAnother()
{
    Bench bench;
    bench.gone = {1};
    bench.pairing.clientGone(1);
    bench.now += 1h;
    bench.add("s2@2");
    bench.gone = {1, 2};
    bench.pairing.clientGone(2);
    QVERIFY(*bench.pairing.nextDue() == bench.now + Interval);
    bench.pairing.promoteDue();
    QVERIFY(bench.singles().isEmpty());
    bench.pass(Interval);
    QCOMPARE(bench.singles(), QByteArrayList{"s2"});
}

// Each has its own interval for its last calls to come.
void TstCompletePairing::clientsThatGoOneAfterTheOther()
{
    Bench bench;
    bench.add("s1@1 s2@2 s3@3");
    bench.gone = {1};
    bench.pairing.clientGone(1);
    bench.pass(Interval - 10ms);
    bench.gone = {1, 2};
    bench.pairing.clientGone(2);
    bench.pass(10ms);
    QCOMPARE(bench.singles(), QByteArrayList{"s1"});
    QCOMPARE(bench.add("e2@2"), "s2 e2"_ba);
    bench.pass(Interval);
    QVERIFY(bench.singles().isEmpty());
}

void TstCompletePairing::anEndThatCameWithinTheInterval()
{
    Bench bench;
    bench.add("s1@1");
    bench.gone = {1};
    bench.pairing.clientGone(1);
    bench.pass(Interval - 1ms);
    QCOMPARE(bench.add("e1@1"), "s1 e1"_ba);
    bench.pass(Interval);
    QVERIFY(bench.singles().isEmpty());
}

void TstCompletePairing::projectsTakeTurns()
{
    Bench bench;
    bench.add("t1 t2 t3", "a");
    bench.add("t4 t5", "b");
    bench.add("t6", "c");
    QCOMPARE(bench.singles(), (QByteArrayList{"t1", "t4", "t6", "t2", "t5", "t3"}));
}

void TstCompletePairing::takesWhatAFilterAllows()
{
    Bench bench;
    bench.add("t1", "a");
    bench.add("t2", "b");
    const auto onlyB = [](const std::string &project) { return project == "b"; };
    QCOMPARE(bench.single(onlyB), "t2"_ba);
    QCOMPARE(bench.single(onlyB), ""_ba);
    QCOMPARE(bench.single(), "t1"_ba);
}

void TstCompletePairing::aRefusedProjectKeepsItsTurn()
{
    Bench bench;
    bench.add("t1", "a");
    bench.add("t2 t3", "b");
    QCOMPARE(bench.single([](const std::string &project) { return project != "a"; }), "t2"_ba);
    QCOMPARE(bench.singles(), (QByteArrayList{"t1", "t3"}));
}

void TstCompletePairing::asksOnlyForProjectsWithSomethingDue()
{
    Bench bench;
    bench.add("s1", "a");
    bench.pairing.promoteStarts();
    bench.add("e1", "a");
    bench.add("t2", "b");
    QByteArrayList asked;
    bench.single([&](const std::string &project) {
        asked += toBytes(project);
        return false;
    });
    QCOMPARE(asked, QByteArrayList{"b"});
}

void TstCompletePairing::releasesEverythingOfAProject()
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

void TstCompletePairing::releasesNothingOfOthers()
{
    Bench bench;
    bench.add("s1 e2 t3", "a");
    bench.add("s1 e2 t3", "b");
    QCOMPARE(bench.release("b"), "s1 e2 t3"_ba);
    QCOMPARE(bench.release("c"), ""_ba);
    QCOMPARE(bench.singles(), QByteArrayList{"t3"});
    QCOMPARE(bench.add("e1 s2", "a"), "s1 e1 s2 e2"_ba);
}

void TstCompletePairing::releasesInOrderOfArrival()
{
    Bench bench;
    bench.add("e5 t1");
    bench.add("s4 e1");
    bench.pairing.promoteStarts();
    bench.add("s2 e3");
    QCOMPARE(bench.release("a"), "e5 t1 s4 e1 s2 e3"_ba);
}

void TstCompletePairing::releasesTheEndOfAStartUnderWay()
{
    Bench bench;
    bench.add("t1 t2 e1");
    QCOMPARE(bench.singles(), (QByteArrayList{"t1", "t2"}));
    QCOMPARE(bench.release("a"), "e1"_ba);
    bench.settle();
    bench.settle();
    QVERIFY(bench.singles().isEmpty());
}

void TstCompletePairing::forgetsStartsThatItHasReleased()
{
    Bench bench;
    bench.deliverStart("s1");
    QCOMPARE(bench.release("a"), ""_ba);
    bench.add("e1");
    bench.pass(EndHold);
    QCOMPARE(bench.singles(), QByteArrayList{"e1"});
}

void TstCompletePairing::releasedBatchesSayWhatTheyAre()
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

void TstCompletePairing::releasedBatchesKeepTheLimits()
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

void TstCompletePairing::separates()
{
    Bench bench;
    bench.add("s1 e1");
    bench.pairing.separate(bench.added.complete.front());
    QCOMPARE(bench.singles(), QByteArrayList{"s1"});
    bench.settle();
    QCOMPARE(bench.singles(), QByteArrayList{R"(e1 of "T1")"});
    QVERIFY(!bench.pairing.nextDue());
}

void TstCompletePairing::separatedCallsAreNoLongerFound()
{
    Bench bench;
    bench.add("s1 e1");
    bench.pairing.separate(bench.added.complete.front());
    QCOMPARE(bench.add("s1x e1x"), "s1x e1x"_ba);
    QCOMPARE(bench.singles(), QByteArrayList{"s1"});
    QCOMPARE(bench.release("a"), "e1"_ba);
}

void TstCompletePairing::separatesACallWhoseIdIsInUseAgain()
{
    Bench bench;
    bench.add("s1 e1");
    const Batch pair = bench.added.complete.front();
    bench.add("s1x");
    bench.pairing.separate(pair);
    QCOMPARE(bench.add("e1x"), "s1x e1x"_ba);
}

void TstCompletePairing::nextDue()
{
    Bench bench;
    const TimePoint added = bench.now;
    bench.add("s1");
    QVERIFY(*bench.pairing.nextDue() == added + Hold);
    bench.now += 1s;
    bench.add("s2");
    QVERIFY(*bench.pairing.nextDue() == added + Hold);
    bench.add("e1");
    QVERIFY(*bench.pairing.nextDue() == added + 1s + Hold);
    bench.pass(Hold);
    QVERIFY(!bench.pairing.nextDue()); // due, under way, or with the server: no time to wait for
    QCOMPARE(bench.single(), "s2"_ba);
    QVERIFY(!bench.pairing.nextDue());
    bench.settle();
    QVERIFY(!bench.pairing.nextDue());
    bench.add("e2");
    QVERIFY(!bench.pairing.nextDue());
}

void TstCompletePairing::nextDueOfAnEnd()
{
    Bench bench;
    bench.add("e1");
    QVERIFY(*bench.pairing.nextDue() == bench.now + EndHold);
    bench.pass(EndHold);
    QVERIFY(!bench.pairing.nextDue());
}

void TstCompletePairing::nextDueIsTheEarliest()
{
    Bench bench;
    const TimePoint added = bench.now;
    bench.add("s1 e2");
    QVERIFY(*bench.pairing.nextDue() == added + EndHold);
    bench.pass(Hold - 1s);
    bench.add("e3");
    QVERIFY(*bench.pairing.nextDue() == added + Hold);
    bench.pairing.clientGone(1);
    bench.add("e1");
    QVERIFY(*bench.pairing.nextDue() == bench.now + EndHold);
}

void TstCompletePairing::nextDueOfAClientGone()
{
    Bench bench;
    const TimePoint gone = bench.now;
    bench.pairing.clientGone(1);
    QVERIFY(!bench.pairing.nextDue()); // nothing to look for
    bench.add("s1");
    bench.pairing.clientGone(1);
    QVERIFY(*bench.pairing.nextDue() == gone + Interval);
    bench.pass(Interval);
    QVERIFY(*bench.pairing.nextDue() == gone + Hold);
}

void TstCompletePairing::stopsHolding()
{
    Bench bench;
    bench.add("s1 e2");
    bench.pairing.stopHolding();
    QVERIFY(*bench.pairing.nextDue() == bench.now);
    bench.pairing.promoteDue();
    QCOMPARE(bench.singles(), (QByteArrayList{"s1", "e2"}));
    QVERIFY(!bench.pairing.nextDue());
}

void TstCompletePairing::holdsNothingAfterwards()
{
    Bench bench;
    bench.pairing.stopHolding();
    QCOMPARE(bench.add("s1 e1 s2"), "s1 e1"_ba);
    QCOMPARE(bench.add("e2 e3"), "s2 e2"_ba);
    bench.pairing.promoteDue();
    QCOMPARE(bench.singles(), QByteArrayList{"e3"});
}

QTEST_APPLESS_MAIN(TstCompletePairing)
#include "tst_completepairing.moc"
