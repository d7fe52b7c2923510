#pragma once

#include "batching/batch.h"

#include <cstddef>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

namespace Weave {

// What one request may carry.
struct PackLimits
{
    std::size_t maxCount = 2000; // records
    std::size_t maxBytes = 10'485'760; // of the body
};

// Puts a project's records into batches of one route, in their order and within the limits.
class BatchPacker
{
public:
    BatchPacker(std::string project, Route route, TimePoint openedAt, const PackLimits &limits);

    // The records go into the same batch. itemSize: what they add to its body at most, in bytes,
    // the comma behind them not counted. places: of Complete; see Batch.
    void add(std::initializer_list<RecordRef> together, std::size_t itemSize,
             std::initializer_list<MembersPlace> places = {});

    [[nodiscard]] std::vector<Batch> take() { return std::move(m_batches); }

private:
    [[nodiscard]] bool hasRoom(std::size_t count, std::size_t bytes) const;
    void openBatch();

    const std::string m_project;
    const Route m_route;
    const TimePoint m_openedAt;
    const PackLimits m_limits;
    std::vector<Batch> m_batches;
};

} // namespace Weave
