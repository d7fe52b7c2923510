#include "deliveryrig.h"

using namespace Weave;
using namespace std::chrono_literals;

namespace {

void addStart(DeliveryRig &rig, const QByteArray &id)
{
    rig.add(CallKind::Start, "a/b", startPayload("a/b", id, R"(,"trace_id":"t")"));
}

void addEnd(DeliveryRig &rig, const QByteArray &id)
{
    rig.add(CallKind::End, "a/b", endPayload("a/b", id, R"(,"summary":{})"));
}

void addCall(DeliveryRig &rig, const QByteArray &id)
{
    addStart(rig, id);
    addEnd(rig, id);
}

// A start and its end go by an upsert each, and the answer to the end's moves the project. Then the
// end has waited long enough for a start that nobody has seen.
void moveWhileTheStartIsUnderWay(DeliveryRig &rig)
{
    addStart(rig, "1");
    rig.advance(1s);
    addEnd(rig, "1");
    rig.advance(1s);
    QCOMPARE(rig.transport.count(), 2U);
    rig.transport.answer(needsComplete(), 1);
    rig.advance(10s);
    rig.advance(10s);
}

} // namespace

// Projects on the complete path, and on their way to it.
class DeliveryPathsTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void anEndWaitsForAnUpsertUnderWay();
    void anEndWaitsForAnUpsertThatComesBack();
    void anEndGoesWhenTheUpsertIsDone();
    void whatWasHeldGoesAmongUpserts();
    void probesWithOthersThanTheSuspect();
};

void DeliveryPathsTest::anEndWaitsForAnUpsertUnderWay()
{
    DeliveryRig rig(2, 10, CallsMode::Auto);
    moveWhileTheStartIsUnderWay(rig);
    QCOMPARE(rig.transport.count(), 1U);
    rig.transport.answer(needsComplete());
    QCOMPARE(rig.transport.answer(200).path, std::string("/v2/a/b/calls/complete"));
    QCOMPARE(rig.pending(), 0U);
    QVERIFY(rig.addsUp());
}

// Whoever hears of the answer may have something to send, too.
void DeliveryPathsTest::anEndWaitsForAnUpsertThatComesBack()
{
    for (const SendResult &answer : {needsComplete(), FakeTransport::answered(503)}) {
        DeliveryRig rig(2, 10, CallsMode::Auto);
        QObject::connect(&rig.queue, &DeliveryQueue::requestFinished, &rig.queue,
                         &DeliveryQueue::pump);
        moveWhileTheStartIsUnderWay(rig);
        rig.transport.answer(answer);
        rig.advance(500ms);
        QCOMPARE(rig.transport.answer(200).path, std::string("/v2/a/b/calls/complete"));
        QCOMPARE(rig.pending(), 0U);
    }
}

void DeliveryPathsTest::anEndGoesWhenTheUpsertIsDone()
{
    DeliveryRig rig(2, 10, CallsMode::Auto);
    moveWhileTheStartIsUnderWay(rig);
    rig.transport.answer(200); // a server that is being upgraded, perhaps
    QCOMPARE(rig.transport.answer(200).path, std::string("/v2/a/b/call/end"));
    QCOMPARE(rig.pending(), 0U);
}

// The path is another one now, and its requests come without a pause.
void DeliveryPathsTest::whatWasHeldGoesAmongUpserts()
{
    DeliveryRig rig(2, 10, CallsMode::Complete);
    for (const char *id : {"1", "2", "3"})
        addStart(rig, id);
    rig.advance(1s);
    QCOMPARE(rig.pairing.heldStarts(), std::size_t{3});
    rig.queue.setLimits({2, 24h, CallsMode::Upsert});
    QCOMPARE(rig.pairing.heldStarts(), std::size_t{0});
    rig.add("a/b", 10);
    rig.queue.pump();
    QCOMPARE(rig.transport.count(), 2U); // three, and ten
    QCOMPARE(rig.pairing.heldStarts(), std::size_t{0});
    while (rig.transport.count() > 0)
        rig.transport.answer(200);
    QCOMPARE(rig.pending(), 0U);
}

// One call for which the server always fails holds up none of the others.
void DeliveryPathsTest::probesWithOthersThanTheSuspect()
{
    DeliveryRig rig(1, 2, CallsMode::Complete);
    const auto isBad = [&rig] {
        return rig.transport.waiting().front().body.contains(R"("id":"bad")");
    };
    addCall(rig, "bad");
    rig.queue.pump();
    for (int attempt = 0; attempt < 3; ++attempt) {
        QVERIFY(isBad());
        rig.transport.answer(500);
        rig.advance(1h);
    }
    QVERIFY(isBad());
    for (int i = 0; i < 5; ++i)
        addCall(rig, QByteArray::number(i));
    rig.transport.answer(500);
    QCOMPARE(rig.transport.count(), 0U);
    rig.advance(1h);
    QVERIFY(!isBad());
    for (int round = 0; round < 100 && rig.stats.delivered < 10; ++round) {
        while (rig.transport.count() > 0)
            rig.transport.answer(isBad() ? 500 : 200);
        rig.advance(5s);
    }
    QCOMPARE(rig.stats.delivered, 10U);
    QCOMPARE(rig.pending(), 2U);
}

QTEST_GUILESS_MAIN(DeliveryPathsTest)
#include "tst_deliverypaths.moc"
