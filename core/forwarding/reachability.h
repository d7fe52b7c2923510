#pragma once

#include "common/clock.h"

#include <cstdint>
#include <optional>

namespace Weave {

// Whether there is a backend at all. While nobody gets a connection to it no project can do better
// than another, so one request for all of them finds out, with the waits between attempts that a
// single project has: an outage costs the same with one project and with thousands, and when the
// backend is back all of them go on at once.
class Reachability
{
public:
    [[nodiscard]] bool isLost() const { return m_failures > 0; }
    // Attempts to reach it in a row; those that were under way together count as one.
    [[nodiscard]] int failures() const { return m_failures; }
    // For how long it has been lost.
    [[nodiscard]] TimePoint::duration lostFor(TimePoint now) const
    {
        return isLost() ? now - m_lostSince : TimePoint::duration::zero();
    }

    // No request before that.
    [[nodiscard]] TimePoint until() const { return m_until; }
    // The one request that may be under way while it is lost.
    [[nodiscard]] bool isProbing() const { return isLost() && m_probe; }

    void noteSent(std::uint64_t request)
    {
        if (isLost())
            m_probe = request;
    }
    // A request has ended, however.
    void noteEnded(std::uint64_t request)
    {
        if (m_probe == request)
            m_probe.reset();
    }
    // ... without a connection. No other attempt before `next`, or before that of an attempt that
    // was under way together with this one; returns which.
    TimePoint noteUnreachable(TimePoint now, TimePoint next)
    {
        if (!isLost())
            m_lostSince = now;
        if (now >= m_until) {
            ++m_failures;
            m_until = next;
        }
        return m_until;
    }
    // ... and there was a connection.
    void noteReached() { *this = {}; }

    // The next attempt may be made now, whatever became of the last one.
    void endWait()
    {
        m_until = {};
        m_probe.reset();
    }

private:
    int m_failures = 0;
    TimePoint m_lostSince{};
    TimePoint m_until{};
    std::optional<std::uint64_t> m_probe;
};

} // namespace Weave
