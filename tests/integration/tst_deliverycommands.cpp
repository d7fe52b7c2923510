#include "deliveryrig.h"

using namespace Weave;
using namespace std::chrono_literals;

// What users have a say in: pause, resume and retry.
class DeliveryCommandsTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void pausedByTheUser();
    void answersFromBeforeRetryNowDoNotCount_data();
    void answersFromBeforeRetryNowDoNotCount();
    void retryNowEndsTheWait();
    void retryNowDoesNotWaitForAProbe();
    void failuresFromBeforeRetryNowDoNotCount();
};

void DeliveryCommandsTest::pausedByTheUser()
{
    DeliveryRig rig(1);
    rig.add("a/b", 20);
    rig.queue.pump();
    rig.queue.setPausedByUser(true);
    QVERIFY(rig.queue.state().isPausedByUser);
    QCOMPARE(rig.queue.state().condition, DeliveryState::Condition::Paused);
    QVERIFY(!rig.queue.state().nextAttemptInSeconds);
    QVERIFY(!rig.queue.isFlowing());
    rig.transport.answer(200); // what is in flight comes to its end
    rig.advance(1h);
    rig.queue.retryNow();
    QCOMPARE(rig.stats.delivered, 10U);
    QCOMPARE(rig.transport.count(), 0U);
    rig.queue.setPausedByUser(false);
    QCOMPARE(rig.transport.count(), 1U);
    QCOMPARE(rig.queue.state().condition, DeliveryState::Condition::Ok);
}

// They may be those of another server, which no call was meant for.
void DeliveryCommandsTest::answersFromBeforeRetryNowDoNotCount_data()
{
    QTest::addColumn<CallsMode>("mode");
    QTest::addColumn<SendResult>("answer");
    QTest::newRow("refused") << CallsMode::Upsert << FakeTransport::answered(422, "no");
    QTest::newRow("too large") << CallsMode::Upsert << FakeTransport::answered(413);
    QTest::newRow("the other path") << CallsMode::Upsert << needsComplete();
    QTest::newRow("no such route")
        << CallsMode::Complete << FakeTransport::answered(404, "Not Found");
}

void DeliveryCommandsTest::answersFromBeforeRetryNowDoNotCount()
{
    QFETCH(const CallsMode, mode);
    QFETCH(const SendResult, answer);
    DeliveryRig rig(1, 2, mode);
    rig.add(CallKind::Start, "a/b", startPayload("a/b", "1"));
    rig.add(CallKind::End, "a/b", endPayload("a/b", "1"));
    rig.queue.pump();
    const auto sent = rig.transport.waiting().front();
    rig.queue.retryNow();
    rig.transport.answer(answer);
    QCOMPARE(rig.transport.count(), 1U);
    QCOMPARE(rig.transport.waiting().front().path, sent.path);
    QCOMPARE(rig.transport.waiting().front().body, sent.body);
    while (rig.transport.count() > 0)
        rig.transport.answer(200);
    QCOMPARE(rig.stats.delivered, 2U);
    QCOMPARE(rig.stats.deadLettered(), 0U);
    QVERIFY(rig.addsUp());
}

void DeliveryCommandsTest::retryNowEndsTheWait()
{
    DeliveryRig rig;
    rig.add("a/b", 10);
    rig.queue.pump();
    for (int i = 0; i < 5; ++i) {
        rig.transport.answer(503);
        QCOMPARE(rig.transport.count(), 0U);
        rig.queue.retryNow();
        QCOMPARE(rig.transport.count(), 1U);
    }
    rig.transport.answer(200);
    QCOMPARE(rig.pending(), 0U);
}

// The server that it was sent to may be another one than the user wants now.
void DeliveryCommandsTest::retryNowDoesNotWaitForAProbe()
{
    DeliveryRig rig(4);
    rig.add("a/b", 20);
    rig.queue.pump();
    rig.transport.answer(503);
    rig.transport.answer(503);
    rig.advance(500ms);
    QCOMPARE(rig.transport.count(), 1U);
    rig.queue.retryNow();
    QCOMPARE(rig.transport.count(), 2U);
    rig.transport.answer(200, 1);
    QCOMPARE(rig.queue.state().condition, DeliveryState::Condition::Ok);
    rig.transport.answer(200);
    QCOMPARE(rig.pending(), 0U);
}

void DeliveryCommandsTest::failuresFromBeforeRetryNowDoNotCount()
{
    for (const SendResult &failure : {FakeTransport::answered(401), FakeTransport::answered(403),
                                      FakeTransport::answered(503), unreachable()}) {
        DeliveryRig rig(1);
        rig.add("a/b", 10);
        rig.queue.pump();
        rig.queue.retryNow();
        rig.transport.answer(failure);
        QCOMPARE(rig.transport.count(), 1U); // it goes again at once
        rig.transport.answer(failure);
        QCOMPARE(rig.transport.count(), 0U); // and now it waits
        QVERIFY(rig.addsUp());
        QCOMPARE(rig.pending(), 10U);
    }
}

QTEST_GUILESS_MAIN(DeliveryCommandsTest)
#include "tst_deliverycommands.moc"
