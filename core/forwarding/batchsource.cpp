#include "forwarding/batchsource.h"

#include <algorithm>
#include <utility>

namespace Weave {

BatchSource::BatchSource(const Parts &parts, TakenApart takenApart)
    : m_batcher(parts.batcher),
      m_pairing(parts.pairing),
      m_parked(parts.parked),
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
        m_turn = (m_turn + 1) % Turns;
        auto taken = m_turn == 0 ? takeParked(mayTake)
            : m_turn == 1        ? takeFresh(mayTake)
                                 : takeSingle(mayTake);
        if (!taken) {
            ++idle;
            continue;
        }
        if (putOnItsPath(taken->batch))
            return taken;
        if (taken->isProbe)
            endTakenApartProbe(taken->batch.project);
        idle = 0; // its pairs are there now
    }
    return std::nullopt;
}

// With nothing left to try, a project must not count as failing: its halves would never go on their
// own. The next one finds out.
void BatchSource::endTakenApartProbe(const std::string &project)
{
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
    return m_parked.take(mayTake, [this](const std::string &project) -> std::optional<Batch> {
        if (m_pairing.isFull(project))
            return std::nullopt;
        auto batch = m_batcher.takeFrom(project);
        if (batch)
            countFormed(*batch);
        return batch;
    });
}

// Only when nothing that has come of its project could still hold its other half.
BatchSource::Taken BatchSource::takeSingle(const ProjectFilter &mayTake)
{
    auto batch = m_pairing.takeSingle([&](const std::string &project) {
        if (m_parked.isFailing(project) || !mayTake(project))
            return false;
        return m_pairing.isFull(project)
            || (!m_batcher.hasReady(project) && !m_spool.isBehind(project));
    });
    if (!batch)
        return std::nullopt;
    countFormed(*batch);
    return ParkedBatches::Taken{std::move(*batch)};
}

// False when the batch was taken apart for pairing.
bool BatchSource::putOnItsPath(Batch &batch)
{
    const bool usesComplete = m_paths.usesComplete(batch.project);
    if (usesComplete && batch.route == Route::Upsert) {
        CompletePairing::Added added = m_pairing.add(batch);
        for (Batch &complete : added.complete) {
            countFormed(complete);
            m_parked.pushBack(std::move(complete));
        }
        m_takenApart(added);
        return false;
    }
    if (!usesComplete && batch.route != Route::Upsert) {
        if (batch.route == Route::Start)
            m_pairing.takeBack(batch);
        batch.route = Route::Upsert;
        batch.retryId.clear(); // it is another request now
        std::sort(batch.records.begin(), batch.records.end(),
                  [](const RecordRef &a, const RecordRef &b) { return a.id < b.id; });
    }
    return true;
}

void BatchSource::countFormed(const Batch &batch)
{
    if (batch.route == Route::Upsert && m_paths.usesComplete(batch.project))
        return; // what pairing makes of it counts
    ++m_stats.batches;
    m_stats.batchCalls.record(batch.records.size());
    m_stats.batchBytes.record(batch.bodySize);
}

} // namespace Weave
