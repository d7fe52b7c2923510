#include "deliveryrig.h"
#include "spool/diskspool.h"

#include <QSignalSpy>
#include <QTemporaryDir>

using namespace Weave;
using namespace std::chrono_literals;

namespace {

// One that may become a complete call.
void addStart(DeliveryRig &rig)
{
    rig.add(CallKind::Start, "a/b", startPayload("a/b", "1", R"(,"trace_id":"t")"));
}

// What those who watch are told became of each request.
void watchActions(DeliveryRig &rig, std::vector<Decision::Action> &actions)
{
    QObject::connect(&rig.queue, &DeliveryQueue::requestFinished, &rig.queue,
                     [&actions](const RequestReport &report) { actions.push_back(report.action); });
}

} // namespace

// What becomes of batches that the backend refuses or wants to have later.
class DeliveryAnswersTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void retryAfterIsForAll();
    void retryAfterOf500IsForTheProject();
    void wrongKeyPausesAll();
    void missingRightPausesTheProject();
    void degradedWhereOthersAreDelivered();
    void missingRoutePausesAll();
    void completeModePausesTheProject();
    void pathsThatSendUsToEachOtherPause();
    void forgottenPathLosesNoStart();
    void takenApartProbeEndsTheFailure();
    void tellsOfBatchesTakenApart();
    void halvesDownToTheBadCall();
    void tooLargeSingleCallIsGivenUp();
    void tooOldIsGivenUp();
    void youngCallsOfAnOldBatchStay();
    void refusedCallsWithoutAPlaceAreFew();
    void halvesHaveIdsOfTheirOwn();
    void halvingIsNoFailureOfTheProject();
};

void DeliveryAnswersTest::retryAfterIsForAll()
{
    for (const int status : {429, 503}) {
        DeliveryRig rig(1);
        rig.add("a/b", 20);
        rig.add("c/d", 10);
        rig.queue.pump();
        rig.transport.answer(retryAfter(status, 20s));
        QCOMPARE(rig.transport.count(), 0U);
        rig.advance(19'999ms);
        QCOMPARE(rig.transport.count(), 0U);
        rig.advance(1ms);
        QCOMPARE(rig.transport.count(), 1U);
        // A week is not believed.
        rig.transport.answer(retryAfter(status, 168h));
        rig.advance(10min);
        QCOMPARE(rig.transport.count(), 1U);
        while (rig.transport.count() > 0)
            rig.transport.answer(200);
        QCOMPARE(rig.stats.delivered, 30U);
    }
}

void DeliveryAnswersTest::retryAfterOf500IsForTheProject()
{
    DeliveryRig rig(1);
    rig.add("a/b", 10);
    rig.queue.pump();
    rig.transport.answer(retryAfter(500, 60s));
    rig.add("c/d", 10);
    rig.queue.pump();
    QCOMPARE(rig.transport.count(), 1U);
    rig.transport.answer(200);
    rig.advance(59s);
    QCOMPARE(rig.transport.count(), 0U);
    rig.advance(1s);
    QCOMPARE(rig.transport.count(), 1U);
}

void DeliveryAnswersTest::wrongKeyPausesAll()
{
    DeliveryRig rig(1);
    rig.add("a/b", 20);
    rig.queue.pump();
    rig.transport.answer(401, 0, "wrong key");
    rig.add("c/d", 10);
    rig.queue.pump();
    QCOMPARE(rig.transport.count(), 0U);
    QCOMPARE(rig.queue.state().condition, DeliveryState::Condition::Paused);
    QCOMPARE(rig.queue.state().lastError, std::string("the backend answered 401: wrong key"));
    rig.advance(29s);
    QCOMPARE(rig.transport.count(), 0U);
    rig.advance(1s);
    QCOMPARE(rig.transport.count(), 1U);
    while (rig.transport.count() > 0)
        rig.transport.answer(200);
    QCOMPARE(rig.stats.delivered, 30U);
    QCOMPARE(rig.queue.state().condition, DeliveryState::Condition::Ok);
}

void DeliveryAnswersTest::missingRightPausesTheProject()
{
    DeliveryRig rig(1);
    rig.add("a/b", 20);
    rig.queue.pump();
    rig.transport.answer(403);
    QCOMPARE(rig.queue.state().condition, DeliveryState::Condition::Paused);
    rig.add("c/d", 10);
    rig.queue.pump();
    QCOMPARE(rig.projectOf(0), QByteArray("c/d"));
    rig.transport.answer(200);
    QCOMPARE(rig.transport.count(), 0U);
    const DeliveryState some = rig.queue.state();
    QCOMPARE(some.condition, DeliveryState::Condition::Degraded); // others are delivered
    QCOMPARE(some.failingProjects, 1U);
    QCOMPARE(some.failingNamed.at(0).name, std::string("a/b"));
    QCOMPARE(some.failingNamed.at(0).error, std::string("the backend answered 403"));
    QVERIFY(some.failingNamed.at(0).isPaused);
    QVERIFY(some.nextAttemptInSeconds.has_value());
    rig.advance(30s);
    QCOMPARE(rig.transport.count(), 1U);
    while (rig.transport.count() > 0)
        rig.transport.answer(200);
    QCOMPARE(rig.pending(), 0U);
    QCOMPARE(rig.queue.state().condition, DeliveryState::Condition::Ok);
}

void DeliveryAnswersTest::degradedWhereOthersAreDelivered()
{
    using Condition = DeliveryState::Condition;
    DeliveryRig rig(1);
    const auto send = [&rig](const char *project, int status) {
        rig.advance(1ms);
        rig.add(project, 10);
        rig.queue.pump();
        rig.transport.answer(status);
        return rig.queue.state().condition;
    };
    QCOMPARE(send("c/d", 200), Condition::Ok);
    QCOMPARE(send("a/b", 503), Condition::Retrying); // nothing has been delivered since
    QCOMPARE(send("c/d", 200), Condition::Degraded);
    QCOMPARE(send("e/f", 403), Condition::Degraded);
    QCOMPARE(rig.queue.state().failingProjects, 2U);
    QCOMPARE(send("c/d", 503), Condition::Paused); // nobody's is any more, and one is refused
    QCOMPARE(send("g/h", 200), Condition::Degraded);
    // Where the server does not answer it is no matter of projects.
    QCOMPARE(send("i/j", 200), Condition::Degraded);
    rig.advance(1ms);
    rig.add("k/l", 10);
    rig.queue.pump();
    rig.transport.answer(networkError());
    QCOMPARE(rig.queue.state().condition, Condition::Paused);
}

void DeliveryAnswersTest::missingRoutePausesAll()
{
    for (const int status : {404, 405, 501, 301, 308}) {
        DeliveryRig rig(1);
        rig.add("a/b", 20);
        rig.queue.pump();
        std::vector<Decision::Action> actions;
        watchActions(rig, actions);
        rig.transport.answer(status);
        QCOMPARE(actions, std::vector{Decision::Action::PauseAll}); // and no other path
        QCOMPARE(rig.queue.state().condition, DeliveryState::Condition::Paused);
        rig.advance(29s);
        QCOMPARE(rig.transport.count(), 0U);
        QCOMPARE(rig.pending(), 20U);
        QCOMPARE(rig.stats.deadLettered(), 0U);
        rig.advance(1s);
        QCOMPARE(rig.transport.count(), 1U);
    }
}

void DeliveryAnswersTest::completeModePausesTheProject()
{
    DeliveryRig rig(1);
    rig.add("a/b", 10);
    rig.queue.pump();
    std::vector<Decision::Action> actions;
    watchActions(rig, actions);
    rig.transport.answer(needsComplete());
    QCOMPARE(actions, std::vector{Decision::Action::PauseProject});
    QCOMPARE(rig.pending(), 10U);
    QCOMPARE(rig.stats.halved, 0U);
    rig.add("c/d", 10);
    rig.queue.pump();
    QCOMPARE(rig.projectOf(0), QByteArray("c/d"));
}

void DeliveryAnswersTest::pathsThatSendUsToEachOtherPause()
{
    DeliveryRig rig(1, 10, CallsMode::Auto);
    std::vector<Decision::Action> actions;
    watchActions(rig, actions);
    addStart(rig);
    rig.add(CallKind::End, "a/b", endPayload("a/b", "1"));
    rig.advance(1s);
    rig.transport.answer(needsComplete());
    QCOMPARE(rig.transport.count(), 1U); // by the other path, at once
    rig.transport.answer(404);
    QCOMPARE(rig.transport.count(), 0U);
    QCOMPARE(actions,
             (std::vector{Decision::Action::NeedsComplete, Decision::Action::PauseProject}));
    rig.advance(30s);
    QCOMPARE(rig.transport.answer(200).path, std::string("/call/upsert_batch"));
}

// The start has waited for its end, goes on its own, and has to find the project's path again.
void DeliveryAnswersTest::forgottenPathLosesNoStart()
{
    DeliveryRig rig(1, 10, CallsMode::Complete);
    addStart(rig);
    rig.advance(1s);
    QCOMPARE(rig.pairing.heldStarts(), std::size_t{1});
    rig.queue.setLimits({1, 24h, CallsMode::Auto});
    rig.advance(60s);
    QCOMPARE(rig.transport.answer(needsComplete()).path, std::string("/call/upsert_batch"));
    QCOMPARE(rig.pending(), 1U);
    QCOMPARE(rig.stats.delivered, 0U);
    rig.add(CallKind::End, "a/b", endPayload("a/b", "1"));
    rig.advance(1s);
    QCOMPARE(rig.transport.answer(200).path, std::string("/v2/a/b/calls/complete"));
    QCOMPARE(rig.pending(), 0U);
    QVERIFY(rig.addsUp());
}

// What it was made of is held; nothing is left that could show that the project is well again.
void DeliveryAnswersTest::takenApartProbeEndsTheFailure()
{
    DeliveryRig rig(1);
    addStart(rig);
    rig.advance(1s);
    rig.transport.answer(503);
    rig.queue.setLimits({1, 24h, CallsMode::Complete});
    rig.advance(30s);
    QCOMPARE(rig.transport.count(), 0U);
    QCOMPARE(rig.pairing.heldStarts(), std::size_t{1});
    rig.advance(60s);
    QCOMPARE(rig.transport.answer(200).path, std::string("/v2/a/b/call/start"));
    QCOMPARE(rig.pending(), 0U);
}

void DeliveryAnswersTest::tellsOfBatchesTakenApart()
{
    DeliveryRig rig(1, 10, CallsMode::Complete);
    const QSignalSpy apart(&rig.queue, &DeliveryQueue::batchTakenApart);
    rig.add(CallKind::End, "a/b", endPayload("a/b", "1")); // held without anybody being told
    rig.advance(1s);
    QCOMPARE(apart.size(), 1);
}

void DeliveryAnswersTest::halvesDownToTheBadCall()
{
    for (const int status : {400, 409, 422}) {
        DeliveryRig rig(4, 1000);
        rig.add("a/b", 1000);
        rig.queue.pump();
        int requests = 0;
        while (rig.transport.count() > 0) {
            const bool hasBad = rig.transport.waiting().front().body.contains("\"id\":\"777\"");
            rig.transport.answer(hasBad ? status : 200, 0, hasBad ? "bad call" : "");
            ++requests;
        }
        QCOMPARE(rig.stats.delivered, 999U);
        QCOMPARE(rig.stats.deadLettered(), 1U);
        QCOMPARE(rig.givenUpIds.size(), 1U);
        QCOMPARE(rig.pending(), 0U);
        QCOMPARE_LE(requests, 21);
        QVERIFY(rig.addsUp());
        QCOMPARE(rig.queue.state().condition, DeliveryState::Condition::Ok);
    }
}

void DeliveryAnswersTest::tooLargeSingleCallIsGivenUp()
{
    DeliveryRig rig(1);
    rig.add("a/b", 10);
    rig.queue.pump();
    while (rig.transport.count() > 0)
        rig.transport.answer(413);
    QCOMPARE(rig.stats.deadLettered(), 10U);
    QCOMPARE(rig.stats.deadLetters.at(static_cast<std::size_t>(DeadLetterReason::Refused)), 10U);
    QCOMPARE(rig.stats.halved, 9U);
    QCOMPARE(rig.transport.sentCount(), 19U);
    QCOMPARE(rig.pending(), 0U);
}

void DeliveryAnswersTest::tooOldIsGivenUp()
{
    DeliveryRig rig(1);
    rig.add("a/b", 10);
    rig.queue.pump();
    rig.advance(24h);
    rig.transport.answer(503);
    QCOMPARE(rig.pending(), 10U); // not yet
    rig.advance(1min);
    QCOMPARE(rig.transport.count(), 1U);
    rig.transport.answer(503);
    QCOMPARE(rig.pending(), 10U); // old enough, but the trouble is young
    rig.advance(DeliveryQueue::LeastTrouble);
    QCOMPARE(rig.transport.count(), 1U);
    rig.transport.answer(503);
    QCOMPARE(rig.stats.deadLetters.at(static_cast<std::size_t>(DeadLetterReason::MaxAge)), 10U);
    QCOMPARE(rig.stats.deadLettered(), 10U);
    QCOMPARE(rig.pending(), 0U);
    QVERIFY(rig.addsUp());
}

// A project's batch fills on while nothing can be delivered.
void DeliveryAnswersTest::youngCallsOfAnOldBatchStay()
{
    const QTemporaryDir directory;
    TimePoint now{TimePoint() + 1000h};
    const auto wallClock = [&now] {
        return std::chrono::duration_cast<Milliseconds>(now.time_since_epoch()).count();
    };
    DiskSpoolOptions options{directory.path().toStdString(), std::uint64_t{1} << 30U};
    const auto spool = DiskSpool::open(options, wallClock);
    QVERIFY(spool);
    DeliveryRig rig;
    DeliveryQueue queue(
        {rig.batcher, rig.pairing, **spool, rig.transport, rig.stats}, {}, [&now] { return now; },
        [] { return 0.999; });
    const auto add = [&](const char *id) {
        const std::string payload = startPayload("a/b", id).toStdString();
        const auto record = (*spool)->append({CallKind::Start, "a/b", id, payload});
        QVERIFY(record);
        rig.batcher.add("a/b", *record);
    };
    const auto fail = [&] {
        rig.now = now;
        queue.pump();
        QCOMPARE(rig.transport.count(), 1U);
        rig.transport.answer(503);
    };
    add("old");
    now += 25h;
    add("young");
    fail();
    now += DeliveryQueue::LeastTrouble;
    fail();
    QCOMPARE(rig.stats.deadLettered(), 1U);
    QCOMPARE((*spool)->usage().pendingCalls, 1U);
    now += 25h;
    fail();
    QCOMPARE(rig.stats.deadLettered(), 2U);
    QCOMPARE((*spool)->usage().pendingCalls, 0U);
}

// The disk is full, for instance. Every one of them is a request of its own.
void DeliveryAnswersTest::refusedCallsWithoutAPlaceAreFew()
{
    DeliveryRig rig(4);
    rig.hasPlaceForDeadLetters = false;
    const auto refuseAll = [&rig] {
        std::size_t requests = 0;
        for (; rig.transport.count() > 0 && requests < 10'000; ++requests)
            rig.transport.answer(422);
        return requests;
    };
    for (int i = 0; i < 100; ++i) {
        rig.add("a/b", 10);
        rig.advance(1s);
        refuseAll();
    }
    std::size_t requests = 0;
    for (int second = 0; second < 60; ++second) {
        rig.advance(1s);
        requests += refuseAll();
    }
    QVERIFY2(requests > 0 && requests < 10, qPrintable(QString::number(requests)));
    QCOMPARE(rig.pending(), 1000U);
    QCOMPARE(rig.queue.state().failingProjects, std::size_t{1});
    const auto failing = rig.queue.state().failingNamed;
    QVERIFY(
        QByteArray::fromStdString(failing.front().error).startsWith("no place for dead letters"));

    rig.hasPlaceForDeadLetters = true;
    for (int i = 0; i < 100 && rig.pending() > 0; ++i) {
        rig.advance(30s);
        refuseAll();
    }
    QCOMPARE(rig.stats.deadLettered(), 1000U);
    QVERIFY(rig.addsUp());
}

void DeliveryAnswersTest::halvesHaveIdsOfTheirOwn()
{
    DeliveryRig rig(4);
    rig.add("a/b", 10);
    rig.queue.pump();
    const auto whole = rig.transport.answer(413);
    QCOMPARE(rig.transport.count(), 2U);
    const auto &waiting = rig.transport.waiting();
    QCOMPARE(rig.sizeOf(0), 5);
    QCOMPARE(rig.sizeOf(1), 5);
    QVERIFY(waiting[0].retryId != whole.retryId && waiting[1].retryId != whole.retryId
            && waiting[0].retryId != waiting[1].retryId);
    QCOMPARE(upsertItems(waiting[0].body) + upsertItems(waiting[1].body), upsertItems(whole.body));
}

void DeliveryAnswersTest::halvingIsNoFailureOfTheProject()
{
    DeliveryRig rig(2);
    rig.add("a/b", 30);
    rig.queue.pump();
    rig.transport.answer(413);
    QCOMPARE(rig.queue.state().condition, DeliveryState::Condition::Ok);
    QCOMPARE(rig.transport.count(), 2U); // no wait
    while (rig.transport.count() > 0)
        rig.transport.answer(200);
    QCOMPARE(rig.stats.delivered, 30U);
}

QTEST_GUILESS_MAIN(DeliveryAnswersTest)
#include "tst_deliveryanswers.moc"
