#include "forwarding/deliveryqueue.h"

#include "common/duration.h"
#include "common/logging.h"
#include "common/textnumber.h"
#include "forwarding/batchrequest.h"

#include <QUuid>

#include <algorithm>

namespace Weave {

DeliveryQueue::DeliveryQueue(const Parts &parts, const DeliveryLimits &limits, NowFunction now,
                             RandomFunction random)
    : m_batcher(parts.batcher),
      m_pairing(parts.pairing),
      m_spool(parts.spool),
      m_transport(parts.transport),
      m_stats(parts.stats),
      m_limits(limits),
      m_now(std::move(now)),
      m_random(std::move(random)),
      m_paths(limits.callsMode),
      m_parked(m_now),
      m_undeliverable(
          {m_parked, m_pairing, m_spool, m_stats, parts.deadLetter}, limits.maxAge, m_now,
          [this](std::span<const RecordRef> records) { removeRecords(records, false); }),
      m_inFlight(limits.senders, m_now),
      m_source({m_batcher, m_pairing, m_parked, m_inFlight, m_paths, m_spool, m_stats},
               [this](const CompletePairing::Added &added) { return handleTakenApart(added); })
{
    m_timer.setSingleShot(true);
    m_timer.setTimerType(Qt::PreciseTimer);
    connect(&m_timer, &QTimer::timeout, this, &DeliveryQueue::pump);
}

DeliveryQueue::~DeliveryQueue()
{
    m_transport.cancelAll();
}

void DeliveryQueue::pump()
{
    if (m_isPumping)
        return; // records that leave make room for others; the loop below sees them
    m_isPumping = true;
    m_pairing.promoteDue();
    makeRoom();
    m_turn.begin(m_now());
    while (!m_turn.isOver() && !m_isPausedByUser && !m_reachability.isProbing()
           && m_now() >= waitUntil()) {
        const bool isFree = m_inFlight.isSenderFree();
        if (!isFree && !m_inFlight.mayAddSenders())
            break;
        auto taken = m_source.next([this, isFree](const std::string &project) {
            return isFree || !m_inFlight.hasProject(project);
        });
        if (!taken)
            break;
        send(std::move(taken->batch), taken->isProbe);
    }
    m_isPumping = false;
    armTimer();
}

// A start that waits for its end keeps its neighbours' room in the spool, too. Where it is another
// project's backlog that fills it, nothing is gained by giving up on pairs.
void DeliveryQueue::makeRoom()
{
    if (m_pairing.heldStarts() == 0)
        return;
    const SpoolUsage usage = m_spool.usage();
    const std::uint64_t backlog =
        usage.pendingBytes - std::min(usage.pendingBytes, m_pairing.heldBytes());
    const std::uint64_t quarter = usage.maxBytes / 4;
    if (usage.usedBytes > 3 * quarter
        && usage.usedBytes - std::min(usage.usedBytes, backlog) > quarter)
        m_pairing.promoteStarts();
}

void DeliveryQueue::setLimits(const DeliveryLimits &limits)
{
    const bool isOtherMode = limits.callsMode != m_limits.callsMode;
    m_limits = limits;
    m_inFlight.setSenders(limits.senders);
    m_undeliverable.setMaxAge(limits.maxAge);
    if (isOtherMode)
        forgetPaths();
}

// What waits for its other half would go in requests of one call each where there is no pairing.
void DeliveryQueue::forgetPaths()
{
    m_paths = WritePaths(m_limits.callsMode);
    for (const std::string &project : m_pairing.projects()) {
        if (!m_paths.usesComplete(project))
            m_source.release(project);
    }
}

bool DeliveryQueue::handleTakenApart(const CompletePairing::Added &added)
{
    if (!added.held.empty())
        Q_EMIT recordsHeld(added.held);
    if (!added.repeated.empty()) {
        m_stats.delivered += added.repeated.size(); // with the call that they repeat
        removeRecords(added.repeated, true);
    }
    Q_EMIT batchTakenApart();
    return !m_turn.isOverAt(m_now());
}

void DeliveryQueue::send(Batch batch, bool isProbe)
{
    if (batch.retryId.empty())
        batch.retryId = QUuid::createUuid().toString(QUuid::WithoutBraces).toStdString();
    ++batch.attempts;
    ++m_stats.requests;
    const std::uint64_t number = m_nextNumber++;
    m_reachability.noteSent(number);
    InFlight::Request &request = m_inFlight.add(number, std::move(batch), isProbe);
    request.round = m_round;
    OutgoingRequest outgoing = requestOf(request.batch, m_spool);
    outgoing.isBacklog = isBacklog(request.batch);
    request.bodyBytes = outgoing.body.size();
    m_transport.send(std::move(outgoing),
                     [this, number](const SendResult &result) { handleAnswer(number, result); });
    m_turn.isOverAt(m_now());
}

// Not while room is short: what comes faster than a backlog goes would fill the rest as well.
bool DeliveryQueue::isBacklog(const Batch &batch) const
{
    const SpoolUsage usage = m_spool.usage();
    return m_now() - batch.openedAt > m_limits.backlogAge
        && usage.usedBytes < usage.maxBytes / 4 * 3;
}

void DeliveryQueue::handleAnswer(std::uint64_t number, const SendResult &answer)
{
    // The batch is in none of the places where it is looked for until it has found one.
    m_isPumping = true;
    InFlight::Request done = m_inFlight.take(number);
    const bool isOfThisRound = done.round == m_round;
    m_reachability.noteEnded(number);
    if (answer.hadConnection)
        m_reachability.noteReached();
    Batch &batch = done.batch;
    const SendResult result = withoutEcho(answer, batch, m_spool);
    const auto took = std::chrono::duration_cast<std::chrono::microseconds>(m_now() - done.sentAt);
    m_stats.recordRequest(static_cast<std::uint64_t>(took.count()));

    if (done.isProbe && isOfThisRound)
        m_parked.endProbe(batch.project);
    Decision decision = decide(result, attemptsOf(batch, result), m_random());
    if (!isOfThisRound && decision.action != Decision::Action::Done) {
        // Perhaps of another server, and it may have been mended since the request was sent.
        decision.action = Decision::Action::Retry;
    }
    if (decision.action == Decision::Action::NeedsComplete
        || decision.action == Decision::Action::RouteMissing)
        decision.action = learnPath(batch, result, decision.action);
    if (decision.action != Decision::Action::Done)
        noteError(result);
    // What was sent before the pause says nothing of it.
    if (decision.action != Decision::Action::PauseAll && done.sentAt > m_pausedSince)
        m_isPaused = false;
    Q_EMIT requestFinished({batch.project, batch.route, batch.records.size(), done.bodyBytes,
                            secondsBetween(done.sentAt, m_now()), batch.attempts, result,
                            decision.action});
    switch (decision.action) {
    case Decision::Action::Done:
        succeed(batch);
        break;
    case Decision::Action::Halve:
        halve(std::move(batch), result);
        break;
    case Decision::Action::Retry:
    case Decision::Action::PauseProject:
    case Decision::Action::PauseAll:
        if (isOfThisRound)
            comeBack(std::move(batch), result, decision);
        else
            sendAgain(std::move(batch));
        break;
    case Decision::Action::NeedsComplete:
    case Decision::Action::RouteMissing:
        batch.attempts = 0;
        noteHealthy(batch.project);
        m_parked.pushFront(std::move(batch));
        break;
    }
    m_isPumping = false;
    pump();
}

// In a row, this one included: of the project, or to get a connection at all.
int DeliveryQueue::attemptsOf(const Batch &batch, const SendResult &result) const
{
    if (!result.hadConnection)
        return m_reachability.failures() + 1;
    const int failures = m_parked.failures(batch.project);
    return failures > 0 ? std::max(batch.attempts, failures + 1) : batch.attempts;
}

void DeliveryQueue::succeed(const Batch &batch)
{
    m_stats.delivered += batch.records.size();
    m_paths.noteDelivered(batch.project);
    m_parked.noteDelivered(batch.project);
    noteHealthy(batch.project);
    if (batch.route == Route::Start)
        m_pairing.settle(batch);
    removeRecords(batch.records, true);
}

void DeliveryQueue::noteHealthy(const std::string &project)
{
    m_isPaused = false;
    if (m_parked.noteHealthy(project)) {
        qCInfo(lcForwarding, "%s: delivery works again", project.c_str());
        m_batcher.unblock(project);
    }
}

void DeliveryQueue::sendAgain(Batch batch)
{
    batch.notBefore = m_now();
    m_parked.pushFront(std::move(batch));
}

// Where calls that the server refuses cannot be put away, the project waits until they can: they
// would grow in number, and each of them would be sent again and again.
void DeliveryQueue::halve(Batch batch, const SendResult &result)
{
    const std::string project = batch.project;
    if (m_undeliverable.halve(std::move(batch), result)) {
        noteHealthy(project); // the server takes its calls, but not all of these
        return;
    }
    if (!m_parked.isFailing(project) && !m_parked.hasManyWaiting(project))
        return;
    const std::string reason = "no place for dead letters: " + describe(result);
    m_parked.noteFailure(project,
                         {.next = m_now() + UndeliverableCalls::NoPlacePause,
                          .isPause = true,
                          .serverAnswered = true,
                          .reason = reason});
    m_batcher.block(project);
}

// Calls grow too old by an outage, and not by a machine that was off or asleep, a clock that jumped
// or a pause: one that fails once more before all is up again would lose in a moment what the spool
// has kept. So the clock that stands still in sleep has to have gone on for as long, too.
bool DeliveryQueue::hasLongTrouble(Batch &batch, const SendResult &result) const
{
    const TimePoint now = m_now();
    if (batch.inTroubleSince == TimePoint())
        batch.inTroubleSince = m_isPaused ? m_pausedSince : now;
    const auto lasted = now - batch.inTroubleSince;
    return lasted >= std::min(m_limits.maxAge, LeastTrouble)
        && now - batch.openedAt > m_limits.maxAge
        && (result.hadConnection || m_reachability.lostFor(now) > m_limits.maxAge);
}

// The batch is kept and its project, or everything, waits.
void DeliveryQueue::comeBack(Batch batch, const SendResult &result, const Decision &decision)
{
    const TimePoint now = m_now();
    const bool isPause = decision.action == Decision::Action::PauseAll;
    TimePoint next = now + decision.wait;
    if (!result.hadConnection)
        next = m_reachability.noteUnreachable(now, next);
    if (isPause || decision.waitIsForAll)
        m_waitUntil = std::max(m_waitUntil, next);
    if (isPause && !std::exchange(m_isPaused, true))
        m_pausedSince = now;
    if (hasLongTrouble(batch, result))
        m_undeliverable.giveUpTheOld(batch, result);
    if (batch.records.empty()) {
        auto following = m_source.takeFrom(batch.project);
        if (!following) {
            if (!isPause)
                noteHealthy(batch.project); // as far as anybody knows: its next batch finds out
            return;
        }
        following->inTroubleSince = batch.inTroubleSince;
        batch = std::move(*following); // waits as that would have
    }
    ++m_stats.retried;
    qCWarning(lcForwarding, "%s: %s kept after attempt %d; next attempt in %s: %s",
              batch.project.c_str(), countOf(batch.records.size(), "call").c_str(), batch.attempts,
              formatDuration(decision.wait).c_str(), describe(result).c_str());
    if (isPause) {
        batch.notBefore = now;
        m_parked.pushFront(std::move(batch));
        return;
    }
    m_parked.noteFailure(batch.project,
                         {next, decision.action != Decision::Action::Retry, result.hadConnection,
                          result.kind == SendResult::Kind::Answered, result.retryAfter.has_value(),
                          describe(result)});
    m_batcher.block(batch.project);
    batch.notBefore = next;
    m_parked.pushBack(std::move(batch));
}

// The server has said that the project's calls are to go by the other path. Returns what becomes of
// the batch: action when that path takes it at once, else a pause.
Decision::Action DeliveryQueue::learnPath(const Batch &batch, const SendResult &result,
                                          Decision::Action action)
{
    const std::string &project = batch.project;
    const bool toComplete = action == Decision::Action::NeedsComplete;
    const bool wasUpsert = batch.route == Route::Upsert;
    if (!toComplete && wasUpsert) // a wrong URL
        return Decision::Action::PauseAll;
    auto move = WritePaths::Move::No;
    if (toComplete == wasUpsert)
        move = toComplete ? m_paths.moveToComplete(project) : m_paths.moveToUpsert(project);
    if (move == WritePaths::Move::No) {
        if (toComplete && m_limits.callsMode == CallsMode::Upsert) {
            qCWarning(lcForwarding, "%s: start the daemon with --calls-mode auto to deliver it",
                      project.c_str());
        }
        return Decision::Action::PauseProject;
    }
    qCInfo(lcForwarding, "%s: its calls go by %s from now on: %s", project.c_str(),
           toComplete ? "/v2/.../calls/complete" : "/call/upsert_batch", describe(result).c_str());
    if (!toComplete)
        m_source.release(project);
    return move == WritePaths::Move::Later ? Decision::Action::PauseProject : action;
}

void DeliveryQueue::removeRecords(std::span<const RecordRef> records, bool delivered)
{
    for (const RecordRef &record : records)
        m_spool.remove(record);
    Q_EMIT recordsDone(records, delivered);
}

void DeliveryQueue::noteError(const SendResult &result)
{
    ++m_stats.failedRequests[failureName(result)];
    m_lastError = describe(result);
    m_lastErrorAt = m_now();
}

void DeliveryQueue::setPausedByUser(bool isPaused)
{
    m_isPausedByUser = isPaused;
    forgetTrouble();
    pump();
}

void DeliveryQueue::retryNow()
{
    ++m_round;
    m_waitUntil = m_now();
    m_reachability.endWait();
    m_parked.endWaits();
    forgetTrouble();
    pump();
}

void DeliveryQueue::forgetTrouble()
{
    m_pausedSince = m_now();
    m_parked.forgetTrouble();
}

// No project may send before that.
TimePoint DeliveryQueue::waitUntil() const
{
    return std::max(m_waitUntil, m_reachability.until());
}

void DeliveryQueue::armTimer()
{
    m_timer.stop();
    if (m_isPausedByUser || m_reachability.isProbing())
        return;
    const TimePoint now = m_now();
    std::optional<TimePoint> next;
    const auto consider = [&next](std::optional<TimePoint> time) {
        if (time && (!next || *time < *next))
            next = time;
    };
    if (m_inFlight.isSenderFree()) {
        consider(m_batcher.nextDue());
        consider(m_parked.nextTime());
        consider(m_pairing.nextDue());
    } else if (const TimePoint slow = m_inFlight.slowAt(); slow > now) {
        consider(slow);
    } else {
        // What is due already has been passed over: it waits for an answer.
        for (const auto &time : {m_batcher.nextDue(), m_parked.nextTime(), m_pairing.nextDue()}) {
            if (time > now)
                consider(time);
        }
    }
    if (now < waitUntil())
        next = next ? std::max(*next, waitUntil()) : waitUntil();
    if (m_turn.isOver())
        m_timer.start(Milliseconds(0));
    else if (next)
        m_timer.start(std::max(std::chrono::ceil<Milliseconds>(*next - now), Milliseconds(1)));
}

} // namespace Weave
