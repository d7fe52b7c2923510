#include "batching/batchpacker.h"

#include "batching/upsertbody.h"

#include <utility>

namespace Weave {

BatchPacker::BatchPacker(std::string project, Route route, TimePoint openedAt,
                         const PackLimits &limits)
    : m_project(std::move(project)),
      m_route(route),
      m_openedAt(openedAt),
      m_limits(limits)
{
}

void BatchPacker::add(std::initializer_list<RecordRef> together, std::size_t itemSize,
                      std::initializer_list<MembersPlace> places)
{
    const std::size_t size = itemSize + 1; // with its comma
    if (!hasRoom(together.size(), size))
        openBatch();
    Batch &batch = m_batches.back();
    batch.records.insert(batch.records.end(), together);
    batch.membersPlaces.insert(batch.membersPlaces.end(), places);
    batch.bodySize += size;
}

bool BatchPacker::hasRoom(std::size_t count, std::size_t bytes) const
{
    return !m_batches.empty() && m_batches.back().records.size() + count <= m_limits.maxCount
        && m_batches.back().bodySize + bytes <= m_limits.maxBytes;
}

// Bodies of the upsert and of the complete route begin and end alike.
void BatchPacker::openBatch()
{
    Batch &batch = m_batches.emplace_back();
    batch.project = m_project;
    batch.route = m_route;
    batch.openedAt = m_openedAt;
    batch.bodySize = upsertFrameSize();
}

} // namespace Weave
