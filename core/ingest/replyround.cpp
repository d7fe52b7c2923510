#include "ingest/replyround.h"

#include "ingest/connection.h"
#include "ingest/requesthandler.h"

#include <QAbstractEventDispatcher>

#include <chrono>

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
    // Dispatchers differ in which of them they emit between two turns.
    const auto *const dispatcher = QAbstractEventDispatcher::instance();
    connect(dispatcher, &QAbstractEventDispatcher::awake, this, &ReplyRound::finish);
    connect(dispatcher, &QAbstractEventDispatcher::aboutToBlock, this, &ReplyRound::finish);
}

void ReplyRound::add(Connection &connection, bool isSingleLine)
{
    m_connections.push_back(&connection);
    if (isSingleLine || hasTakenLong())
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
