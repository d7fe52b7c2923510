#include "unit/pairingbench.h"

#include <QTest>

using namespace Weave;
using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

// How long a half waits for the other one.
class TstPairingTimes final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void holdExpires();
    void holdsCountFromEachStart();
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
    void nextDue();
    void nextDueOfAnEnd();
    void nextDueIsTheEarliest();
    void nextDueOfAClientGone();
    void stopsHolding();
    void holdsNothingAfterwards();
};

void TstPairingTimes::holdExpires()
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

void TstPairingTimes::holdsCountFromEachStart()
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

void TstPairingTimes::anEndWithoutAStart()
{
    Bench bench;
    bench.add("e1");
    bench.pass(EndHold - 1ms);
    QVERIFY(bench.singles().isEmpty());
    bench.pass(1ms);
    QCOMPARE(bench.singles(), QByteArrayList{"e1"});
}

void TstPairingTimes::aStartInTimeForItsEnd()
{
    Bench bench;
    bench.add("e1");
    bench.pass(EndHold - 1ms);
    QCOMPARE(bench.add("s1"), "s1 e1"_ba);
    bench.pass(Hold);
    QVERIFY(bench.singles().isEmpty());
}

void TstPairingTimes::aDueEndStillPairs()
{
    Bench bench;
    bench.add("e1");
    bench.pass(EndHold);
    QCOMPARE(bench.add("s1"), "s1 e1"_ba);
    QVERIFY(bench.singles().isEmpty());
}

void TstPairingTimes::aDueStartStillPairs()
{
    Bench bench;
    bench.add("s1 s2");
    bench.pass(Hold);
    QCOMPARE(bench.add("e1"), "s1 e1"_ba);
    QCOMPARE(bench.singles(), QByteArrayList{"s2"});
}

void TstPairingTimes::promotesStarts()
{
    Bench bench;
    bench.add("s1 e2 s3");
    bench.pairing.promoteStarts();
    QCOMPARE(bench.singles(), (QByteArrayList{"s1", "s3"}));
}

void TstPairingTimes::clientGone()
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

void TstPairingTimes::aClientThatIsStillThere()
{
    Bench bench;
    bench.add("s1@1");
    bench.pairing.clientGone(1);
    bench.pass(Interval);
    QVERIFY(bench.singles().isEmpty());
}

void TstPairingTimes::aClientNobodyKnowsIsNeverGone()
{
    Bench bench;
    bench.gone = {0};
    bench.add("s1@0");
    QVERIFY(*bench.pairing.nextDue() == bench.now + Hold);
    bench.pairing.clientGone(1);
    bench.pass(Interval);
    QVERIFY(bench.singles().isEmpty());
}

void TstPairingTimes::startsOfAClientThatHasGoneBefore()
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
void TstPairingTimes::aClientThatGoesLongAfterAnother()
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
void TstPairingTimes::clientsThatGoOneAfterTheOther()
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

void TstPairingTimes::anEndThatCameWithinTheInterval()
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

void TstPairingTimes::nextDue()
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

void TstPairingTimes::nextDueOfAnEnd()
{
    Bench bench;
    bench.add("e1");
    QVERIFY(*bench.pairing.nextDue() == bench.now + EndHold);
    bench.pass(EndHold);
    QVERIFY(!bench.pairing.nextDue());
}

void TstPairingTimes::nextDueIsTheEarliest()
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

void TstPairingTimes::nextDueOfAClientGone()
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

void TstPairingTimes::stopsHolding()
{
    Bench bench;
    bench.add("s1 e2");
    bench.pairing.stopHolding();
    QVERIFY(*bench.pairing.nextDue() == bench.now);
    bench.pairing.promoteDue();
    QCOMPARE(bench.singles(), (QByteArrayList{"s1", "e2"}));
    QVERIFY(!bench.pairing.nextDue());
}

void TstPairingTimes::holdsNothingAfterwards()
{
    Bench bench;
    bench.pairing.stopHolding();
    QCOMPARE(bench.add("s1 e1 s2"), "s1 e1"_ba);
    QCOMPARE(bench.add("e2 e3"), "s2 e2"_ba);
    bench.pairing.promoteDue();
    QCOMPARE(bench.singles(), QByteArrayList{"e3"});
}

QTEST_APPLESS_MAIN(TstPairingTimes)
#include "tst_pairingtimes.moc"
