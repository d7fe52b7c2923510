#include "ingest/replyround.h"

#include "ingest/connection.h"
#include "ingest/requesthandler.h"

#include <chrono>
#include <utility>

namespace Weave {

namespace {

using namespace std::chrono_literals;

// For how long the first replies wait for others, the read under way not counted. Of eight full
// connections two or three are read in this time, which is enough to save most of the wake-ups;
// more saves no more.
constexpr auto MaxWait = 200us;

} // namespace

ReplyRound::ReplyRound(RequestHandler &handler)
    : m_handler(handler)
{
}

// What is posted comes between this turn of the event loop and the next one. To hear of the end of
// every turn from the dispatcher takes 2 % of the instructions of a call that comes alone, whose
// round ends here.
void ReplyRound::add(Connection &connection, bool isAlone)
{
    m_connections.push_back(&connection);
    if (isAlone || hasTakenLong())
        finish();
    else if (!std::exchange(m_isEndPosted, true))
        QMetaObject::invokeMethod(
            this, [this] { endTurn(); }, Qt::QueuedConnection);
}

void ReplyRound::endTurn()
{
    m_isEndPosted = false;
    finish();
}

bool ReplyRound::hasTakenLong()
{
    const TimePoint now = SteadyClock::now();
    if (m_connections.size() == 1)
        m_begin = now;
    return now - m_begin >= MaxWait;
}

void ReplyRound::remove(const Connection &connection)
{
    std::erase(m_connections, &connection);
}

// The clients first, then the batches.
void ReplyRound::finish()
{
    if (m_connections.empty())
        return;
    m_finishing.swap(m_connections);
    for (Connection *connection : m_finishing)
        connection->writeReplies();
    const bool shouldPause = m_handler.callsAccepted();
    for (Connection *connection : m_finishing)
        connection->endRound(shouldPause);
    m_finishing.clear();
}

} // namespace Weave
