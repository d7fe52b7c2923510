#pragma once

#include "common/call.h"
#include "common/result.h"
#include "stats/stats.h"
#include "stats/statusreport.h"

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace Weave {

struct RefusedCall
{
    Refusal reason;
    std::string text;
};

// Why a flush or a retry fails meanwhile.
inline constexpr std::string_view PausedText =
    "delivery is paused by `weave-sidecar pause`; `weave-sidecar resume` lets it go on";

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
    // Keeps all of them, or none.
    [[nodiscard]] virtual std::optional<RefusedCall>
    acceptCalls(std::span<const CallView> calls) = 0;
    // Several acceptCall() have been made and no more follow for the moment. True asks not to read
    // from this client until IngestServer::resumeReading(), or for a twentieth of a second at most.
    [[nodiscard]] virtual bool callsAccepted() = 0;

    // With IngestLimits::answersAfterSync. Asks for a sync of what has been accepted so far;
    // finishSync() of the doors with this ticket or a later one ends it.
    [[nodiscard]] virtual std::uint64_t requestSync() = 0;

    // The client with this CallView::client has gone; its number may be given to another.
    virtual void clientGone(std::uint16_t client) = 0;

    virtual void flush(Reply reply) = 0;

    // Takes a line for a client that has subscribed.
    enum class Pushed {
        Yes,
        Full, // the client does not read; the line is dropped
        Gone, // no more lines for this one
    };
    using Push = std::function<Pushed(std::string_view line)>;
    // A status each second from now on, and what the Topic bits ask for.
    virtual void subscribe(unsigned topics, Push push) = 0;
    // Delivery rests until it is resumed; calls are kept meanwhile.
    virtual void setPaused(bool isPaused) = 0;
    // Calls that wait for another attempt are tried now. False when delivery is paused by the user.
    virtual bool retryNow() = 0;

    // Reads the settings anew and applies what can be applied.
    struct Reloaded
    {
        std::vector<std::string> changed; // names of settings
        std::vector<std::string> needsRestart;
        std::vector<std::string> notUsed; // since the service manager has made the socket
    };
    [[nodiscard]] virtual Result<Reloaded> reload() = 0;

    [[nodiscard]] virtual StatusReport statusReport() = 0;

    // The project's calls come as complete calls: they are to be delivered so, unless the user or
    // the server wants it otherwise.
    virtual void preferComplete(const std::string &project) = 0;
};

} // namespace Weave
