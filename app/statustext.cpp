#include "app/statustext.h"

#include "common/bytesize.h"
#include "common/duration.h"
#include "common/oneline.h"
#include "common/textnumber.h"

#include <QJsonArray>
#include <QJsonDocument>

#include <cmath>
#include <vector>

namespace Weave {

namespace {

std::uint64_t number(const QJsonObject &object, const char *key)
{
    return static_cast<std::uint64_t>(object.value(QLatin1String(key)).toDouble());
}

QJsonObject child(const QJsonObject &object, const char *key)
{
    return object.value(QLatin1String(key)).toObject();
}

std::string text(const QJsonObject &object, const char *key)
{
    return object.value(QLatin1String(key)).toString().toStdString();
}

std::string seconds(double value)
{
    const double rounded = value < 10 ? std::ceil(value * 1000) : std::round(value) * 1000;
    return formatDuration(Milliseconds(static_cast<Milliseconds::rep>(rounded)));
}

// "1 call", "12,345 calls"
std::string groupedCount(std::uint64_t value, const char *noun)
{
    return formatGrouped(value) + " " + noun + (value == 1 ? "" : "s");
}

// "12 malformed, 3 spool_full", "2 HTTP 503, 1 network"; empty when all are zero.
std::string listCounts(const QJsonObject &counts)
{
    std::string list;
    for (auto place = counts.begin(); place != counts.end(); ++place) {
        const auto count = static_cast<std::uint64_t>(place.value().toDouble());
        const bool isStatus = place.key().front().isDigit();
        if (count > 0)
            list += (list.empty() ? "" : ", ") + formatGrouped(count) + (isStatus ? " HTTP " : " ")
                + place.key().toStdString();
    }
    return list;
}

std::string backendLine(const QJsonObject &backend)
{
    std::string line = text(backend, "url") + ", " + text(backend, "state");
    if (text(backend, "paused_by") == "user")
        line += " by `weave-sidecar pause`; `weave-sidecar resume` lets it go on";
    const QJsonValue next = backend.value(QLatin1String("next_attempt_seconds"));
    if (next.isDouble())
        line += ", next attempt in " + seconds(next.toDouble());
    return line;
}

// Of each project whose calls wait: "acme/chat, paused: the backend answered 403".
std::vector<std::string> failingLines(const QJsonObject &backend)
{
    constexpr std::size_t MaxLines = 5;
    std::vector<std::string> lines;
    for (const QJsonValue value : backend.value(QLatin1String("failing")).toArray()) {
        if (lines.size() == MaxLines)
            break;
        const QJsonObject project = value.toObject();
        lines.push_back(text(project, "project") + ", " + text(project, "state") + ": "
                        + text(project, "error"));
    }
    if (const auto all = number(backend, "failing_projects"); all > lines.size())
        lines.push_back(groupedCount(all - lines.size(), "more project"));
    return lines;
}

std::string pendingLine(const QJsonObject &calls)
{
    std::string line = groupedCount(number(calls, "pending"), "call") + ", "
        + formatByteSize(number(calls, "pending_bytes"));
    const QJsonValue oldest = calls.value(QLatin1String("oldest_pending_seconds"));
    if (oldest.isDouble())
        line += ", the oldest for " + seconds(oldest.toDouble());
    if (const auto held = number(calls, "held"); held > 0)
        line += "; of them " + groupedCount(held, "start") + " held for an end";
    return line;
}

} // namespace

Result<QJsonObject> parseStatusReply(std::string_view replyLine)
{
    const QJsonObject reply =
        QJsonDocument::fromJson(
            QByteArray(replyLine.data(), static_cast<qsizetype>(replyLine.size())))
            .object();
    const QJsonObject status = child(reply, "status");
    // A refusal for another reason than the method, such as too many connections.
    const std::string error = text(reply, "error");
    if (!error.empty() && error.find("unknown method") == std::string::npos)
        return Error{ErrorCode::Unavailable, "the daemon says: " + error};
    if (!reply.value(QLatin1String("success")).toBool() || status.isEmpty())
        return Error{ErrorCode::Unavailable,
                     "the program behind the socket does not know the method status; is it a "
                     "weave-sidecar?"};
    return status;
}

std::string statusText(const QJsonObject &status)
{
    const QJsonObject backend = child(status, "backend");
    const QJsonObject calls = child(status, "calls");
    const QJsonObject batches = child(status, "batches");
    const QJsonObject requests = child(status, "requests");
    const QJsonObject connections = child(status, "connections");
    const QJsonObject spool = child(status, "spool");

    std::string page;
    const auto line = [&page](std::string_view name, const std::string &value) {
        constexpr std::size_t Column = 14;
        page.append(name).append(Column - name.size(), ' ');
        page.append(onOneLine(value)).append("\n");
    };
    line("weave-sidecar",
         text(status, "version") + ", pid " + std::to_string(number(status, "pid")) + ", up for "
             + seconds(status.value(QLatin1String("uptime_seconds")).toDouble()));
    line("socket",
         text(status, "socket") + ", " + formatGrouped(number(connections, "open")) + " of "
             + formatGrouped(number(connections, "max")) + " connections");
    line("backend", backendLine(backend));
    line("received", groupedCount(number(calls, "received"), "call"));
    if (const auto recovered = number(calls, "recovered"); recovered > 0)
        line("recovered", groupedCount(recovered, "call") + " of an earlier run");
    const std::uint64_t formed = number(batches, "formed");
    line("delivered",
         groupedCount(number(calls, "delivered"), "call") + " in " + formatGrouped(formed)
             + (formed == 1 ? " batch, " : " batches, ")
             + groupedCount(number(requests, "sent"), "request"));
    line("pending", pendingLine(calls));
    line("dead-lettered", groupedCount(number(calls, "dead_lettered"), "call"));
    if (const std::string refused = listCounts(child(calls, "refused")); !refused.empty())
        line("refused", refused);
    if (const std::string failed = listCounts(child(requests, "failed")); !failed.empty())
        line("failed", failed + " (requests)");
    line("spool",
         text(spool, "kind") + ", " + formatByteSize(number(spool, "used_bytes")) + " of "
             + formatByteSize(number(spool, "max_bytes")));
    for (const std::string &project : failingLines(backend))
        line("failing", project);
    const QJsonValue since = backend.value(QLatin1String("last_error_seconds_ago"));
    if (since.isDouble())
        line("last error",
             text(backend, "last_error") + " (" + seconds(since.toDouble()) + " ago)");
    return page;
}

} // namespace Weave
