#include "unit/pairingbench.h"

#include <QTest>

using namespace Weave;
using namespace Qt::StringLiterals;

// What makes a pair, and what goes on its own.
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
    void countsTheBytesThatWait();
    void whatIsHeldAgainIsNotTold();
    void aStartWithoutTraceIdGoesAtOnce();
    void anEndOfAStartWithoutTraceId_data();
    void anEndOfAStartWithoutTraceId();
    void aNullTraceIdIsNone();
    void anEndWhileItsStartIsUnderWay();
    void aStartThatIsTakenBack();
    void anEndOfAStartThatIsTakenBack();
    void anEndAfterItsStartHasArrived();
    void aLongStartedAtIsNotKept();
    void projectsTakeTurns();
    void takesWhatAFilterAllows();
    void aRefusedProjectKeepsItsTurn();
    void asksOnlyForProjectsWithSomethingDue();
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
    bench.addBatch(batch);
    QCOMPARE(bench.complete.size(), std::size_t{1});
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
    const Batch &batch = bench.complete.at(0);
    QCOMPARE(batch.project, std::string("a/b"));
    QVERIFY(batch.route == Route::Complete);
    QVERIFY(batch.openedAt == bench.now);
    QVERIFY(batch.bodySize >= completeBody(batch.records, bench.spool).size());
    QCOMPARE(batch.recordsPerCall(), std::size_t{2});
    QCOMPARE(batch.membersPlaces.size(), batch.records.size());
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
    const Batch &pair = bench.complete.front();
    QVERIFY(pair.records.front().wasHeld);
    QVERIFY(!pair.records.back().wasHeld);
}

void TstCompletePairing::countsTheBytesThatWait()
{
    Bench bench;
    const auto bytesOf = [](const QByteArray &word) {
        return std::uint64_t(payloadOf(word).size());
    };
    bench.add("s1 s2 e3 t4");
    QCOMPARE(bench.pairing.heldBytes(), bytesOf("s1") + bytesOf("s2") + bytesOf("e3"));
    bench.add("e1 s3");
    QCOMPARE(bench.pairing.heldBytes(), bytesOf("s2"));
    bench.pass(Hold); // it goes on its own
    QCOMPARE(bench.pairing.heldBytes(), std::uint64_t{0});
    bench.add("s5 e6");
    bench.release("a");
    QCOMPARE(bench.pairing.heldBytes(), std::uint64_t{0});
}

void TstCompletePairing::whatIsHeldAgainIsNotTold()
{
    Bench bench;
    bench.add("s1 s2");
    QCOMPARE(bench.release("a"), "s1 s2"_ba);
    bench.addBatch(bench.released.front());
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
    bench.addBatch(batch);
    QVERIFY(bench.added.held.empty());
    QVERIFY(bench.pairing.takeSingle([](const auto &) { return true; }));
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
    bench.addBatch(bench.taken);
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
    bench.addBatch(bench.taken); // one comes again
    QCOMPARE(bench.describe(bench.complete), "s2 e2"_ba);
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

QTEST_APPLESS_MAIN(TstCompletePairing)
#include "tst_completepairing.moc"
