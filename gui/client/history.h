#pragma once

#include "client/snapshot.h"

#include <QList>

#include <array>
#include <vector>

namespace Weave {

// What the plots show: a value a second for the last hour.
class History
{
public:
    enum Series {
        CallsIn, // a second
        CallsOut, // a second, delivered
        Pending, // calls
        PendingBytes,
        Latency, // ms, the mean of the requests that ended in that second; NaN without one
        SeriesCount,
    };
    static constexpr int Seconds = 3600;

    // nowMs is on a steady clock that goes on while the machine sleeps, in ms.
    void noteSnapshot(const Snapshot &snapshot, qint64 nowMs);
    void noteFlush(const FlushEvent &flush);
    // Nothing is known since the last snapshot, nor until the next one. To be said once a second,
    // so that the last values do not stand for now.
    void noteAbsence(qint64 nowMs);

    // The last spanSeconds, oldest first, as at most points values; of the seconds that share one
    // the highest. NaN where nothing is known. Each value stands for stepSeconds().
    [[nodiscard]] QList<double> values(Series series, int spanSeconds, int points) const;
    [[nodiscard]] static int stepSeconds(int spanSeconds, int points);

private:
    using Second = std::array<double, SeriesCount>;

    void push(const Second &second);
    void pushUnknown(qint64 seconds);

    std::vector<Second> m_ring;
    std::size_t m_next = 0;
    bool m_hasLast = false;
    Snapshot m_last;
    qint64 m_lastMs = 0;
    double m_latencySum = 0;
    int m_latencyCount = 0;
};

} // namespace Weave
