#include "deliveryrig.h"

#include <vector>

using namespace Weave;
using namespace std::chrono_literals;

// When batches are sent, and that none is lost whatever is answered.
class DeliveryQueueTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void sendsNoMoreThanSenders();
    void retryIdIsKept();
    void failureHoldsTheProject();
    void otherProjectGoesOn();
    void probesOneAtATime();
    void backsOffLongerEachTime();
    void failuresTogetherCountAsOne();
    void badBatchDoesNotStopItsProject_data();
    void badBatchDoesNotStopItsProject();
    void badProjectDoesNotStopOthers();
    void slowProjectLeavesAWay();
    void startsLeaveAFillingSpool();
    void backlogOfOthersKeepsPairsTogether();
    void singlesLeaveRoomForOthers();
    void timerSendsWithoutBeingAsked();
    void reportsEachRequest();
    void aBacklogIsCalledSo();
    void aBacklogIsUrgentWhereRoomIsShort();
};

void DeliveryQueueTest::sendsNoMoreThanSenders()
{
    DeliveryRig rig(3);
    rig.add("a/b", 100);
    rig.queue.pump();
    QCOMPARE(rig.transport.count(), 3U);
    QCOMPARE(rig.queue.state().requestsInFlight, 3U);
    rig.transport.answer(200);
    QCOMPARE(rig.transport.count(), 3U); // the next goes out at once
    while (rig.transport.count() > 0)
        rig.transport.answer(200);
    QCOMPARE(rig.transport.sentCount(), 10U);
    QCOMPARE(rig.stats.delivered, 100U);
    QCOMPARE(rig.pending(), 0U);
    QCOMPARE(rig.queue.state().condition, DeliveryState::Condition::Ok);
}

// So that it is sent with less haste; see UploadPace.
void DeliveryQueueTest::aBacklogIsCalledSo()
{
    DeliveryRig rig(1);
    rig.add("a/b", 10);
    rig.queue.pump();
    QVERIFY(!rig.transport.waiting().front().isBacklog);
    rig.transport.answer(503);
    rig.advance(10min);
    QCOMPARE(rig.transport.count(), 1U);
    QVERIFY(rig.transport.waiting().front().isBacklog);
    rig.transport.answer(200);
    rig.add("a/b", 1);
    rig.advance(1s); // which closes the batch
    QCOMPARE(rig.transport.count(), 1U);
    QVERIFY(!rig.transport.waiting().front().isBacklog);
}

// Or a load that is larger than a backlog's pace would never be delivered as fast as it comes.
void DeliveryQueueTest::aBacklogIsUrgentWhereRoomIsShort()
{
    DeliveryRig rig(1, 1);
    const QByteArray extra = R"(,"x":")" + QByteArray(1 << 20, 'x') + '"';
    const QByteArray payload = startPayload("a/b", "1", extra);
    const auto fillTo = [&](std::uint64_t bytes) {
        while (rig.spool.usage().usedBytes < bytes)
            rig.add(CallKind::Start, "a/b", payload);
    };
    const std::uint64_t all = rig.spool.usage().maxBytes;
    fillTo(all / 2);
    rig.advance(10s);
    QVERIFY(rig.transport.waiting().front().isBacklog);
    fillTo(all / 8 * 7);
    rig.transport.answer(200);
    QVERIFY(!rig.transport.waiting().front().isBacklog);
    while (rig.spool.usage().usedBytes > all / 2)
        rig.transport.answer(200);
    QVERIFY(rig.transport.waiting().front().isBacklog);
}

void DeliveryQueueTest::reportsEachRequest()
{
    DeliveryRig rig;
    std::vector<std::string> seen;
    QObject::connect(&rig.queue, &DeliveryQueue::requestFinished, &rig.queue,
                     [&seen](const RequestReport &report) {
                         seen.push_back(report.project + " " + std::to_string(report.calls) + " "
                                        + std::to_string(report.attempts) + " "
                                        + std::to_string(report.result.status));
                         QVERIFY(report.bodyBytes > 0);
                     });
    rig.add("a/b", 10);
    rig.queue.pump();
    rig.transport.answer(503);
    rig.queue.retryNow();
    rig.transport.answer(200);
    QCOMPARE(seen, (std::vector<std::string>{"a/b 10 1 503", "a/b 10 2 200"}));
}

void DeliveryQueueTest::retryIdIsKept()
{
    DeliveryRig rig;
    rig.add("a/b", 20);
    rig.queue.pump();
    const auto second = rig.transport.waiting().at(1).retryId;
    const auto first = rig.transport.answer(503);
    QVERIFY(!first.retryId.empty() && first.retryId != second);
    rig.transport.answer(200);
    rig.advance(31s);
    QCOMPARE(rig.transport.count(), 1U);
    const auto again = rig.transport.answer(502);
    QCOMPARE(again.retryId, first.retryId);
    QCOMPARE(again.body, first.body);
    rig.advance(31s);
    QCOMPARE(rig.transport.answer(200).retryId, first.retryId);
    QCOMPARE(rig.pending(), 0U);
    QCOMPARE(rig.stats.retried, 2U);
    QCOMPARE(rig.stats.requests, 4U);
    QCOMPARE(rig.stats.failedRequests.at("503"), 1U);
    QCOMPARE(rig.stats.failedRequests.at("502"), 1U);
}

void DeliveryQueueTest::failureHoldsTheProject()
{
    DeliveryRig rig(1);
    rig.add("a/b", 30);
    rig.queue.pump();
    rig.transport.answer(500);
    QCOMPARE(rig.transport.count(), 0U);
    QCOMPARE(rig.queue.state().condition, DeliveryState::Condition::Retrying);
    QVERIFY(rig.queue.state().nextAttemptInSeconds.value_or(0) > 0.4);
    rig.advance(490ms); // the first wait is up to half a second
    QCOMPARE(rig.transport.count(), 0U);
    rig.advance(10ms);
    QCOMPARE(rig.transport.count(), 1U);
    QCOMPARE(rig.transport.answer(200).number, 1U);
    while (rig.transport.count() > 0)
        rig.transport.answer(200);
    QCOMPARE(rig.stats.delivered, 30U);
    QCOMPARE(rig.queue.state().condition, DeliveryState::Condition::Ok);
}

void DeliveryQueueTest::otherProjectGoesOn()
{
    DeliveryRig rig(2);
    rig.add("bad/p", 50);
    rig.queue.pump();
    rig.transport.answer(500);
    rig.transport.answer(500);
    QCOMPARE(rig.transport.count(), 0U);
    rig.add("good/p", 50);
    rig.queue.pump();
    int answered = 0;
    while (rig.transport.count() > 0) {
        QCOMPARE(rig.projectOf(0), QByteArray("good/p"));
        rig.transport.answer(200);
        ++answered;
    }
    QCOMPARE(answered, 5);
    QCOMPARE(rig.pending(), 50U);
    QVERIFY(rig.addsUp());
}

void DeliveryQueueTest::probesOneAtATime()
{
    DeliveryRig rig(4);
    rig.add("a/b", 100);
    rig.queue.pump();
    while (rig.transport.count() > 0)
        rig.transport.answer(networkError());
    for (int i = 0; i < 5; ++i) {
        rig.advance(31s);
        QCOMPARE(rig.transport.count(), 1U);
        rig.transport.answer(networkError());
        QCOMPARE(rig.transport.count(), 0U);
    }
    rig.advance(31s);
    QCOMPARE(rig.transport.count(), 1U);
    rig.transport.answer(200); // it works again: everything goes
    QCOMPARE(rig.transport.count(), 4U);
    while (rig.transport.count() > 0)
        rig.transport.answer(200);
    QCOMPARE(rig.stats.delivered, 100U);
}

void DeliveryQueueTest::backsOffLongerEachTime()
{
    DeliveryRig rig(1);
    rig.add("a/b", 10);
    rig.queue.pump();
    for (const Milliseconds ceiling :
         {500ms, 1000ms, 2000ms, 4000ms, 8000ms, 16'000ms, 30'000ms, 30'000ms, 30'000ms}) {
        QCOMPARE(rig.transport.count(), 1U);
        rig.transport.answer(500);
        rig.advance(ceiling * 99 / 100);
        QVERIFY2(rig.transport.count() == 0, qPrintable(QString::number(ceiling.count())));
        rig.advance(ceiling / 100);
    }
    rig.random = 0; // full jitter goes down to nothing
    rig.transport.answer(500);
    rig.advance(0ms);
    QCOMPARE(rig.transport.count(), 1U);
}

void DeliveryQueueTest::failuresTogetherCountAsOne()
{
    DeliveryRig rig(4);
    rig.add("a/b", 40);
    rig.queue.pump();
    QCOMPARE(rig.transport.count(), 4U);
    while (rig.transport.count() > 0)
        rig.transport.answer(500);
    rig.advance(500ms); // and not the 4 s of a fourth failure
    QCOMPARE(rig.transport.count(), 1U);
}

// For the server, or by its size for the line.
void DeliveryQueueTest::badBatchDoesNotStopItsProject_data()
{
    SendResult timedOut;
    timedOut.kind = SendResult::Kind::TimedOut;
    QTest::addColumn<SendResult>("failure");
    QTest::newRow("refused for now") << FakeTransport::answered(500);
    QTest::newRow("connection breaks") << networkError();
    QTest::newRow("takes too long") << timedOut;
}

void DeliveryQueueTest::badBatchDoesNotStopItsProject()
{
    QFETCH(const SendResult, failure);
    DeliveryRig rig(2);
    rig.add("a/b", 10);
    rig.queue.pump();
    const auto bad = rig.transport.answer(failure);
    rig.add("a/b", 200);
    for (int round = 0; round < 300 && rig.stats.delivered < 200; ++round) {
        rig.advance(5s);
        while (rig.transport.count() > 0)
            rig.transport.answer(rig.transport.waiting().front().retryId == bad.retryId
                                     ? failure
                                     : FakeTransport::answered(200));
    }
    QCOMPARE(rig.stats.delivered, 200U);
    QCOMPARE(rig.pending(), 10U); // kept, and tried again and again
    QVERIFY(rig.addsUp());
    rig.advance(31s);
    while (rig.transport.count() > 0)
        rig.transport.answer(200);
    QCOMPARE(rig.pending(), 0U);
}

void DeliveryQueueTest::badProjectDoesNotStopOthers()
{
    DeliveryRig rig(1);
    for (int i = 0; i < 20; ++i) {
        rig.add("bad/p" + QByteArray::number(i), 30);
        rig.add("good/p", 10);
    }
    for (int round = 0; round < 200 && rig.stats.delivered < 200; ++round) {
        rig.advance(100ms);
        while (rig.transport.count() > 0)
            rig.transport.answer(rig.projectOf(0) == "good/p" ? 200 : 500);
    }
    QCOMPARE(rig.stats.delivered, 200U);
    QCOMPARE(rig.pending(), 600U);
}

// Answers that take long keep no other project waiting.
void DeliveryQueueTest::slowProjectLeavesAWay()
{
    DeliveryRig rig(4);
    rig.add("slow/p", 60);
    rig.add("slow/q", 60);
    rig.queue.pump();
    QCOMPARE(rig.transport.count(), 4U);
    rig.add("good/p", 20);
    rig.advance(249ms);
    QCOMPARE(rig.transport.count(), 4U);
    rig.advance(1ms);
    QCOMPARE(rig.transport.count(), 5U); // one for each project that has none, and no more
    QCOMPARE(rig.projectOf(4), QByteArray("good/p"));
    rig.transport.answer(200, 4);
    QCOMPARE(rig.transport.count(), 5U);
    QCOMPARE(rig.projectOf(4), QByteArray("good/p"));
    rig.transport.answer(200, 4);
    QCOMPARE(rig.transport.count(), 4U);
    for (int i = 0; i < 10; ++i) {
        rig.add("p/" + QByteArray::number(i), 10);
        rig.advance(1s);
    }
    QCOMPARE(rig.transport.count(), 8U); // at most as many again
    while (rig.transport.count() > 0)
        rig.transport.answer(200);
    QCOMPARE(rig.pending(), 0U);
    QVERIFY(rig.addsUp());
}

// A start that waits for its end pins what lies beside it.
void DeliveryQueueTest::startsLeaveAFillingSpool()
{
    DeliveryRig rig(1, 10, CallsMode::Complete);
    const auto addStart = [&rig](const char *id, qsizetype bytes) {
        rig.add(CallKind::Start, "a/b",
                startPayload("a/b", id,
                             R"(,"trace_id":"t","inputs":")" + QByteArray(bytes, 'x') + "\""));
        rig.advance(1s);
        rig.advance(0s);
    };
    addStart("small", 10);
    QCOMPARE(rig.pairing.heldStarts(), std::size_t{1});
    QCOMPARE(rig.transport.count(), 0U);
    addStart("large", 50 * 1024 * 1024); // of 64 MiB
    QCOMPARE(rig.pairing.heldStarts(), std::size_t{0});
    QCOMPARE(rig.transport.answer(200).path, std::string("/v2/a/b/call/start"));
    QCOMPARE(rig.transport.answer(200).path, std::string("/v2/a/b/call/start"));
    QCOMPARE(rig.pending(), 0U);
}

// Its room would not be free for the sake of a start that goes on its own.
void DeliveryQueueTest::backlogOfOthersKeepsPairsTogether()
{
    DeliveryRig rig(1, 10, CallsMode::Complete);
    const QByteArray fill = R"(,"trace_id":"t","inputs":")" + QByteArray(50 << 20, 'x') + "\"";
    rig.add(CallKind::End, "refused/p", endPayload("refused/p", "1", fill));
    rig.advance(1s);
    rig.advance(10s);
    rig.transport.answer(403);
    rig.add(CallKind::Start, "a/b", startPayload("a/b", "2", R"(,"trace_id":"t")"));
    rig.advance(1s);
    rig.advance(0s);
    QCOMPARE(rig.pairing.heldStarts(), std::size_t{1});
    rig.add(CallKind::End, "a/b", endPayload("a/b", "2"));
    rig.advance(1s);
    QCOMPARE(rig.transport.answer(200).path, std::string("/v2/a/b/calls/complete"));
}

// A thousand requests of one call each, and a batch of another project gets its turn.
void DeliveryQueueTest::singlesLeaveRoomForOthers()
{
    DeliveryRig rig(1, 10, CallsMode::Complete);
    rig.add("a/b", 1000); // without a trace_id they cannot become complete calls
    rig.add("noslash", 30); // and these have no complete path
    rig.queue.pump();
    int requests = 0;
    while (rig.stats.delivered < 1030 && rig.transport.count() > 0) {
        const auto request = rig.transport.answer(200);
        ++requests;
        if (request.path == "/call/upsert_batch")
            QCOMPARE_LT(requests, 20);
    }
    QCOMPARE(rig.pending(), 0U);
    QCOMPARE(requests, 1003);
    QVERIFY(rig.addsUp());
}

// The one test with a real clock: an open batch is sent when its time has come.
void DeliveryQueueTest::timerSendsWithoutBeingAsked()
{
    Stats stats;
    MemorySpool spool(1U << 26U);
    FakeTransport transport;
    Batcher batcher({100, 1'000'000, 30ms}, SteadyClock::now);
    CompletePairing pairing(spool, {}, SteadyClock::now, [](std::uint16_t) { return true; });
    DeliveryQueue queue({batcher, pairing, spool, transport, stats}, {1}, SteadyClock::now,
                        [] { return 0.05; });
    const auto record = spool.append({CallKind::Start, "a/b", "1", "{}"});
    QVERIFY(record);
    batcher.add("a/b", *record);
    queue.pump();
    QCOMPARE(transport.count(), 0U);
    QTRY_COMPARE(transport.count(), 1U);
    transport.answer(500);
    QTRY_COMPARE(transport.count(), 1U);
    transport.answer(200);
    QCOMPARE(stats.delivered, 1U);
    QCOMPARE(spool.usage().pendingCalls, 0U);
}

QTEST_GUILESS_MAIN(DeliveryQueueTest)
#include "tst_deliveryqueue.moc"
