#pragma once

#include "http/callbody.h"
#include "http/httpreply.h"
#include "http/httprequest.h"
#include "ingest/requesthandler.h"

#include <optional>
#include <string>
#include <utility>

namespace Weave {

struct RouterOptions
{
    std::string apiKey; // the daemon's; never leaves it
    std::string instance; // this daemon's name in Via headers
    std::size_t maxBodyBytes = 0; // of an unpacked body
};

// Decides what becomes of a request: calls are kept and answered, health is told, everything else
// is for the trace server.
class HttpRouter
{
public:
    // handler outlives the router.
    HttpRouter(RequestHandler &handler, RouterOptions options);

    void setOptions(RouterOptions options) { m_options = std::move(options); }

    // With the head alone. A reply turns the request away before its body is read.
    [[nodiscard]] std::optional<HttpReply> turnAway(const HttpRequest &head) const;

    struct Answer
    {
        HttpReply reply;
        bool keptCalls = false; // they are in the spool, perhaps not synced yet
    };
    // Nothing when the request has to be passed on to the trace server as it is.
    [[nodiscard]] std::optional<Answer> answer(const HttpRequest &request);
    // Whether a request that is passed on asks for calls, or changes them, and some are pending
    // here: then they have to go first, for a client that was told that its calls are stored looks
    // for them. While the trace server is in trouble there is no point in waiting.
    [[nodiscard]] bool shouldFlushBefore(const HttpRequest &request) const;

private:
    [[nodiscard]] std::optional<Answer> keepCalls(const CallRoute &route,
                                                  const HttpRequest &request);
    [[nodiscard]] HttpReply health(std::string_view path) const;

    RequestHandler &m_handler;
    RouterOptions m_options;
    CallBody m_body;
    std::string m_unpacked;
};

} // namespace Weave
