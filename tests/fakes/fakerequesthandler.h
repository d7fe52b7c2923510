#pragma once

#include "common/clock.h"
#include "ingest/requesthandler.h"

#include <QByteArray>
#include <QList>

#include <chrono>
#include <vector>

namespace Weave {

// Keeps every call, and flush replies until the test gives them.
class FakeRequestHandler final : public RequestHandler
{
public:
    std::optional<RefusedCall> acceptCall(const CallView &call) override
    {
        if (refusal)
            return refusal;
        clients.push_back(call.client);
        ids << QByteArray(call.id.data(), static_cast<qsizetype>(call.id.size()));
        events << "call";
        return std::nullopt;
    }
    std::optional<RefusedCall> acceptCalls(std::span<const CallView> calls) override
    {
        events << "calls";
        for (const CallView &call : calls) {
            if (auto refused = acceptCall(call))
                return refused;
        }
        return std::nullopt;
    }
    bool callsAccepted() override
    {
        events << "accepted";
        return asksForPause;
    }
    std::uint64_t requestSync() override { return ++syncRequests; }
    void clientGone(std::uint16_t client) override { goneClients.push_back(client); }
    void flush(Reply reply) override
    {
        if (flushesAtOnce)
            reply("{\"success\":true,\"pending\":0}\n");
        else
            flushes.push_back(std::move(reply));
    }
    void subscribe(unsigned topics, Push push) override
    {
        subscribedTopics = topics;
        pushLine = std::move(push);
    }
    void setPaused(bool paused) override { events << (paused ? "pause" : "resume"); }
    bool retryNow() override
    {
        events << "retry";
        return !isPaused;
    }
    Result<Reloaded> reload() override
    {
        events << "reload";
        return reloaded;
    }
    StatusReport statusReport() override
    {
        ++statusReports;
        const TimePoint end = SteadyClock::now() + reportTakes;
        while (SteadyClock::now() < end) { }
        return status;
    }
    void preferComplete(const std::string &project) override { completeProjects << project; }

    std::optional<RefusedCall> refusal;
    unsigned subscribedTopics = 0;
    Push pushLine;
    bool isPaused = false; // what retryNow() finds
    Result<Reloaded> reloaded{Reloaded{}};
    bool asksForPause = false;
    bool flushesAtOnce = false;
    std::uint64_t syncRequests = 0;
    Stats stats;
    StatusReport status = [this] {
        StatusReport report;
        report.version = "fake";
        report.stats = &stats;
        return report;
    }();
    std::chrono::microseconds reportTakes{0}; // of the processor's time
    int statusReports = 0;
    QList<std::string> completeProjects; // of preferComplete()
    QList<QByteArray> ids;
    QList<QByteArray> events;
    std::vector<Reply> flushes;
    std::vector<std::uint16_t> clients; // of the calls
    std::vector<std::uint16_t> goneClients;
};

} // namespace Weave
