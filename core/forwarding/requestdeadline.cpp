#include "forwarding/requestdeadline.h"

#include <algorithm>
#include <utility>

namespace Weave {

namespace {

constexpr int Looks = 4; // within a timeout

} // namespace

RequestDeadline::RequestDeadline(std::function<std::size_t()> unsent, std::function<void()> isOver)
    : m_unsent(std::move(unsent)),
      m_isOver(std::move(isOver))
{
    QObject::connect(&m_look, &QTimer::timeout, &m_look, [this] { look(); });
}

void RequestDeadline::start(Milliseconds timeout)
{
    m_timeout = timeout;
    m_unsentBefore = m_unsent();
    m_looksLeft = Looks;
    m_look.start(std::max(timeout / Looks, Milliseconds(1)));
}

void RequestDeadline::look()
{
    const std::size_t unsent = m_unsent();
    m_unsentBefore = std::max(m_unsentBefore, unsent); // of a request that goes once more
    if (unsent + Progress <= m_unsentBefore) {
        m_unsentBefore = unsent;
        m_looksLeft = Looks;
    } else if (--m_looksLeft == 0) {
        m_look.stop();
        m_isOver();
    }
}

} // namespace Weave
