#include "deliveryrig.h"

using namespace Weave;
using namespace std::chrono_literals;

namespace {

constexpr int Pairs = 200; // in one batch: some parts for pairing

void addStart(DeliveryRig &rig, int id)
{
    rig.add(CallKind::Start, "a/b",
            startPayload("a/b", QByteArray::number(id), R"(,"trace_id":"t")"));
}

void addEnd(DeliveryRig &rig, int id)
{
    rig.add(CallKind::End, "a/b", endPayload("a/b", QByteArray::number(id), R"(,"summary":{})"));
}

} // namespace

// How the queue shares the event loop with clients, and what may happen between its turns.
class DeliveryTurnsTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aLongTurnGoesOnLater();
    void pairingTakesTurns();
    void aTurnIsAsLongAsTheClients();
    void anEndWaitsForTheRestOfItsBatch();
    void thePathChangesBetweenTurns();
    void aPauseBetweenTurns();
};

void DeliveryTurnsTest::aLongTurnGoesOnLater()
{
    DeliveryRig rig(4);
    rig.add("a/b", 30);
    rig.clockStep = 2ms;
    rig.queue.pump();
    QCOMPARE(rig.transport.count(), 1U);
    rig.clockStep = 0ms;
    QTRY_COMPARE(rig.transport.count(), 3U); // by the timer
}

void DeliveryTurnsTest::pairingTakesTurns()
{
    DeliveryRig rig(4, 2 * Pairs, CallsMode::Complete);
    for (int i = 0; i < Pairs; ++i)
        addStart(rig, i);
    for (int i = 0; i < Pairs; ++i)
        addEnd(rig, i);
    const TimePoint opened = rig.now;
    rig.clockStep = 2ms;
    rig.queue.pump();
    QVERIFY(rig.pairing.heldStarts() > 0);
    QVERIFY(rig.pairing.heldStarts() < Pairs);
    QVERIFY(rig.queue.oldest() == opened);
    QCOMPARE(rig.transport.count(), 0U);
    QTRY_COMPARE(rig.transport.count(), 1U); // by the timer, a part after the other
    QCOMPARE(rig.transport.answer(200).body.count("\"summary\""), qsizetype(Pairs));
    QCOMPARE(rig.pending(), 0U);
    QVERIFY(!rig.queue.oldest());
}

void DeliveryTurnsTest::aTurnIsAsLongAsTheClients()
{
    DeliveryRig rig(4, 4000, CallsMode::Complete);
    for (int i = 0; i < 4000; ++i)
        addStart(rig, i);
    rig.clockStep = 60us; // what a part takes
    const auto taken = [&rig] {
        const std::size_t before = rig.pairing.heldStarts();
        rig.queue.pump();
        return rig.pairing.heldStarts() - before;
    };
    const std::size_t part = taken();
    QCOMPARE(taken(), part);
    rig.now += 280us; // 60 more pass until the clock is read
    QCOMPARE(taken(), 6 * part);
    QCOMPARE(taken(), part);
    rig.now += 100ms; // at most a millisecond
    QVERIFY(taken() < 20 * part);
    QVERIFY(rig.pairing.heldStarts() < 4000);
}

// A start that lies behind has not been seen, so the server does not have it either.
void DeliveryTurnsTest::anEndWaitsForTheRestOfItsBatch()
{
    DeliveryRig rig(4, 2 * Pairs, CallsMode::Complete);
    addEnd(rig, 0);
    rig.advance(1s);
    rig.advance(1s); // to pairing, where it waits for 2 s
    QVERIFY(rig.pairing.nextDue());
    for (int i = 1; i <= 2 * Pairs; ++i)
        addStart(rig, i % (2 * Pairs)); // its own comes last
    rig.clockStep = 3s;
    rig.queue.pump();
    QVERIFY(rig.pairing.heldStarts() > 0);
    rig.queue.pump();
    QCOMPARE(rig.transport.count(), 0U);
    rig.clockStep = 0s;
    QTRY_COMPARE(rig.transport.count(), 1U);
    QVERIFY(rig.transport.answer(200).path.ends_with("/complete"));
}

void DeliveryTurnsTest::thePathChangesBetweenTurns()
{
    DeliveryRig rig(4, 2 * Pairs, CallsMode::Auto);
    rig.queue.preferComplete("a/b");
    addStart(rig, 0);
    addEnd(rig, 0);
    rig.advance(1s);
    QCOMPARE(rig.transport.count(), 1U);
    for (int i = 1; i <= Pairs; ++i)
        addStart(rig, i);
    for (int i = 1; i <= Pairs; ++i)
        addEnd(rig, i);
    rig.clockStep = 2ms;
    rig.queue.pump();
    QVERIFY(rig.pairing.heldStarts() > 0);
    rig.clockStep = 0ms;
    QVERIFY(rig.transport.answer(404).path.ends_with("/complete"));
    QCOMPARE(rig.pairing.heldStarts(), std::size_t{0});
    QTRY_VERIFY(rig.transport.count() > 0);
    while (rig.transport.count() > 0)
        QVERIFY(rig.transport.answer(200).path.ends_with("/call/upsert_batch"));
    QTRY_COMPARE(rig.pending(), 0U);
    QCOMPARE(rig.deliveredIds.size(), std::size_t{2 * Pairs + 2});
    for (const auto &[id, count] : rig.deliveredIds)
        QCOMPARE(count, 1);
    QVERIFY(rig.addsUp());
}

void DeliveryTurnsTest::aPauseBetweenTurns()
{
    DeliveryRig rig(4, 2 * Pairs, CallsMode::Complete);
    for (int i = 0; i < Pairs; ++i) {
        addStart(rig, i);
        addEnd(rig, i);
    }
    rig.clockStep = 2ms;
    rig.queue.pump();
    rig.queue.setPausedByUser(true);
    rig.clockStep = 0ms;
    rig.advance(1h);
    QCOMPARE(rig.transport.count(), 0U);
    QVERIFY(rig.queue.oldest());
    rig.queue.setPausedByUser(false);
    QTRY_COMPARE(rig.transport.count(), 1U);
    rig.transport.answer(200);
    QCOMPARE(rig.pending(), 0U);
}

QTEST_GUILESS_MAIN(DeliveryTurnsTest)
#include "tst_deliveryturns.moc"
