#pragma once

#include "common/clock.h"

#include <QObject>

#include <vector>

namespace Weave {

class HttpSession;

// How long the sessions of a server, all together, may go on before the others get the event loop
// back: who sends requests without waiting for answers has a few thousand of them in one read, and
// the clients of the socket would wait for all of that, and for as much of each further connection.
// Sessions that have more to do wait in a row for the next turn, which comes when everybody else
// has had one.
class HttpTurns final : public QObject
{
public:
    // The time of its life counts, that of a further one inside it once.
    class Work
    {
    public:
        explicit Work(HttpTurns &turns);
        ~Work();
        Work(const Work &) = delete;
        Work &operator=(const Work &) = delete;

    private:
        HttpTurns &m_turns;
        bool m_isOutermost;
    };

    // Whether the sessions have worked for long enough.
    [[nodiscard]] bool isOver();
    // HttpSession::goOn() is called in a turn to come. Not while it waits already.
    void add(HttpSession &session);
    // It is deleted.
    void remove(const HttpSession &session);

private:
    void post();
    void begin();
    void count();

    std::vector<HttpSession *> m_waiting;
    TimePoint m_countedUntil;
    TimePoint::duration m_worked{};
    bool m_isWorking = false;
    bool m_isPosted = false;
};

} // namespace Weave
