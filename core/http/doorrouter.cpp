#include "http/doorrouter.h"

#include "common/logging.h"
#include "http/authorization.h"
#include "http/callbody.h"
#include "http/healthpages.h"
#include "http/inflate.h"

namespace Weave {

namespace {

constexpr int BadRequest = 400;
constexpr int Unauthorized = 401;
constexpr int Forbidden = 403;
constexpr int Unavailable = 503;
constexpr int LoopDetected = 508;

bool isHealthRequest(const HttpRequest &request)
{
    return isReading(request) && isHealthPath(request.path());
}

} // namespace

DoorRouter::DoorRouter(RequestHandler &handler, DoorOptions options)
    : m_handler(handler),
      m_options(std::move(options))
{
}

// The door is opened to other machines for calls, which need a key; that opens no more.
bool DoorRouter::mayReadAll(const HttpRequest &request) const
{
    return !request.isFromElsewhere || m_options.tellsEverybody || isOwners(request);
}

std::optional<HttpReply> DoorRouter::turnAway(const HttpRequest &head) const
{
    if (isHealthRequest(head) && head.path() == "/metrics" && !mayReadAll(head))
        return errorReply(
            Forbidden,
            "metrics are for this machine: ask with the sidecar's API key, or let the "
            "sidecar be started with --metrics-allow-remote");
    if (isHealthRequest(head))
        return std::nullopt;
    int keys = 0;
    for (const auto &[name, value] : head.headers) {
        if (equalsIgnoringCase(name, "Authorization") && ++keys > 1)
            return errorReply(BadRequest, "more than one Authorization header");
        if (equalsIgnoringCase(name, "Via") && value.find(m_options.instance) != std::string::npos)
            return errorReply(LoopDetected,
                              "this request has been here already: the sidecar's --backend leads "
                              "back to the sidecar; set it to the trace server's address");
    }
    if (identifyCaller(head.header("Authorization"), m_options.apiKey) != Caller::Nobody)
        return std::nullopt;
    HttpReply reply = errorReply(Unauthorized,
                                 "no API key: set WANDB_API_KEY for this program, or log in by "
                                 "`wandb login`; the sidecar does not lend its own");
    reply.headers.emplace_back("WWW-Authenticate", "Basic realm=\"weave\"");
    return reply;
}

std::optional<HttpRouter::Answer> DoorRouter::answer(const HttpRequest &request)
{
    if (isHealthRequest(request))
        return Answer{healthPage(request.path(), m_handler, mayReadAll(request)), Outcome::Health};
    const auto route = findCallRoute(request.method, request.path());
    if (!route || !isOwners(request))
        return std::nullopt;
    return keepCalls(*route, request);
}

std::optional<HttpRouter::Answer> DoorRouter::keepCalls(const CallRoute &route,
                                                        const HttpRequest &request)
{
    // Not kept for the next one: a batch takes up to 32 MiB, and may be the only one in hours.
    CallBody calls;
    std::string unpackedText;
    std::string_view body = request.body;
    const std::string_view coding = request.header("Content-Encoding");
    if (equalsIgnoringCase(coding, "gzip")) {
        auto unpacked = inflateGzip(body, m_options.maxBodyBytes);
        if (!unpacked)
            return std::nullopt;
        unpackedText = std::move(*unpacked);
        body = unpackedText;
    } else if (!coding.empty() && !equalsIgnoringCase(coding, "identity")) {
        return std::nullopt;
    }
    if (const auto read = calls.read(route, body); !read) {
        qCDebug(lcIngest, "%s is passed on: %s", std::string(request.path()).c_str(),
                read.error().message.c_str());
        return std::nullopt;
    }
    if (route.kind == CallRoute::Kind::Complete)
        m_handler.preferComplete(route.project);
    // All or none: of those that were kept, others would come once more, and a start behind the
    // complete call that is passed on would show it as unfinished.
    const std::optional<RefusedCall> refused = m_handler.acceptCalls(calls.calls());
    [[maybe_unused]] const bool shouldPause = m_handler.callsAccepted(); // who waits is paused
    if (!refused)
        return Answer{{200, calls.answer()}, Outcome::Kept};
    if (refused->reason != Refusal::ShuttingDown)
        return std::nullopt; // what cannot be kept here may still be taken there
    HttpReply reply = errorReply(Unavailable, refused->text);
    reply.headers.emplace_back("Retry-After", "1");
    return Answer{std::move(reply), Outcome::Refused};
}

bool DoorRouter::isOwners(const HttpRequest &request) const
{
    return identifyCaller(request.header("Authorization"), m_options.apiKey) == Caller::Owner;
}

bool DoorRouter::shouldFlushBefore(const HttpRequest &request) const
{
    if (request.path().find("/call") == std::string_view::npos || !isOwners(request))
        return false;
    const StatusReport report = m_handler.statusReport();
    return report.pendingCalls > report.heldCalls
        && report.delivery.condition == DeliveryState::Condition::Ok;
}

} // namespace Weave
