#include "forwarding/retrypolicy.h"

#include <algorithm>

namespace Weave {

namespace {

using namespace std::chrono_literals;

constexpr Milliseconds FirstBackoff = 500ms;
constexpr Milliseconds MaxBackoff = 30s;
constexpr Milliseconds MaxRetryAfter = 10min;
// A wrong key or URL is mended by a person; asking more often would only fill logs.
constexpr Milliseconds PauseInterval = 30s;

// error_code of a project that the server keeps in its newer tables (wandb/weave,
// project_version.py). It is a matter of the route and not of the calls.
constexpr std::string_view CompleteModeRequired = "CALLS_COMPLETE_MODE_REQUIRED";

Decision retry(const SendResult &result, int attempts, double random)
{
    Decision decision{Decision::Action::Retry, backoff(attempts, random)};
    if (result.retryAfter) {
        decision.wait = std::max(decision.wait, std::min(*result.retryAfter, MaxRetryAfter));
        decision.waitIsForAll = result.status == 429 || result.status == 503;
    }
    return decision;
}

Decision decideClientError(const SendResult &result)
{
    if (result.status == 400 && result.errorCode == CompleteModeRequired)
        return {Decision::Action::NeedsComplete, PauseInterval};
    switch (result.status) {
    case 401:
        return {Decision::Action::PauseAll, PauseInterval};
    case 403:
        return {Decision::Action::PauseProject, PauseInterval};
    case 400:
    case 409:
    case 413:
    case 422:
        return {Decision::Action::Halve};
    default:
        // With the server's words it is about the calls.
        if (!result.reason.empty())
            return {Decision::Action::Halve};
        if (result.status == 404 || result.status == 405)
            return {Decision::Action::RouteMissing, PauseInterval};
        return {Decision::Action::PauseAll, PauseInterval};
    }
}

} // namespace

Milliseconds backoff(int attempts, double random)
{
    const int doublings = std::clamp(attempts - 1, 0, 16);
    const Milliseconds ceiling = std::min(MaxBackoff, FirstBackoff * (1 << doublings));
    return Milliseconds(
        static_cast<Milliseconds::rep>(random * static_cast<double>(ceiling.count())));
}

Decision decide(const SendResult &result, int attempts, double random)
{
    if (result.kind != SendResult::Kind::Answered)
        return retry(result, attempts, random);
    const int status = result.status;
    if (status >= 200 && status < 300)
        return {};
    if (status == 408 || status == 425 || status == 429 || (status >= 500 && status != 501))
        return retry(result, attempts, random);
    if (status >= 400 && status < 500)
        return decideClientError(result);
    // 501 and redirects, which are not followed: the key would go where nobody sent it.
    return {Decision::Action::PauseAll, PauseInterval};
}

std::string failureName(const SendResult &result)
{
    switch (result.kind) {
    case SendResult::Kind::NetworkError:
        return "network";
    case SendResult::Kind::TlsError:
        return "tls";
    case SendResult::Kind::TimedOut:
        return "timeout";
    case SendResult::Kind::Answered:
        break;
    }
    return std::to_string(result.status);
}

std::string describe(const SendResult &result)
{
    std::string text;
    switch (result.kind) {
    case SendResult::Kind::Answered:
        text = "the backend answered " + std::to_string(result.status);
        break;
    case SendResult::Kind::NetworkError:
        text = "the backend cannot be reached";
        break;
    case SendResult::Kind::TlsError:
        text = "TLS with the backend failed";
        break;
    case SendResult::Kind::TimedOut:
        text = "the backend did not answer in time";
        break;
    }
    if (!result.reason.empty())
        text += ": " + result.reason;
    return text;
}

} // namespace Weave
