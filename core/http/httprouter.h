#pragma once

#include "http/httpreply.h"
#include "http/httprequest.h"

#include <optional>

namespace Weave {

// Decides what becomes of the requests of one HTTP server.
class HttpRouter
{
public:
    virtual ~HttpRouter() = default;

    // With the head alone. A reply turns the request away before its body is read.
    [[nodiscard]] virtual std::optional<HttpReply> turnAway(const HttpRequest &head) const = 0;

    enum class Outcome {
        Kept, // its calls are in the spool, perhaps not synced yet
        Health, // one of the pages about the daemon itself, whatever it says
        Refused, // an error of our own
    };
    struct Answer
    {
        HttpReply reply;
        Outcome outcome = Outcome::Refused;
    };
    // Nothing when the request has to be passed on to the trace server as it is.
    [[nodiscard]] virtual std::optional<Answer> answer(const HttpRequest &request) = 0;
    // Whether the calls that are pending here have to go before a request that is passed on.
    [[nodiscard]] virtual bool shouldFlushBefore(const HttpRequest &request) const = 0;
};

} // namespace Weave
