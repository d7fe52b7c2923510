#include "http/httpturns.h"

#include "http/httpsession.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace Weave {

namespace {

using namespace std::chrono_literals;

// Pages of metrics take a tenth of it each, calls much less.
constexpr auto Longest = 1ms;

} // namespace

HttpTurns::Work::Work(HttpTurns &turns)
    : m_turns(turns),
      m_isOutermost(!std::exchange(turns.m_isWorking, true))
{
    if (m_isOutermost)
        turns.m_countedUntil = SteadyClock::now();
}

HttpTurns::Work::~Work()
{
    if (!m_isOutermost)
        return;
    m_turns.count();
    m_turns.m_isWorking = false;
}

void HttpTurns::count()
{
    const TimePoint now = SteadyClock::now();
    m_worked += now - std::exchange(m_countedUntil, now);
}

// No clock tells where a turn of the event loop ends, and to ask for a sign at the end of each
// would cost every request something. So work is summed up over turns until somebody has to wait.
bool HttpTurns::isOver()
{
    if (m_isWorking)
        count();
    return m_worked >= Longest;
}

// What is posted comes when all who have been heard by now have had their turn.
void HttpTurns::post()
{
    if (!std::exchange(m_isPosted, true))
        QMetaObject::invokeMethod(
            this, [this] { begin(); }, Qt::QueuedConnection);
}

void HttpTurns::add(HttpSession &session)
{
    m_waiting.push_back(&session);
    post();
}

void HttpTurns::remove(const HttpSession &session)
{
    std::erase(m_waiting, &session);
}

void HttpTurns::begin()
{
    m_isPosted = false;
    m_worked = {};
    // Those that have not come to it keep their places before those that wait again.
    while (!m_waiting.empty() && !isOver()) {
        HttpSession *session = m_waiting.front();
        m_waiting.erase(m_waiting.begin());
        session->goOn();
    }
    if (!m_waiting.empty())
        post();
}

} // namespace Weave
