#pragma once

#include "http/callroutes.h"
#include "http/httprouter.h"
#include "ingest/requesthandler.h"

#include <optional>
#include <string>

namespace Weave {

struct DoorOptions
{
    std::string apiKey; // the daemon's; never leaves it
    std::string instance; // this daemon's name in Via headers
    std::size_t maxBodyBytes = 0; // of an unpacked body
    bool tellsEverybody = false; // metrics and reasons, also to other machines without the key
};

// The HTTP door: calls are kept and answered, health is told, everything else is for the trace
// server.
class DoorRouter final : public HttpRouter
{
public:
    // handler outlives the router.
    DoorRouter(RequestHandler &handler, DoorOptions options);

    [[nodiscard]] std::optional<HttpReply> turnAway(const HttpRequest &head) const override;
    [[nodiscard]] std::optional<Answer> answer(const HttpRequest &request) override;
    // When it asks for calls, or changes them, with the daemon's own key: a client that was told
    // that its calls are stored looks for them. While the trace server is in trouble there is no
    // point in waiting.
    [[nodiscard]] bool shouldFlushBefore(const HttpRequest &request) const override;

private:
    [[nodiscard]] bool mayReadAll(const HttpRequest &request) const;
    [[nodiscard]] bool isOwners(const HttpRequest &request) const;
    [[nodiscard]] std::optional<Answer> keepCalls(const CallRoute &route,
                                                  const HttpRequest &request);

    RequestHandler &m_handler;
    const DoorOptions m_options;
};

} // namespace Weave
