#pragma once

#include "common/bytesize.h"
#include "common/clock.h"

#include <algorithm>
#include <chrono>
#include <cstddef>

namespace Weave {

// Spreads an upload over some milliseconds, so that sending a batch is no burst. A backend as near
// as the kernel takes 2,000 calls of 1 KiB in 2 ms, in which clients wait for the processors that
// the daemon and the backend's end of it need: at 60,000 calls a second on two processors each
// request held replies up for a millisecond, and with the spread none does; p99 fell from 1.9 to
// 2.2 ms to 1.0 to 1.4, of which the rest is the virtual machine's. A backend farther away takes
// its time by itself, and meets no pause.
//
// A backlog, which an outage has left, may take a moment longer: it would have both processors of a
// small machine to itself for as long as it lasts. While 1 GiB of it went as fast as it could, in
// 1.6 s, p99 of a few clients' replies was 15 ms on a virtual machine whose host, which writes the
// disk as well, took the processors away for 10 to 20 ms again and again. At this rate p99 is
// 1.6 ms, and the backlog takes 2.1 s.
class UploadPace
{
public:
    // So short that four senders still get 1 GiB/s through when a request has 2 MiB.
    static constexpr Milliseconds Spread{8};
    // Who fills larger batches sends as fast as it can. Calls of 8 KiB that are read again late,
    // when they have left the processor's cache, cost a seventh more.
    static constexpr std::size_t MaxBytes = 4 * MiB;

    // Of a backlog's upload; the usual four senders have four times as much, 4 Gbit/s.
    static constexpr std::size_t BacklogBytesPerSecond = 128 * MiB;

    UploadPace(std::size_t bytes, TimePoint begin, bool isBacklog)
        : m_bytes(bytes),
          m_begin(begin),
          m_spread(spreadOf(bytes, isBacklog))
    {
    }

    // Whether that is more than the even share of the time that has gone; never with nothing sent.
    [[nodiscard]] bool isAhead(std::size_t sentBytes, TimePoint now) const
    {
        return static_cast<double>(sentBytes) * m_spread
            > static_cast<double>(m_bytes) * (now - m_begin);
    }

private:
    using Seconds = std::chrono::duration<double>;

    static Seconds spreadOf(std::size_t bytes, bool isBacklog)
    {
        const Seconds least = bytes <= MaxBytes ? Seconds(Spread) : Seconds::zero();
        const Seconds slow(static_cast<double>(bytes) / double{BacklogBytesPerSecond});
        return isBacklog ? std::max(least, slow) : least;
    }

    std::size_t m_bytes; // of the whole body
    TimePoint m_begin;
    Seconds m_spread; // 0: none
};

} // namespace Weave
