#include "sidecar/observers.h"

#include "common/clock.h"

#include <algorithm>
#include <utility>

namespace Weave {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t RecentRequests = 100;
constexpr std::uint64_t MaxCallsASecond = 300;

std::int64_t now()
{
    using namespace std::chrono;
    return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

} // namespace

Observers::Observers(Sources sources)
    : m_sources(std::move(sources))
{
    m_second.setInterval(1s);
    connect(&m_second, &QTimer::timeout, this, &Observers::tellStatus);
}

void Observers::add(unsigned topics, RequestHandler::Push push)
{
    Observer observer{topics, std::move(push)};
    if (topics & TopicFlushes) {
        for (const std::string &line : m_recentRequests)
            Observers::push(observer, line);
    }
    m_observers.push_back(std::move(observer));
    m_hasCallTopic = m_hasCallTopic || (topics & TopicCalls);
    if (!m_second.isActive())
        m_second.start();
    // The first status comes at once, behind the reply to the subscription. Only the new one gets
    // it: the others' second is not over.
    QMetaObject::invokeMethod(
        this, [this] { tellStatusTo([](const Observer &each) { return each.isNew; }); },
        Qt::QueuedConnection);
}

void Observers::noteRequest(const RequestReport &report)
{
    m_recentRequests.push_back(flushEvent(report, now()));
    if (m_recentRequests.size() > RecentRequests)
        m_recentRequests.pop_front();
    for (Observer &observer : m_observers) {
        if (observer.topics & TopicFlushes)
            push(observer, m_recentRequests.back());
    }
}

void Observers::tellCall(const CallView &call)
{
    std::string plain;
    std::string whole;
    for (Observer &observer : m_observers) {
        if (!(observer.topics & TopicCalls))
            continue;
        if (observer.callsThisSecond >= MaxCallsASecond) {
            ++observer.callsSkipped;
            continue;
        }
        ++observer.callsThisSecond;
        const bool withPayload = observer.topics & TopicPayloads;
        std::string &line = withPayload ? whole : plain;
        if (line.empty())
            line = callEvent(call, now(), withPayload);
        push(observer, line);
    }
}

void Observers::tellStatus()
{
    tellStatusTo([](const Observer &) { return true; });
}

template <class IsMeant>
void Observers::tellStatusTo(IsMeant isMeant)
{
    forgetGone();
    if (m_observers.empty()) {
        m_second.stop();
        return;
    }
    const bool wantsClients =
        std::any_of(m_observers.begin(), m_observers.end(), [&](const Observer &observer) {
            return isMeant(observer) && (observer.topics & TopicClients);
        });
    const std::string status = m_sources.statusJson();
    const std::vector<ClientInfo> clients =
        wantsClients ? m_sources.clients() : std::vector<ClientInfo>();
    for (Observer &observer : m_observers) {
        if (!isMeant(observer))
            continue;
        observer.isNew = false;
        push(observer,
             statusEvent(status, observer.topics & TopicClients, clients, observer.callsSkipped));
        observer.callsThisSecond = 0;
        observer.callsSkipped = 0;
    }
    forgetGone();
}

void Observers::push(Observer &observer, std::string_view line)
{
    if (!observer.isGone && observer.push(line) == RequestHandler::Pushed::Gone)
        observer.isGone = true;
}

void Observers::forgetGone()
{
    std::erase_if(m_observers, [](const Observer &observer) { return observer.isGone; });
    m_hasCallTopic =
        std::any_of(m_observers.begin(), m_observers.end(),
                    [](const Observer &observer) { return observer.topics & TopicCalls; });
}

} // namespace Weave
