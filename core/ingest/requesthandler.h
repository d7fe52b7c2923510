#pragma once

#include "common/call.h"
#include "stats/stats.h"
#include "stats/statusreport.h"

#include <functional>
#include <optional>
#include <string>

namespace Weave {

struct RefusedCall
{
    Refusal reason;
    std::string text;
};

// What ingest asks of the rest of the daemon. Called from the event loop's thread.
class RequestHandler
{
public:
    // Takes one reply line. Called once, possibly from inside the call that it was passed to. It
    // may outlive the client; then the reply is thrown away.
    using Reply = std::function<void(const std::string &)>;

    virtual ~RequestHandler() = default;

    // Keeps the call before it returns, or says why not.
    [[nodiscard]] virtual std::optional<RefusedCall> acceptCall(const CallView &call) = 0;
    // Several acceptCall() have been made and no more follow for the moment. True asks not to read
    // from this client until IngestServer::resumeReading(), or for a twentieth of a second at most.
    [[nodiscard]] virtual bool callsAccepted() = 0;

    // With IngestLimits::answersAfterSync. Asks for a sync of what has been accepted so far;
    // finishSync() of the doors with this ticket or a later one ends it.
    [[nodiscard]] virtual std::uint64_t requestSync() = 0;

    // The client with this CallView::client has gone; its number may be given to another.
    virtual void clientGone(std::uint16_t client) = 0;

    virtual void flush(Reply reply) = 0;
    [[nodiscard]] virtual StatusReport statusReport() = 0;

    // The project's calls come as complete calls: they are to be delivered so, unless the user or
    // the server wants it otherwise.
    virtual void preferComplete(const std::string &project) = 0;
};

} // namespace Weave
