#pragma once

#include "common/clock.h"

#include <QTimer>

#include <cstddef>
#include <functional>

namespace Weave {

// Ends a request that gets nowhere: one of which the server has taken no further 256 KiB, and which
// it has not answered, for as long as it may take. A request that is large for its line goes on as
// long as it is moving; with a fixed time a batch of 10 MiB never came through where there is less
// than 2.8 Mbit/s, and was sent again for ever.
class RequestDeadline
{
public:
    // Less is no progress, or a server that takes a byte now and then would hold a request for
    // ever.
    static constexpr std::size_t Progress = std::size_t{256} * 1024;

    // unsent: the bytes of the request that the server does not have yet.
    RequestDeadline(std::function<std::size_t()> unsent, std::function<void()> isOver);

    // isOver is called after the timeout, unless stop() comes before; where there was progress, the
    // timeout or up to a quarter more after that.
    void start(Milliseconds timeout);
    void stop() { m_look.stop(); }
    // What it was started with.
    [[nodiscard]] Milliseconds timeout() const { return m_timeout; }

private:
    void look();

    const std::function<std::size_t()> m_unsent;
    const std::function<void()> m_isOver;
    QTimer m_look;
    Milliseconds m_timeout{0};
    std::size_t m_unsentBefore = 0; // at the last progress
    int m_looksLeft = 0;
};

} // namespace Weave
