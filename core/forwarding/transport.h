#pragma once

#include "batching/requestbody.h"
#include "common/clock.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace Weave {

// What became of one request.
struct SendResult
{
    enum class Kind {
        Answered, // the server gave an HTTP status
        NetworkError, // no connection, or it broke
        TlsError, // no connection that can be trusted
        TimedOut, // no whole answer, and no progress, for the request timeout
    };
    Kind kind = Kind::Answered;
    int status = 0; // Answered only
    // The server's words from its error body, or the system's; for logs, status and dead letters,
    // once what they repeat of the calls is taken out. Never a key. Empty when the server gave
    // none.
    std::string reason;
    std::string errorCode; // "error_code" of the server's error body
    std::optional<Milliseconds> retryAfter;
    // Not Answered: whether there was a connection. Without one the trouble is everybody's.
    bool hadConnection = true;
};

// A request that is ready to go.
struct OutgoingRequest
{
    std::string path; // behind the backend's URL, e.g. "/call/upsert_batch"
    std::string retryId; // the same for every attempt of a batch
    RequestBody body;
    bool isBacklog = false; // its calls have waited long, so that a moment more is nothing
};

// Carries requests to where calls are delivered. An interface because it stands at the network:
// tests put a fake in its place.
class Transport
{
public:
    using Done = std::function<void(const SendResult &)>;

    virtual ~Transport() = default;

    // Sends once; no retry happens below this line. done is called exactly once, later, from the
    // event loop and never from inside send(). What the body borrows stays valid until then.
    virtual void send(OutgoingRequest request, Done done) = 0;

    // Ends every request under way without calling its done.
    virtual void cancelAll() = 0;
};

} // namespace Weave
