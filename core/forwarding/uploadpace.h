#pragma once

#include "common/bytesize.h"
#include "common/clock.h"

#include <cstddef>

namespace Weave {

// Spreads an upload over some milliseconds, so that sending a batch is no burst. A backend as near
// as the kernel takes 2,000 calls of 1 KiB in 2 ms, in which clients wait for the processors that
// the daemon and the backend's end of it need: at 60,000 calls a second on two processors each
// request held replies up for a millisecond, and with the spread none does; p99 fell from 1.9 to
// 2.2 ms to 1.0 to 1.4, of which the rest is the virtual machine's. A backend farther away takes
// its time by itself, and meets no pause.
class UploadPace
{
public:
    // So short that four senders still get 1 GiB/s through when a request has 2 MiB.
    static constexpr Milliseconds Spread{8};
    // Who fills larger batches sends as fast as it can. Calls of 8 KiB that are read again late,
    // when they have left the processor's cache, cost a seventh more.
    static constexpr std::size_t MaxBytes = 4 * MiB;

    UploadPace(std::size_t bytes, TimePoint begin)
        : m_bytes(bytes),
          m_begin(begin)
    {
    }

    // Whether that is more than the even share of the time that has gone; never with nothing sent.
    [[nodiscard]] bool isAhead(std::size_t sentBytes, TimePoint now) const
    {
        using Seconds = std::chrono::duration<double>;
        const double timePart = Seconds(now - m_begin) / Seconds(Spread);
        return m_bytes <= MaxBytes
            && static_cast<double>(sentBytes) > timePart * static_cast<double>(m_bytes);
    }

private:
    std::size_t m_bytes; // of the whole body
    TimePoint m_begin;
};

} // namespace Weave
