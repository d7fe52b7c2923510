#include "deliveryrig.h"

using namespace Weave;
using namespace std::chrono_literals;

// A backend that nobody gets a connection to: one request for all projects finds out when it is
// back, and then all go on.
class DeliveryOutageTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void oneAsksForAll();
    void allGoOnAtOnce();
    void thoseThatFailedTogetherGoOnAtOnce();
    void nextOutageBeginsAnew();
    void brokenConnectionIsTheProjectsTrouble();
    void requestsThatHangDoNotHoldTheProbe();
    void anyAnswerEndsIt();
    void retryNowDoesNotWaitForAProbe();
    void sleepsWhileAProbeIsUnderWay();
    void callsAgeByItsLengthAlone();
    void aMachineThatSleptGivesUpNothing();
    void aPauseGivesUpNothing();
    void itIsCalledByTheLastAnswer();
    void oldCallsGoAtThePaceOfAttempts_data();
    void oldCallsGoAtThePaceOfAttempts();

private:
    static void addProjects(DeliveryRig &rig, int count);
    // Every request is answered so, until none is left.
    static void answerAll(DeliveryRig &rig, const SendResult &result);
};

void DeliveryOutageTest::addProjects(DeliveryRig &rig, int count)
{
    for (int i = 0; i < count; ++i)
        rig.add("p/" + QByteArray::number(i), 10);
    rig.queue.pump();
}

void DeliveryOutageTest::answerAll(DeliveryRig &rig, const SendResult &result)
{
    while (rig.transport.count() > 0)
        rig.transport.answer(result);
}

void DeliveryOutageTest::oneAsksForAll()
{
    DeliveryRig rig(4);
    addProjects(rig, 50);
    QCOMPARE(rig.transport.count(), 4U);
    answerAll(rig, unreachable());
    QCOMPARE(rig.queue.state().condition, DeliveryState::Condition::Retrying);
    // The waits are those of one project, whichever it is that asks.
    for (const Milliseconds ceiling :
         {500ms, 1000ms, 2000ms, 4000ms, 8000ms, 16'000ms, 30'000ms, 30'000ms}) {
        QVERIFY(rig.queue.state().nextAttemptInSeconds.value_or(0) > 0.4);
        rig.advance(ceiling * 99 / 100);
        QCOMPARE(rig.transport.count(), 0U);
        rig.advance(ceiling / 100);
        QCOMPARE(rig.transport.count(), 1U);
        QCOMPARE(rig.queue.state().condition, DeliveryState::Condition::Retrying);
        QVERIFY(!rig.queue.isFlowing());
        rig.transport.answer(unreachable());
    }
    QCOMPARE(rig.stats.requests, 12U);
    QCOMPARE(rig.pending(), 500U);
}

void DeliveryOutageTest::allGoOnAtOnce()
{
    DeliveryRig rig(4);
    addProjects(rig, 50);
    for (int i = 0; i < 20; ++i) {
        answerAll(rig, unreachable());
        rig.advance(30s);
    }
    rig.transport.answer(200);
    QCOMPARE(rig.transport.count(), 4U);
    answerAll(rig, FakeTransport::answered(200));
    QCOMPARE(rig.pending(), 0U); // and no time has passed
    QCOMPARE(rig.stats.delivered, 500U);
    QCOMPARE(rig.queue.state().condition, DeliveryState::Condition::Ok);
}

// None of them waits longer than the one that asks for all.
void DeliveryOutageTest::thoseThatFailedTogetherGoOnAtOnce()
{
    DeliveryRig rig(4);
    addProjects(rig, 4);
    answerAll(rig, unreachable());
    rig.advance(500ms);
    answerAll(rig, FakeTransport::answered(200));
    QCOMPARE(rig.pending(), 0U);
}

void DeliveryOutageTest::nextOutageBeginsAnew()
{
    DeliveryRig rig(1);
    addProjects(rig, 3);
    for (int i = 0; i < 10; ++i) {
        answerAll(rig, unreachable());
        rig.advance(30s);
    }
    rig.transport.answer(200);
    rig.transport.answer(unreachable());
    QCOMPARE(rig.transport.count(), 0U);
    rig.advance(500ms);
    QCOMPARE(rig.transport.count(), 1U);
}

void DeliveryOutageTest::brokenConnectionIsTheProjectsTrouble()
{
    DeliveryRig rig(1);
    addProjects(rig, 3);
    rig.transport.answer(networkError());
    QCOMPARE(rig.transport.count(), 1U);
    rig.transport.answer(200);
    rig.transport.answer(200);
    QCOMPARE(rig.pending(), 10U);
}

void DeliveryOutageTest::requestsThatHangDoNotHoldTheProbe()
{
    DeliveryRig rig(4);
    addProjects(rig, 10);
    rig.transport.answer(unreachable(), 3);
    QCOMPARE(rig.transport.count(), 3U);
    rig.advance(500ms);
    QCOMPARE(rig.transport.count(), 4U);
    rig.advance(1min);
    QCOMPARE(rig.transport.count(), 4U); // one at a time
}

void DeliveryOutageTest::anyAnswerEndsIt()
{
    DeliveryRig rig(4);
    addProjects(rig, 10);
    rig.transport.answer(unreachable(), 3);
    rig.transport.answer(500); // whatever it is: somebody is there
    QCOMPARE(rig.transport.count(), 4U);
}

// The user may have seen to it meanwhile, and a probe of an address that nobody has takes long.
void DeliveryOutageTest::retryNowDoesNotWaitForAProbe()
{
    DeliveryRig rig(4);
    addProjects(rig, 10);
    answerAll(rig, unreachable());
    rig.advance(500ms);
    QCOMPARE(rig.transport.count(), 1U);
    rig.queue.retryNow();
    QCOMPARE(rig.transport.count(), 2U);
    rig.transport.answer(200, 1);
    QCOMPARE(rig.transport.count(), 4U);
    rig.transport.answer(unreachable()); // of the old one
    answerAll(rig, FakeTransport::answered(200));
    rig.advance(500ms);
    answerAll(rig, FakeTransport::answered(200));
    QCOMPARE(rig.pending(), 0U);
}

void DeliveryOutageTest::sleepsWhileAProbeIsUnderWay()
{
    DeliveryRig rig(4);
    addProjects(rig, 10);
    answerAll(rig, unreachable());
    rig.advance(500ms);
    QCOMPARE(rig.transport.count(), 1U);
    rig.clockReads = 0;
    QTest::qWait(50);
    QCOMPARE(rig.clockReads, 0);
}

// The machine was off, and has no network yet.
void DeliveryOutageTest::callsAgeByItsLengthAlone()
{
    DeliveryRig rig(1);
    rig.add("a/b", 30);
    rig.advance(25h); // the age is 24
    rig.transport.answer(unreachable());
    QCOMPARE(rig.transport.count(), 0U);
    QCOMPARE(rig.stats.deadLettered(), 0U);
    rig.advance(23h);
    rig.transport.answer(unreachable());
    QCOMPARE(rig.stats.deadLettered(), 0U);
    rig.advance(2h);
    rig.transport.answer(unreachable());
    QCOMPARE(rig.stats.deadLettered(), 10U);
    QCOMPARE(rig.transport.count(), 0U);
    rig.advance(30s);
    rig.transport.answer(200);
    rig.transport.answer(200);
    QCOMPARE(rig.stats.delivered, 20U);
    QVERIFY(rig.addsUp());
}

// Asleep for days with a request under way, which fails before the network is back.
void DeliveryOutageTest::aMachineThatSleptGivesUpNothing()
{
    DeliveryRig rig(1);
    rig.add("a/b", 10);
    rig.queue.pump();
    rig.slept = 60h;
    SendResult timedOut;
    timedOut.kind = SendResult::Kind::TimedOut;
    for (int minute = 0; minute < 60; ++minute) {
        rig.transport.answer(timedOut);
        rig.advance(1min);
    }
    QCOMPARE(rig.stats.deadLettered(), 0U);
    rig.transport.answer(200);
    QCOMPARE(rig.stats.delivered, 10U);
}

// Also when something had failed before, and when the server is only just starting.
void DeliveryOutageTest::aPauseGivesUpNothing()
{
    DeliveryRig rig(1);
    rig.add("a/b", 10);
    rig.queue.pump();
    rig.transport.answer(503);
    rig.queue.setPausedByUser(true);
    rig.advance(25h);
    rig.queue.setPausedByUser(false);
    rig.advance(1min);
    QCOMPARE(rig.transport.count(), 1U);
    rig.transport.answer(503);
    QCOMPARE(rig.stats.deadLettered(), 0U);
    rig.advance(1min);
    rig.transport.answer(503);
    QCOMPARE(rig.stats.deadLettered(), 0U);
    rig.advance(DeliveryQueue::LeastTrouble);
    rig.transport.answer(503);
    QCOMPARE(rig.stats.deadLettered(), 10U);
}

// Who sees `paused` looks for a wrong key or route.
void DeliveryOutageTest::itIsCalledByTheLastAnswer()
{
    using Condition = DeliveryState::Condition;
    DeliveryRig rig(2);
    addProjects(rig, 2);
    rig.transport.answer(401);
    QCOMPARE(rig.queue.state().condition, Condition::Paused);
    rig.transport.answer(503);
    QCOMPARE(rig.queue.state().condition, Condition::Paused); // it was sent before
    rig.advance(30s);
    answerAll(rig, FakeTransport::answered(503));
    QCOMPARE(rig.queue.state().condition, Condition::Retrying);
    rig.advance(30s);
    answerAll(rig, unreachable());
    QCOMPARE(rig.queue.state().condition, Condition::Retrying);
    rig.advance(1min);
    answerAll(rig, FakeTransport::answered(401));
    QCOMPARE(rig.queue.state().condition, Condition::Paused);
    rig.advance(30s);
    answerAll(rig, FakeTransport::answered(200));
    QCOMPARE(rig.queue.state().condition, Condition::Ok);
}

void DeliveryOutageTest::oldCallsGoAtThePaceOfAttempts_data()
{
    QTest::addColumn<int>("status");
    for (const int status : {401, 403, 404, 500, 503})
        QTest::addRow("%d", status) << status;
}

void DeliveryOutageTest::oldCallsGoAtThePaceOfAttempts()
{
    QFETCH(const int, status);
    DeliveryRig rig(1);
    rig.add("a/b", 50);
    rig.advance(25h);
    rig.transport.answer(status); // trouble begins
    rig.advance(DeliveryQueue::LeastTrouble);
    for (std::uint64_t given = 10; given <= 30; given += 10) {
        rig.transport.answer(status);
        QCOMPARE(rig.stats.deadLettered(), given);
        QCOMPARE(rig.transport.count(), 0U); // not before its time
        rig.advance(30s);
        QCOMPARE(rig.transport.count(), 1U);
    }
    rig.transport.answer(200);
    rig.transport.answer(200);
    QCOMPARE(rig.stats.delivered, 20U);
    QVERIFY(rig.addsUp());
}

QTEST_GUILESS_MAIN(DeliveryOutageTest)
#include "tst_deliveryoutage.moc"
