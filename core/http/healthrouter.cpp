#include "http/healthrouter.h"

#include "http/healthpages.h"

namespace Weave {

std::optional<HttpReply> HealthRouter::turnAway(const HttpRequest &head) const
{
    constexpr int NotFound = 404;
    constexpr int MethodNotAllowed = 405;
    if (!isHealthPath(head.path()) && head.path() != "/status")
        return errorReply(NotFound, "there are /metrics, /status, /healthz and /readyz");
    if (isReading(head))
        return std::nullopt;
    HttpReply reply = errorReply(MethodNotAllowed, "this page can only be read: GET or HEAD");
    reply.headers.emplace_back("Allow", "GET, HEAD");
    return reply;
}

std::optional<HttpRouter::Answer> HealthRouter::answer(const HttpRequest &request)
{
    return Answer{healthPage(request.path(), m_handler, true), Outcome::Health};
}

} // namespace Weave
