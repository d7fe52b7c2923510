#pragma once

#include "ingest/requesthandler.h"

#include <QByteArray>
#include <QList>

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
        ids << QByteArray(call.id.data(), static_cast<qsizetype>(call.id.size()));
        events << "call";
        return std::nullopt;
    }
    bool callsAccepted() override
    {
        events << "accepted";
        return asksForPause;
    }
    void flush(Reply reply) override
    {
        if (flushesAtOnce)
            reply("{\"success\":true,\"pending\":0}\n");
        else
            flushes.push_back(std::move(reply));
    }
    std::string statusJson() override { return statusText; }

    std::optional<RefusedCall> refusal;
    bool asksForPause = false;
    bool flushesAtOnce = false;
    std::string statusText = R"({"fake":1})";
    QList<QByteArray> ids;
    QList<QByteArray> events;
    std::vector<Reply> flushes;
};

} // namespace Weave
