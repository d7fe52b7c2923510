#pragma once

#include "ingest/requesthandler.h"
#include "protocol/request.h"
#include "sidecar/events.h"

#include <QObject>
#include <QTimer>

#include <deque>
#include <functional>
#include <string>
#include <vector>

namespace Weave {

// Tells those who have subscribed what happens: a status each second, requests to the trace server,
// calls as they come. Costs nothing while nobody has subscribed.
//
// A subscriber that does not read loses lines, and gets no more than a number of calls a second.
class Observers final : public QObject
{
    Q_OBJECT

public:
    // Writes the status as JSON; lists the clients when asked.
    struct Sources
    {
        std::function<std::string()> statusJson;
        std::function<std::vector<ClientInfo>()> clients;
    };
    explicit Observers(Sources sources);

    void add(unsigned topics, RequestHandler::Push push);

    void noteRequest(const RequestReport &report);
    void noteCall(const CallView &call)
    {
        if (m_hasCallTopic)
            tellCall(call);
    }

private:
    struct Observer
    {
        unsigned topics = 0;
        RequestHandler::Push push;
        std::uint64_t callsThisSecond = 0;
        std::uint64_t callsSkipped = 0;
        bool isNew = true; // has had no status
        bool isGone = false;
    };

    void tellCall(const CallView &call);
    void tellStatus();
    template <class IsMeant>
    void tellStatusTo(IsMeant isMeant);
    static void push(Observer &observer, std::string_view line);
    void forgetGone();

    const Sources m_sources;
    std::vector<Observer> m_observers;
    bool m_hasCallTopic = false;
    std::deque<std::string> m_recentRequests; // lines, for who comes later
    QTimer m_second;
};

} // namespace Weave
