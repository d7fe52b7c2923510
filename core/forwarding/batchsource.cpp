#include "forwarding/batchsource.h"

#include "common/bytesize.h"

#include <algorithm>
#include <cstdint>
#include <span>
#include <utility>

namespace Weave {

namespace {

// What is paired before a look at the clock: 32 halves of calls of 1 KiB, 20 to 80 µs.
constexpr std::size_t PartBytes = 48 * KiB;
constexpr std::size_t BytesPerRecord = 512; // what a half takes besides being read

std::span<const RecordRef> firstPart(std::span<const RecordRef> records, std::size_t bytes)
{
    std::size_t count = 0;
    for (std::size_t taken = 0; count < records.size() && taken < bytes; ++count)
        taken += BytesPerRecord + records[count].payloadSize;
    return records.first(count);
}

} // namespace

BatchSource::BatchSource(const Parts &parts, TakenApart takenApart)
    : m_batcher(parts.batcher),
      m_pairing(parts.pairing),
      m_parked(parts.parked),
      m_inFlight(parts.inFlight),
      m_paths(parts.paths),
      m_spool(parts.spool),
      m_stats(parts.stats),
      m_takenApart(std::move(takenApart))
{
}

std::optional<ParkedBatches::Taken> BatchSource::next(const ProjectFilter &mayTake)
{
    constexpr unsigned Turns = 3;
    for (unsigned idle = 0; idle < Turns;) {
        if (m_opened) {
            if (!m_takenApart(takeApart(PartBytes)))
                return std::nullopt;
            idle = 0; // its pairs may be there now
            continue;
        }
        m_turn = (m_turn + 1) % Turns;
        auto taken = m_turn == 0 ? takeParked(mayTake)
            : m_turn == 1        ? takeFresh(mayTake)
                                 : takeSingle(mayTake);
        if (!taken) {
            ++idle;
            continue;
        }
        if (isForPairing(taken->batch)) {
            BatchPacker pairs = m_pairing.packerFor(taken->batch);
            m_opened.emplace(Opened{std::move(*taken), std::move(pairs)});
            continue;
        }
        putOnItsPath(taken->batch);
        return taken;
    }
    return std::nullopt;
}

bool BatchSource::isForPairing(const Batch &batch) const
{
    return batch.route == Route::Upsert && m_paths.usesComplete(batch.project);
}

CompletePairing::Added BatchSource::takeApart(std::size_t bytes)
{
    const std::string &project = m_opened->taken.batch.project;
    const auto rest =
        std::span<const RecordRef>(m_opened->taken.batch.records).subspan(m_opened->done);
    const auto part = firstPart(rest, bytes);
    CompletePairing::Added added = m_pairing.add(project, part, m_opened->pairs);
    m_opened->done += part.size();
    if (part.size() < rest.size())
        return added;
    std::vector<Batch> pairs = m_opened->pairs.take();
    for (const Batch &complete : pairs)
        countFormed(complete);
    if (m_opened->taken.isProbe)
        parkProbe(project, std::move(pairs));
    else
        park(std::move(pairs));
    m_opened.reset();
    return added;
}

void BatchSource::release(const std::string &project)
{
    CompletePairing::Added added;
    if (m_opened && m_opened->taken.batch.project == project)
        added = takeApart(SIZE_MAX);
    park(m_pairing.release(project));
    m_takenApart(added);
}

std::optional<TimePoint> BatchSource::oldest() const
{
    return m_opened ? std::optional(m_opened->taken.batch.openedAt) : std::nullopt;
}

void BatchSource::park(std::vector<Batch> batches)
{
    for (Batch &batch : batches)
        m_parked.pushBack(std::move(batch));
}

// Where a batch that came back may be the cause of a project's failure, another one was to be tried
// instead, so its pairs go before that.
//
// With nothing left to try, a project must not count as failing: its halves would never go on their
// own. The next one finds out.
void BatchSource::parkProbe(const std::string &project, std::vector<Batch> pairs)
{
    for (auto batch = pairs.rbegin(); batch != pairs.rend(); ++batch)
        m_parked.pushFront(std::move(*batch));
    m_parked.endProbe(project);
    if (!m_parked.hasBatches(project) && m_parked.noteHealthy(project))
        m_batcher.unblock(project);
}

BatchSource::Taken BatchSource::takeFresh(const ProjectFilter &mayTake)
{
    auto batch = m_batcher.take(
        [&](const std::string &project) { return mayTake(project) && !m_pairing.isFull(project); });
    if (!batch)
        return std::nullopt;
    countFormed(*batch);
    return ParkedBatches::Taken{std::move(*batch)};
}

BatchSource::Taken BatchSource::takeParked(const ProjectFilter &mayTake)
{
    return m_parked.take(mayTake, [this](const std::string &project) {
        return m_pairing.isFull(project) ? std::nullopt : takeFrom(project);
    });
}

std::optional<Batch> BatchSource::takeFrom(const std::string &project)
{
    auto batch = m_batcher.takeFrom(project);
    if (batch)
        countFormed(*batch);
    return batch;
}

// Only when nothing that has come of its project could still hold its other half: not what is with
// batching, and not what went by the upsert route before the project came here, and may be back.
BatchSource::Taken BatchSource::takeSingle(const ProjectFilter &mayTake)
{
    auto batch = m_pairing.takeSingle([&](const std::string &project) {
        if (m_parked.isFailing(project) || isUpsertOut(project) || !mayTake(project))
            return false;
        return m_pairing.isFull(project)
            || (!m_batcher.hasReady(project) && !m_spool.isBehind(project));
    });
    if (!batch)
        return std::nullopt;
    countFormed(*batch);
    return ParkedBatches::Taken{std::move(*batch)};
}

// By the upsert route an end needs no start, and requests of it may never pause.
bool BatchSource::isUpsertOut(const std::string &project) const
{
    return m_paths.usesComplete(project)
        && (m_parked.hasUpsert(project) || m_inFlight.hasUpsert(project));
}

void BatchSource::putOnItsPath(Batch &batch)
{
    if (batch.route == Route::Upsert || m_paths.usesComplete(batch.project))
        return;
    if (batch.route == Route::Start)
        m_pairing.takeBack(batch);
    batch.route = Route::Upsert;
    batch.retryId.clear(); // it is another request now
    std::sort(batch.records.begin(), batch.records.end(),
              [](const RecordRef &a, const RecordRef &b) { return a.id < b.id; });
}

void BatchSource::countFormed(const Batch &batch)
{
    if (isForPairing(batch))
        return; // what pairing makes of it counts
    ++m_stats.batches;
    m_stats.batchCalls.record(batch.records.size());
    m_stats.batchBytes.record(batch.bodySize);
}

} // namespace Weave
