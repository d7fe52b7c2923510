#include "client/history.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace Weave {

namespace {

constexpr double Unknown = std::numeric_limits<double>::quiet_NaN();

// A counter that has gone down was begun anew by another daemon.
double rate(qint64 before, qint64 after, double seconds)
{
    return static_cast<double>(after < before ? after : after - before) / seconds;
}

} // namespace

void History::noteSnapshot(const Snapshot &snapshot, qint64 nowMs)
{
    constexpr double MsPerSecond = 1000;
    if (!m_hasLast) {
        // Where the counters stood before is not known, so neither are the rates.
        m_last = snapshot;
        m_hasLast = true;
        if (m_lastMs == 0)
            m_lastMs = nowMs;
    }
    const double elapsed = static_cast<double>(nowMs - m_lastMs) / MsPerSecond;
    const auto seconds = static_cast<qint64>(std::llround(elapsed));
    if (seconds < 1)
        return; // within the same second
    Second second{};
    second[CallsIn] = rate(m_last.received, snapshot.received, elapsed);
    second[CallsOut] = rate(m_last.delivered, snapshot.delivered, elapsed);
    second[Pending] = static_cast<double>(snapshot.pending);
    second[PendingBytes] = static_cast<double>(snapshot.pendingBytes);
    second[Latency] = m_latencyCount > 0 ? m_latencySum / m_latencyCount : Unknown;
    pushUnknown(seconds - 1); // the machine slept, for one
    push(second);
    m_last = snapshot;
    m_lastMs = nowMs;
    m_latencySum = 0;
    m_latencyCount = 0;
}

void History::noteFlush(const FlushEvent &flush)
{
    constexpr double MsPerSecond = 1000;
    m_latencySum += flush.seconds * MsPerSecond;
    ++m_latencyCount;
}

void History::noteAbsence(qint64 nowMs)
{
    constexpr qint64 MsPerSecond = 1000;
    m_hasLast = false;
    m_latencySum = 0;
    m_latencyCount = 0;
    if (m_lastMs == 0)
        return; // nothing was ever known
    const qint64 seconds = (nowMs - m_lastMs) / MsPerSecond;
    pushUnknown(seconds);
    m_lastMs += seconds * MsPerSecond;
}

// Seconds that nobody told of.
void History::pushUnknown(qint64 seconds)
{
    const Second unknown{Unknown, Unknown, Unknown, Unknown, Unknown};
    for (qint64 i = 0; i < std::min<qint64>(seconds, Seconds); ++i)
        push(unknown);
}

void History::push(const Second &second)
{
    if (m_ring.size() < Seconds)
        m_ring.push_back(second);
    else
        m_ring[m_next] = second;
    m_next = (m_next + 1) % Seconds;
}

int History::stepSeconds(int spanSeconds, int points)
{
    return std::max(1, (spanSeconds + points - 1) / std::max(1, points));
}

QList<double> History::values(Series series, int spanSeconds, int points) const
{
    const int step = stepSeconds(spanSeconds, points);
    const int count = spanSeconds / step;
    QList<double> values(count, Unknown);
    const auto size = static_cast<qint64>(m_ring.size());
    for (int back = 0; back < count * step && back < size; ++back) {
        const auto place = (static_cast<qint64>(m_next) - 1 - back + qint64{2} * Seconds) % Seconds;
        const double value = m_ring[static_cast<std::size_t>(place)][series];
        double &kept = values[count - 1 - back / step];
        if (!std::isnan(value) && (std::isnan(kept) || value > kept))
            kept = value;
    }
    return values;
}

} // namespace Weave
