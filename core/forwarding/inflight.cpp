#include "forwarding/inflight.h"

#include <algorithm>
#include <utility>

namespace Weave {

namespace {

// A request that takes longer waits for the backend and not for this machine.
constexpr Milliseconds SlowRequest{250};

} // namespace

InFlight::InFlight(int senders, NowFunction now)
    : m_senders(static_cast<std::size_t>(senders)),
      m_now(std::move(now))
{
}

InFlight::Request &InFlight::add(std::uint64_t number, Batch batch, bool isProbe)
{
    return m_requests.emplace(number, Request{std::move(batch), m_now(), 0, isProbe}).first->second;
}

InFlight::Request InFlight::take(std::uint64_t number)
{
    return std::move(m_requests.extract(number).mapped());
}

// When every sender waits for a slow answer, as many again are there for projects that have no
// request under way: however slow some projects are, the others wait no longer than SlowRequest.
bool InFlight::mayAddSenders() const
{
    return m_requests.size() < 2 * m_senders && slowAt() <= m_now();
}

TimePoint InFlight::slowAt() const
{
    TimePoint newest{};
    for (const auto &[number, request] : m_requests)
        newest = std::max(newest, request.sentAt);
    return newest + SlowRequest;
}

bool InFlight::hasProject(const std::string &project) const
{
    return std::any_of(m_requests.begin(), m_requests.end(),
                       [&](const auto &entry) { return entry.second.batch.project == project; });
}

bool InFlight::hasUpsert(const std::string &project) const
{
    return std::any_of(m_requests.begin(), m_requests.end(), [&](const auto &entry) {
        const Batch &batch = entry.second.batch;
        return batch.route == Route::Upsert && batch.project == project;
    });
}

bool InFlight::areAllQuick() const
{
    const TimePoint longAgo = m_now() - SlowRequest;
    return !m_requests.empty()
        && std::all_of(m_requests.begin(), m_requests.end(),
                       [longAgo](const auto &entry) { return entry.second.sentAt > longAgo; });
}

std::optional<TimePoint> InFlight::oldest() const
{
    std::optional<TimePoint> oldest;
    for (const auto &[number, request] : m_requests) {
        if (!oldest || request.batch.openedAt < *oldest)
            oldest = request.batch.openedAt;
    }
    return oldest;
}

} // namespace Weave
