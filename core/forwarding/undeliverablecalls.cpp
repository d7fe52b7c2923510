#include "forwarding/undeliverablecalls.h"

#include "common/duration.h"
#include "common/logging.h"
#include "common/textnumber.h"
#include "forwarding/retrypolicy.h"

#include <algorithm>
#include <utility>

namespace Weave {

UndeliverableCalls::UndeliverableCalls(const Parts &parts, Milliseconds maxAge, NowFunction now,
                                       GivenUp givenUp)
    : m_parked(parts.parked),
      m_pairing(parts.pairing),
      m_spool(parts.spool),
      m_stats(parts.stats),
      m_deadLetter(parts.deadLetter),
      m_maxAge(maxAge),
      m_now(std::move(now)),
      m_givenUp(std::move(givenUp))
{
}

bool UndeliverableCalls::halve(Batch batch, const SendResult &result)
{
    constexpr int TooLarge = 413;
    const std::size_t calls = batch.records.size() / batch.recordsPerCall();
    if (calls <= 1) {
        if (batch.route != Route::Complete || result.status != TooLarge)
            return deadLetter(std::move(batch), result);
        m_pairing.separate(batch);
        return true;
    }
    ++m_stats.halved;
    qCDebug(lcForwarding, "%s: halving a batch of %s: %s", batch.project.c_str(),
            countOf(calls, "call").c_str(), describe(result).c_str());
    const auto middle =
        batch.records.begin() + static_cast<std::ptrdiff_t>(calls / 2 * batch.recordsPerCall());
    const auto half = [&batch](auto first, auto last) {
        Batch part;
        part.project = batch.project;
        part.openedAt = batch.openedAt;
        part.route = batch.route;
        part.records.assign(first, last);
        return part;
    };
    m_parked.pushFront(half(middle, batch.records.end()));
    m_parked.pushFront(half(batch.records.begin(), middle));
    return true;
}

// Calls leave a batch from its old end, each by its own age: the last one may be of this moment.
// What cannot be kept as a dead letter stays. A complete call is as old as its end.
void UndeliverableCalls::giveUpTheOld(Batch &batch, const SendResult &result)
{
    const std::size_t step = batch.recordsPerCall();
    std::size_t count = 0;
    while (count < batch.records.size() && m_spool.age(batch.records[count + step - 1]) > m_maxAge)
        count += step;
    if (count == 0)
        return;
    const std::string reason =
        "it waited longer than --max-age " + formatDuration(m_maxAge) + "; " + describe(result);
    giveUp(batch, count, DeadLetterReason::MaxAge, reason);
    batch.retryId.clear(); // it is another batch now
}

bool UndeliverableCalls::deadLetter(Batch batch, const SendResult &result)
{
    giveUp(batch, batch.records.size(), DeadLetterReason::Refused, describe(result));
    if (batch.records.empty())
        return true;
    // It alone waits; the backend is well, and the project's other calls go on.
    batch.notBefore = m_now() + NoPlacePause;
    m_parked.pushBack(std::move(batch));
    return false;
}

// Moves the first count records to the dead letters, or as many of them as can be kept there.
void UndeliverableCalls::giveUp(Batch &batch, std::size_t count, DeadLetterReason kind,
                                const std::string &reason)
{
    const auto records = std::span(batch.records).first(count);
    const auto firstKept = std::find_if(records.begin(), records.end(), [&](const auto &record) {
        const CallView call{record.kind, batch.project, {}, m_spool.payload(record)};
        return m_deadLetter && !m_deadLetter(call, reason);
    });
    const auto done = static_cast<std::size_t>(firstKept - records.begin());
    if (done == 0)
        return;
    qCWarning(lcForwarding, "%s: gave up %zu call(s): %s", batch.project.c_str(), done,
              reason.c_str());
    m_stats.giveUp(kind, done);
    if (batch.route == Route::Start)
        m_pairing.settle(batch);
    m_givenUp(records.first(done));
    batch.records.erase(batch.records.begin(),
                        batch.records.begin() + static_cast<std::ptrdiff_t>(done));
    if (done % batch.recordsPerCall() == 0)
        return;
    // The end of a call whose start is gone.
    Batch end;
    end.project = batch.project;
    end.openedAt = batch.openedAt;
    end.route = Route::End;
    end.records = {batch.records.front()};
    end.notBefore = m_now() + NoPlacePause;
    batch.records.erase(batch.records.begin());
    m_parked.pushBack(std::move(end));
}

} // namespace Weave
