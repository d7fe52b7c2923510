#pragma once

#include "batching/batcher.h"
#include "batching/batchpacker.h"
#include "batching/completepairing.h"
#include "forwarding/inflight.h"
#include "forwarding/parkedbatches.h"
#include "forwarding/writepaths.h"
#include "stats/stats.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace Weave {

// Says which batch goes next: a fresh one of batching, one that is parked, or a start or an end
// that goes on its own. They take turns, so that a project whose batches keep coming back leaves
// room for the others, and so do those that take a request each.
//
// Fresh batches of projects on the complete path are taken apart for pairing on the way, a part of
// one at a time, and nothing else goes before its last record is done.
class BatchSource
{
public:
    struct Parts
    {
        Batcher &batcher;
        CompletePairing &pairing;
        ParkedBatches &parked;
        const InFlight &inFlight;
        const WritePaths &paths;
        const Spool &spool;
        Stats &stats;
    };
    // A part of a batch has been taken apart. Says whether there is time for more.
    using TakenApart = std::function<bool(const CompletePairing::Added &added)>;

    BatchSource(const Parts &parts, TakenApart takenApart);

    // Nothing when no project that mayTake says yes to has anything to send now, or when it took
    // too long to find out.
    using ProjectFilter = std::function<bool(const std::string &project)>;
    [[nodiscard]] std::optional<ParkedBatches::Taken> next(const ProjectFilter &mayTake);
    // A batch of the project's that is ready, whether anybody may take it or not.
    [[nodiscard]] std::optional<Batch> takeFrom(const std::string &project);
    // Parks all that pairing has of the project, to go by the upsert route.
    void release(const std::string &project);
    // When the first call came of the batch that is being taken apart.
    [[nodiscard]] std::optional<TimePoint> oldest() const;

private:
    using Taken = std::optional<ParkedBatches::Taken>;
    [[nodiscard]] Taken takeFresh(const ProjectFilter &mayTake);
    [[nodiscard]] Taken takeParked(const ProjectFilter &mayTake);
    [[nodiscard]] Taken takeSingle(const ProjectFilter &mayTake);
    [[nodiscard]] bool isForPairing(const Batch &batch) const;
    [[nodiscard]] CompletePairing::Added takeApart(std::size_t bytes);
    [[nodiscard]] bool isUpsertOut(const std::string &project) const;
    void putOnItsPath(Batch &batch);
    void park(std::vector<Batch> batches);
    void parkProbe(const std::string &project, std::vector<Batch> pairs);
    void countFormed(const Batch &batch);

    Batcher &m_batcher;
    CompletePairing &m_pairing;
    ParkedBatches &m_parked;
    const InFlight &m_inFlight;
    const WritePaths &m_paths;
    const Spool &m_spool;
    Stats &m_stats;
    const TakenApart m_takenApart;
    unsigned m_turn = 0;
    struct Opened // an upsert batch that is being taken apart
    {
        ParkedBatches::Taken taken;
        BatchPacker pairs;
        std::size_t done = 0; // of its records
    };
    std::optional<Opened> m_opened;
};

} // namespace Weave
