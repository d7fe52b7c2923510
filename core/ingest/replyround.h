#pragma once

#include "common/clock.h"

#include <QObject>

#include <vector>

namespace Weave {

class Connection;
class RequestHandler;

// The connections whose input has been handled in one turn of the event loop. They get their
// replies in a row, and then the handler hears of their calls, once.
//
// To wake a process up costs as much as a dozen calls do. One that gets several replies in a row is
// woken up by the first, and has enough to do then to be awake when the next ones come: with eight
// connections that one process keeps full, it is woken up four times less often, and a call takes a
// tenth less of the daemon's processor.
//
// Used by one thread; a round ends with a turn of its event loop.
class ReplyRound final : public QObject
{
public:
    // handler outlives the round.
    explicit ReplyRound(RequestHandler &handler);

    // Its input has been handled, and is not handled again before the round has ended. That is now,
    // for all, when isAlone: the client has sent a single line and waits for the reply, most
    // likely, and so would the daemon wait for the client; or it sends no more, and makes room for
    // another one. Nor does the first of many clients wait for the last.
    void add(Connection &connection, bool isAlone);
    // It is deleted.
    void remove(const Connection &connection);

private:
    void finish();
    void endTurn();
    bool hasTakenLong();

    RequestHandler &m_handler;
    std::vector<Connection *> m_connections;
    std::vector<Connection *> m_finishing; // a member, so that no turn allocates
    TimePoint m_begin;
    bool m_isEndPosted = false;
};

} // namespace Weave
