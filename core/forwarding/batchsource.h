#pragma once

#include "batching/batcher.h"
#include "batching/completepairing.h"
#include "forwarding/parkedbatches.h"
#include "forwarding/writepaths.h"
#include "stats/stats.h"

#include <functional>
#include <optional>
#include <string>

namespace Weave {

// Says which batch goes next: a fresh one of batching, one that is parked, or a start or an end
// that goes on its own. They take turns, so that a project whose batches keep coming back leaves
// room for the others, and so do those that take a request each.
//
// Fresh batches of projects on the complete path are taken apart for pairing on the way.
class BatchSource
{
public:
    struct Parts
    {
        Batcher &batcher;
        CompletePairing &pairing;
        ParkedBatches &parked;
        const WritePaths &paths;
        const Spool &spool;
        Stats &stats;
    };
    // A batch has been taken apart; its pairs are parked.
    using TakenApart = std::function<void(const CompletePairing::Added &added)>;

    BatchSource(const Parts &parts, TakenApart takenApart);

    // Nothing when no project that mayTake says yes to has anything to send now.
    using ProjectFilter = std::function<bool(const std::string &project)>;
    [[nodiscard]] std::optional<ParkedBatches::Taken> next(const ProjectFilter &mayTake);

private:
    using Taken = std::optional<ParkedBatches::Taken>;
    [[nodiscard]] Taken takeFresh(const ProjectFilter &mayTake);
    [[nodiscard]] Taken takeParked(const ProjectFilter &mayTake);
    [[nodiscard]] Taken takeSingle(const ProjectFilter &mayTake);
    [[nodiscard]] bool putOnItsPath(Batch &batch);
    void endTakenApartProbe(const std::string &project);
    void countFormed(const Batch &batch);

    Batcher &m_batcher;
    CompletePairing &m_pairing;
    ParkedBatches &m_parked;
    const WritePaths &m_paths;
    const Spool &m_spool;
    Stats &m_stats;
    const TakenApart m_takenApart;
    unsigned m_turn = 0;
};

} // namespace Weave
