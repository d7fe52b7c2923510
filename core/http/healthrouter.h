#pragma once

#include "http/httprouter.h"
#include "ingest/requesthandler.h"

namespace Weave {

// What --metrics serves: the health pages and /status, read only, and nothing else. Nobody needs a
// key: no page holds a payload or a key.
class HealthRouter final : public HttpRouter
{
public:
    // handler outlives the router.
    explicit HealthRouter(RequestHandler &handler)
        : m_handler(handler)
    {
    }

    [[nodiscard]] std::optional<HttpReply> turnAway(const HttpRequest &head) const override;
    [[nodiscard]] std::optional<Answer> answer(const HttpRequest &request) override;
    [[nodiscard]] bool shouldFlushBefore(const HttpRequest & /*request*/) const override
    {
        return false;
    }

private:
    RequestHandler &m_handler;
};

} // namespace Weave
