#pragma once

#include "batching/batch.h"
#include "common/clock.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>

namespace Weave {

// The requests that are under way, and whether another one may go.
class InFlight
{
public:
    struct Request
    {
        Batch batch;
        TimePoint sentAt;
        std::size_t bodyBytes = 0;
        bool isProbe = false;
        std::uint64_t round = 0; // see DeliveryQueue::retryNow()
    };

    // So many requests at a time; up to twice as many while all of them wait for slow answers.
    InFlight(int senders, NowFunction now);

    // From now on.
    void setSenders(int senders) { m_senders = static_cast<std::size_t>(senders); }

    // The request stays where it is until it is taken.
    [[nodiscard]] Request &add(std::uint64_t number, Batch batch, bool isProbe);
    // Of a number that has been added.
    [[nodiscard]] Request take(std::uint64_t number);

    [[nodiscard]] bool isSenderFree() const { return m_requests.size() < m_senders; }
    // Whether senders may be added, for projects without a request under way.
    [[nodiscard]] bool mayAddSenders() const;
    // When mayAddSenders() can become true by itself.
    [[nodiscard]] TimePoint slowAt() const;
    [[nodiscard]] bool hasProject(const std::string &project) const;
    // Whether starts and ends of the project are under way by the upsert route.
    [[nodiscard]] bool hasUpsert(const std::string &project) const;

    // Whether there are requests, and each of them was sent a moment ago.
    [[nodiscard]] bool areAllQuick() const;
    [[nodiscard]] std::size_t count() const { return m_requests.size(); }
    // When the oldest call under way came.
    [[nodiscard]] std::optional<TimePoint> oldest() const;

private:
    std::size_t m_senders;
    const NowFunction m_now;
    std::unordered_map<std::uint64_t, Request> m_requests;
};

} // namespace Weave
