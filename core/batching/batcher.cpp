#include "batching/batcher.h"

#include "batching/upsertbody.h"

#include <algorithm>
#include <utility>

namespace Weave {

Batcher::Batcher(const BatchLimits &limits, NowFunction now)
    : m_limits(limits),
      m_now(std::move(now))
{
}

Batcher::Lane &Batcher::laneOf(std::string_view project)
{
    if (m_lastLane && m_lastLane->project == project)
        return *m_lastLane;
    auto found = m_lanes.find(project);
    if (found == m_lanes.end()) {
        found = m_lanes.emplace(std::string(project), Lane()).first;
        found->second.project = project;
        found->second.orderPlace = m_openOrder.end();
    }
    m_lastLane = &found->second;
    return *m_lastLane;
}

bool Batcher::add(std::string_view project, const RecordRef &record, Milliseconds age)
{
    Lane &lane = laneOf(project);
    const std::size_t added = upsertItemSize(record) + 1; // with its comma
    // The count is looked at here, too: setLimits() may have lowered it below what is open.
    if (!lane.open.records.empty()
        && (lane.open.bodySize + added > m_limits.maxBytes
            || lane.open.records.size() >= m_limits.maxCount))
        closeOpen(lane);
    const bool isFirst = lane.open.records.empty();
    if (isFirst)
        openBatch(lane, age);
    lane.open.records.push_back(record);
    ++lane.calls;
    ++m_calls;
    lane.open.bodySize += isFirst ? added - 1 : added;
    if (lane.open.records.size() >= m_limits.maxCount || lane.open.bodySize >= m_limits.maxBytes)
        closeOpen(lane);
    return !m_ready.empty() || isFirst;
}

bool Batcher::isFull(std::string_view project)
{
    return callsOf(project) >= roomOfProject();
}

std::size_t Batcher::callsOf(std::string_view project) const
{
    if (m_lastLane && m_lastLane->project == project)
        return m_lastLane->calls;
    const auto found = m_lanes.find(project);
    return found == m_lanes.end() ? 0 : found->second.calls;
}

// Projects that are blocked keep what they have; the others get a little room all the same, or they
// would stand still as well.
std::size_t Batcher::roomOfProject() const
{
    constexpr std::size_t Share = 100;
    if (m_calls < m_limits.maxCalls)
        return m_limits.maxLaneCalls;
    const bool isFull = m_calls / 2 >= m_limits.maxCalls;
    return isFull ? 0 : std::max<std::size_t>(m_limits.maxLaneCalls / Share, 1);
}

void Batcher::openBatch(Lane &lane, Milliseconds age)
{
    lane.open.project = lane.project;
    lane.open.bodySize = upsertFrameSize();
    lane.openSince = m_now();
    lane.open.openedAt = lane.openSince - age;
    lane.openIsDue = false;
    lane.orderPlace = m_openOrder.insert(m_openOrder.end(), &lane);
}

Batch Batcher::removeOpen(Lane &lane)
{
    if (lane.orderPlace != m_openOrder.end())
        m_openOrder.erase(lane.orderPlace);
    lane.orderPlace = m_openOrder.end();
    lane.openIsDue = false;
    return std::exchange(lane.open, {});
}

void Batcher::closeOpen(Lane &lane)
{
    lane.closed.push_back(removeOpen(lane));
    enqueue(lane);
}

bool Batcher::isReady(const Lane &lane)
{
    return !lane.closed.empty() || lane.openIsDue;
}

void Batcher::enqueue(Lane &lane)
{
    if (lane.isQueued || (!m_blocked.empty() && m_blocked.contains(lane.project)))
        return;
    lane.isQueued = true;
    m_ready.push_back(&lane);
}

void Batcher::makeAllDue()
{
    while (!m_openOrder.empty())
        makeFrontDue();
}

void Batcher::makeFrontDue()
{
    Lane &lane = *m_openOrder.front();
    m_openOrder.pop_front();
    lane.orderPlace = m_openOrder.end();
    lane.openIsDue = true;
    enqueue(lane);
}

void Batcher::promoteDue()
{
    if (m_openOrder.empty())
        return;
    const TimePoint now = m_now();
    while (!m_openOrder.empty() && m_openOrder.front()->openSince + m_limits.interval <= now)
        makeFrontDue();
}

std::optional<Batch> Batcher::take(const ProjectFilter &mayTake)
{
    promoteDue();
    for (auto place = m_ready.begin(); place != m_ready.end();) {
        Lane &lane = **place;
        const bool isBlocked = m_blocked.contains(lane.project);
        if (!isBlocked && mayTake && !mayTake(lane.project)) {
            ++place;
            continue;
        }
        place = m_ready.erase(place);
        lane.isQueued = false;
        if (isBlocked)
            eraseIfEmpty(lane);
        else if (auto batch = takeFromLane(lane))
            return batch;
    }
    return std::nullopt;
}

std::optional<Batch> Batcher::takeFrom(std::string_view project)
{
    promoteDue();
    const auto found = m_lanes.find(project);
    return found == m_lanes.end() ? std::nullopt : takeFromLane(found->second);
}

bool Batcher::hasReady(std::string_view project)
{
    promoteDue();
    const auto found = m_lanes.find(project);
    return found != m_lanes.end() && isReady(found->second);
}

std::optional<Batch> Batcher::takeFromLane(Lane &lane)
{
    if (!isReady(lane)) {
        eraseIfEmpty(lane);
        return std::nullopt;
    }
    Batch batch;
    if (lane.closed.empty()) {
        batch = removeOpen(lane);
    } else {
        batch = std::move(lane.closed.front());
        lane.closed.pop_front();
    }
    lane.calls -= batch.records.size();
    m_calls -= batch.records.size();
    if (isReady(lane))
        enqueue(lane);
    else
        eraseIfEmpty(lane);
    return batch;
}

// Projects come and go; one with nothing left takes no memory.
void Batcher::eraseIfEmpty(Lane &lane)
{
    if (lane.isQueued || !lane.open.records.empty() || !lane.closed.empty())
        return;
    if (m_lastLane == &lane)
        m_lastLane = nullptr;
    m_lanes.erase(m_lanes.find(std::string_view(lane.project)));
}

std::optional<TimePoint> Batcher::nextDue() const
{
    if (m_openOrder.empty())
        return std::nullopt;
    return m_openOrder.front()->openSince + m_limits.interval;
}

void Batcher::block(const std::string &project)
{
    m_blocked.insert(project);
}

void Batcher::unblock(const std::string &project)
{
    m_blocked.erase(project);
    const auto found = m_lanes.find(project);
    if (found != m_lanes.end() && isReady(found->second))
        enqueue(found->second);
}

std::optional<TimePoint> Batcher::oldest() const
{
    std::optional<TimePoint> result;
    const auto consider = [&result](const Batch &batch) {
        if (!batch.records.empty() && (!result || batch.openedAt < *result))
            result = batch.openedAt;
    };
    for (const auto &[project, lane] : m_lanes) {
        consider(lane.open);
        if (!lane.closed.empty())
            consider(lane.closed.front());
    }
    return result;
}

} // namespace Weave
