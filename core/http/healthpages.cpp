#include "http/healthpages.h"

#include "stats/prometheus.h"
#include "stats/readiness.h"
#include "stats/statusreport.h"

namespace Weave {

namespace {

constexpr int Unavailable = 503;
constexpr const char *PlainText = "text/plain; charset=utf-8";

} // namespace

bool isHealthPath(std::string_view path)
{
    return path == "/healthz" || path == "/readyz" || path == "/metrics";
}

bool isReading(const HttpRequest &request)
{
    return request.method == "GET" || request.method == "HEAD";
}

HttpReply healthPage(std::string_view path, RequestHandler &handler, bool tellsReason)
{
    if (path == "/healthz")
        return {200, "ok\n", PlainText};
    const StatusReport report = handler.statusReport();
    if (path == "/metrics")
        return {200, toPrometheus(report), "text/plain; version=0.0.4; charset=utf-8"};
    if (path == "/status")
        return {200, toJson(report) + "\n"};
    const std::string trouble = whyNotReady(report);
    if (trouble.empty())
        return {200, "ready\n", PlainText};
    return {Unavailable, tellsReason ? "not ready: " + trouble + "\n" : "not ready\n", PlainText};
}

} // namespace Weave
