#include "forwarding/deliveryqueue.h"

#include "batching/upsertbody.h"
#include "common/duration.h"
#include "common/logging.h"

#include <QUuid>

#include <algorithm>

namespace Weave {

namespace {

constexpr const char *UpsertPath = "/call/upsert_batch";

// A batch that the server has answered badly this often may be the cause itself. From then on the
// project is probed with other batches too, so that it cannot hold them up; at most this many.
constexpr int SuspectAttempts = 3;
constexpr std::size_t MaxSuspects = 8;

// A request that takes longer waits for the backend and not for this machine.
constexpr Milliseconds SlowRequest{250};

// A refused call whose dead letter cannot be written is tried again after this long.
constexpr Milliseconds NoPlacePause{30000};

double secondsBetween(TimePoint from, TimePoint to)
{
    return std::chrono::duration<double>(to - from).count();
}

} // namespace

DeliveryQueue::DeliveryQueue(const Parts &parts, const DeliveryLimits &limits, NowFunction now,
                             RandomFunction random)
    : m_batcher(parts.batcher),
      m_spool(parts.spool),
      m_transport(parts.transport),
      m_stats(parts.stats),
      m_deadLetter(parts.deadLetter),
      m_limits(limits),
      m_now(std::move(now)),
      m_random(std::move(random))
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
    while (m_inFlight.size() < static_cast<std::size_t>(m_limits.senders) && sendNext()) { }
    armTimer();
}

bool DeliveryQueue::sendNext()
{
    if (m_now() < m_waitUntil)
        return false;
    // In turns, so that a project whose batches keep coming back leaves room for the others.
    m_parkedGoesFirst = !m_parkedGoesFirst;
    return m_parkedGoesFirst ? sendParked() || sendFresh() : sendFresh() || sendParked();
}

// The last free sender is not for a project that waits for slow answers already: however slow one
// project is, there is always a way for the others.
bool DeliveryQueue::isLastSender() const
{
    return m_limits.senders > 1
        && m_inFlight.size() + 1 == static_cast<std::size_t>(m_limits.senders);
}

bool DeliveryQueue::hasSlowRequest(const std::string &project) const
{
    const TimePoint longAgo = m_now() - SlowRequest;
    return std::any_of(m_inFlight.begin(), m_inFlight.end(), [&](const auto &flight) {
        return flight.second.batch.project == project && flight.second.sentAt < longAgo;
    });
}

bool DeliveryQueue::sendFresh()
{
    auto batch = isLastSender()
        ? m_batcher.take([this](const std::string &project) { return !hasSlowRequest(project); })
        : m_batcher.take();
    if (!batch)
        return false;
    countFormed(*batch);
    send(std::move(*batch), false);
    return true;
}

// One batch that came back, of the project whose turn it is.
bool DeliveryQueue::sendParked()
{
    auto place = m_troubles.upper_bound(m_lastParkedProject);
    for (std::size_t i = 0; i < m_troubles.size(); ++i, ++place) {
        if (place == m_troubles.end())
            place = m_troubles.begin();
        auto &[project, trouble] = *place;
        if (m_now() < trouble.until || trouble.isProbing
            || (isLastSender() && hasSlowRequest(project)))
            continue;
        const bool isProbe = trouble.failures > 0;
        auto batch = isProbe ? takeProbe(project, trouble) : takeParked(trouble);
        if (!batch)
            continue;
        trouble.isProbing = isProbe;
        m_lastParkedProject = project;
        send(std::move(*batch), isProbe);
        return true;
    }
    return false;
}

std::optional<Batch> DeliveryQueue::takeProbe(const std::string &project, Trouble &trouble)
{
    const bool isSuspect = trouble.serverAnswered && trouble.parked.size() < MaxSuspects
        && !trouble.parked.empty() && trouble.parked.front().attempts >= SuspectAttempts;
    if (isSuspect || trouble.parked.empty()) {
        if (auto batch = m_batcher.takeFrom(project)) {
            countFormed(*batch);
            return batch;
        }
    }
    return takeParked(trouble);
}

std::optional<Batch> DeliveryQueue::takeParked(Trouble &trouble) const
{
    const TimePoint now = m_now();
    const auto due = std::find_if(trouble.parked.begin(), trouble.parked.end(),
                                  [now](const Batch &batch) { return batch.notBefore <= now; });
    if (due == trouble.parked.end())
        return std::nullopt;
    Batch batch = std::move(*due);
    trouble.parked.erase(due);
    return batch;
}

void DeliveryQueue::countFormed(const Batch &batch)
{
    ++m_stats.batches;
    m_stats.batchCalls.record(batch.records.size());
    m_stats.batchBytes.record(batch.bodySize);
}

void DeliveryQueue::send(Batch batch, bool isProbe)
{
    if (batch.retryId.empty())
        batch.retryId = QUuid::createUuid().toString(QUuid::WithoutBraces).toStdString();
    ++batch.attempts;
    ++m_stats.requests;
    OutgoingRequest request{UpsertPath, batch.retryId, upsertBody(batch.records, m_spool)};
    const std::uint64_t number = m_nextNumber++;
    m_inFlight.emplace(number, InFlight{std::move(batch), m_now(), isProbe});
    m_transport.send(std::move(request),
                     [this, number](const SendResult &result) { handleAnswer(number, result); });
}

void DeliveryQueue::handleAnswer(std::uint64_t number, const SendResult &result)
{
    const auto place = m_inFlight.find(number);
    InFlight done = std::move(place->second);
    m_inFlight.erase(place);
    Batch &batch = done.batch;
    const auto took = std::chrono::duration_cast<std::chrono::microseconds>(m_now() - done.sentAt);
    m_stats.requestMicroseconds.record(static_cast<std::uint64_t>(took.count()));

    const auto found = m_troubles.find(batch.project);
    int attempts = batch.attempts;
    if (found != m_troubles.end()) {
        if (done.isProbe)
            found->second.isProbing = false;
        attempts = std::max(attempts, found->second.failures + 1);
    }
    const Decision decision = decide(result, attempts, m_random());
    if (decision.action != Decision::Action::Done)
        noteError(result);
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
    case Decision::Action::NeedsComplete:
        comeBack(std::move(batch), result, decision);
        break;
    }
    pump();
}

void DeliveryQueue::succeed(const Batch &batch)
{
    m_stats.delivered += batch.records.size();
    noteHealthy(batch.project);
    removeRecords(batch.records, true);
}

void DeliveryQueue::noteHealthy(const std::string &project)
{
    m_isPaused = false;
    const auto found = m_troubles.find(project);
    if (found == m_troubles.end())
        return;
    Trouble &trouble = found->second;
    if (trouble.failures > 0) {
        qCInfo(lcForwarding, "%s: delivery works again", project.c_str());
        trouble.failures = 0;
        trouble.isPaused = false;
        for (Batch &batch : trouble.parked) {
            if (batch.attempts < SuspectAttempts)
                batch.notBefore = m_now();
        }
        m_batcher.unblock(project);
    }
    if (trouble.parked.empty())
        m_troubles.erase(found);
}

// The batch is kept and its project, or everything, waits.
void DeliveryQueue::comeBack(Batch batch, const SendResult &result, const Decision &decision)
{
    giveUpTheOld(batch, result);
    if (batch.records.empty())
        return;
    ++m_stats.retried;
    const TimePoint now = m_now();
    const TimePoint next = now + decision.wait;
    batch.notBefore = next;
    qCWarning(lcForwarding, "%s: %zu calls are kept after attempt %d; next attempt in %s: %s",
              batch.project.c_str(), batch.records.size(), batch.attempts,
              formatDuration(decision.wait).c_str(), describe(result).c_str());
    Trouble &trouble = m_troubles[batch.project];
    if (decision.action == Decision::Action::PauseAll) {
        m_isPaused = true;
        m_waitUntil = std::max(m_waitUntil, next);
        batch.notBefore = now;
        trouble.parked.push_front(std::move(batch));
        return;
    }
    if (decision.waitIsForAll)
        m_waitUntil = std::max(m_waitUntil, next);
    // Requests that were under way together count as one failure.
    if (trouble.failures == 0 || now >= trouble.until) {
        ++trouble.failures;
        trouble.until = next;
    }
    if (result.retryAfter)
        trouble.until = std::max(trouble.until, next);
    trouble.serverAnswered = result.kind == SendResult::Kind::Answered;
    trouble.isPaused = decision.action != Decision::Action::Retry;
    m_batcher.block(batch.project);
    trouble.parked.push_back(std::move(batch));
}

// The server takes this project's calls, but not all of these. The halves go at once and under
// ids of their own; a single call that is refused is given up.
void DeliveryQueue::halve(Batch batch, const SendResult &result)
{
    if (batch.records.size() == 1) {
        noteHealthy(batch.project);
        deadLetter(std::move(batch), result);
        return;
    }
    ++m_stats.halved;
    qCDebug(lcForwarding, "%s: halving a batch of %zu calls: %s", batch.project.c_str(),
            batch.records.size(), describe(result).c_str());
    noteHealthy(batch.project);
    const auto middle =
        batch.records.begin() + static_cast<std::ptrdiff_t>(batch.records.size() / 2);
    const auto half = [&batch](auto first, auto last) {
        Batch part;
        part.project = batch.project;
        part.openedAt = batch.openedAt;
        part.records.assign(first, last);
        return part;
    };
    Trouble &trouble = m_troubles[batch.project];
    trouble.parked.push_front(half(middle, batch.records.end()));
    trouble.parked.push_front(half(batch.records.begin(), middle));
}

bool DeliveryQueue::isTooOld(const Batch &batch, const RecordRef &record) const
{
    return m_now() - batch.openedAt > m_limits.maxAge
        || m_spool.age(record).value_or(Milliseconds(0)) > m_limits.maxAge;
}

// Calls leave a batch from its old end; what cannot be kept as a dead letter stays.
void DeliveryQueue::giveUpTheOld(Batch &batch, const SendResult &result)
{
    const std::string reason = "it waited longer than --max-age " + formatDuration(m_limits.maxAge)
        + "; " + describe(result);
    std::size_t count = 0;
    while (count < batch.records.size() && isTooOld(batch, batch.records[count])
           && keepDeadLetter(batch, batch.records[count], reason))
        ++count;
    if (count == 0)
        return;
    qCWarning(lcForwarding, "%s: gave up %zu call(s): %s", batch.project.c_str(), count,
              reason.c_str());
    m_stats.deadLettered += count;
    removeRecords(std::span(batch.records).first(count), false);
    batch.records.erase(batch.records.begin(),
                        batch.records.begin() + static_cast<std::ptrdiff_t>(count));
    batch.retryId.clear(); // it is another batch now
}

bool DeliveryQueue::keepDeadLetter(const Batch &batch, const RecordRef &record,
                                   std::string_view reason) const
{
    const CallView call{record.kind, batch.project, {}, m_spool.payload(record)};
    return !m_deadLetter || m_deadLetter(call, reason);
}

void DeliveryQueue::deadLetter(Batch batch, const SendResult &result)
{
    if (!keepDeadLetter(batch, batch.records.front(), describe(result))) {
        // It alone waits; the backend is well, and the project's other calls go on.
        batch.notBefore = m_now() + NoPlacePause;
        m_troubles[batch.project].parked.push_back(std::move(batch));
        return;
    }
    qCWarning(lcForwarding, "%s: gave up %zu call(s): %s", batch.project.c_str(),
              batch.records.size(), describe(result).c_str());
    m_stats.deadLettered += batch.records.size();
    removeRecords(batch.records, false);
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

std::optional<TimePoint> DeliveryQueue::nextParkedTime() const
{
    std::optional<TimePoint> next;
    for (const auto &[project, trouble] : m_troubles) {
        if (trouble.isProbing)
            continue;
        for (const Batch &batch : trouble.parked) {
            const TimePoint time = std::max(trouble.until, batch.notBefore);
            next = next ? std::min(*next, time) : time;
        }
    }
    return next;
}

void DeliveryQueue::armTimer()
{
    m_timer.stop();
    if (m_inFlight.size() >= static_cast<std::size_t>(m_limits.senders))
        return; // the next answer pumps
    const auto due = m_batcher.nextDue();
    auto next = nextParkedTime();
    if (due && (!next || *due < *next))
        next = due;
    const TimePoint now = m_now();
    if (now < m_waitUntil)
        next = next ? std::max(*next, m_waitUntil) : m_waitUntil;
    if (!next)
        return;
    const auto wait = std::chrono::ceil<Milliseconds>(*next - now);
    m_timer.start(std::max(wait, Milliseconds(1)));
}

bool DeliveryQueue::isFlowing() const
{
    if (m_inFlight.empty() || !m_troubles.empty())
        return false;
    const TimePoint longAgo = m_now() - SlowRequest;
    return std::all_of(m_inFlight.begin(), m_inFlight.end(),
                       [longAgo](const auto &flight) { return flight.second.sentAt > longAgo; });
}

DeliveryState DeliveryQueue::state() const
{
    using Condition = DeliveryState::Condition;
    const TimePoint now = m_now();
    DeliveryState state;
    state.requestsInFlight = m_inFlight.size();
    bool isInTrouble = now < m_waitUntil;
    bool isPaused = m_isPaused;
    for (const auto &[project, trouble] : m_troubles) {
        isInTrouble = isInTrouble || trouble.failures > 0;
        isPaused = isPaused || trouble.isPaused;
    }
    if (isPaused)
        state.condition = Condition::Paused;
    else if (isInTrouble)
        state.condition = Condition::Retrying;
    state.lastError = m_lastError;
    if (!m_lastError.empty())
        state.lastErrorSecondsAgo = secondsBetween(m_lastErrorAt, now);
    if (state.condition != Condition::Ok) {
        const TimePoint next = std::max(m_waitUntil, nextParkedTime().value_or(now));
        state.nextAttemptInSeconds = std::max(0.0, secondsBetween(now, next));
    }
    return state;
}

std::optional<TimePoint> DeliveryQueue::oldest() const
{
    std::optional<TimePoint> result;
    const auto consider = [&result](const Batch &batch) {
        if (!result || batch.openedAt < *result)
            result = batch.openedAt;
    };
    for (const auto &[number, flight] : m_inFlight)
        consider(flight.batch);
    for (const auto &[project, trouble] : m_troubles)
        std::for_each(trouble.parked.begin(), trouble.parked.end(), consider);
    return result;
}

} // namespace Weave
