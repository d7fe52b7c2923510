#include "stats/statusreport.h"

#include "common/jsonwriter.h"

namespace Weave {

const char *conditionName(DeliveryState::Condition condition)
{
    switch (condition) {
    case DeliveryState::Condition::Ok:
        return "ok";
    case DeliveryState::Condition::Degraded:
        return "degraded";
    case DeliveryState::Condition::Retrying:
        return "retrying";
    case DeliveryState::Condition::Paused:
        return "paused";
    }
    return "ok";
}

namespace {

void writeOptionalSeconds(JsonWriter &json, std::string_view name,
                          const std::optional<double> &value)
{
    json.key(name);
    if (value)
        json.seconds(*value);
    else
        json.null();
}

void writeCalls(JsonWriter &json, const StatusReport &report)
{
    const Stats &stats = *report.stats;
    json.key("calls").beginObject();
    json.key("received").value(stats.received);
    json.key("recovered").value(report.recoveredCalls);
    json.key("delivered").value(stats.delivered);
    json.key("pending").value(report.pendingCalls);
    json.key("pending_bytes").value(report.pendingBytes);
    json.key("held").value(report.heldCalls);
    writeOptionalSeconds(json, "oldest_pending_seconds", report.oldestPendingSeconds);
    json.key("dead_lettered").value(stats.deadLettered());
    json.key("dead_lettered_by_reason").beginObject();
    for (std::size_t i = 0; i < DeadLetterReasonCount; ++i)
        json.key(DeadLetterReasonNames.at(i)).value(stats.deadLetters.at(i));
    json.endObject();
    json.key("refused").beginObject();
    for (std::size_t i = 0; i < RefusalCount; ++i)
        json.key(RefusalNames.at(i)).value(stats.refused.at(i));
    json.endObject().endObject();
}

void writeSizes(JsonWriter &json, std::string_view name, const Histogram &histogram)
{
    json.key(name).beginObject();
    json.key("count").value(histogram.count());
    json.key("sum").value(histogram.sum());
    json.key("p50").value(histogram.quantile(0.5));
    json.key("p99").value(histogram.quantile(0.99));
    json.key("max").value(histogram.max());
    json.endObject();
}

void writeRequests(JsonWriter &json, const StatusReport &report)
{
    constexpr double Microsecond = 1e-6;
    const Stats &stats = *report.stats;
    json.key("batches").beginObject();
    json.key("formed").value(stats.batches);
    json.key("halved").value(stats.halved);
    writeSizes(json, "calls", stats.batchCalls);
    writeSizes(json, "bytes", stats.batchBytes);
    json.endObject();

    const Histogram &latency = stats.requestMicroseconds;
    const auto seconds = [](std::uint64_t microseconds) {
        return static_cast<double>(microseconds) * Microsecond;
    };
    json.key("requests").beginObject();
    json.key("sent").value(stats.requests);
    json.key("in_flight").value(report.delivery.requestsInFlight);
    json.key("retried").value(stats.retried);
    json.key("failed").beginObject();
    for (const auto &[reason, count] : stats.failedRequests)
        json.key(reason).value(count);
    json.endObject();
    json.key("seconds").beginObject();
    json.key("count").value(latency.count());
    json.key("sum").seconds(seconds(latency.sum()));
    json.key("p50").seconds(seconds(latency.quantile(0.5)));
    json.key("p99").seconds(seconds(latency.quantile(0.99)));
    json.key("max").seconds(seconds(latency.max()));
    json.key("buckets").beginObject();
    for (std::size_t i = 0; i < LatencyBuckets::Edges.size(); ++i)
        json.key(LatencyBuckets::Edges[i].seconds).value(stats.requestBuckets.upTo(i));
    json.endObject().endObject().endObject();
}

void writeHttp(JsonWriter &json, const StatusReport &report)
{
    const Stats &stats = *report.stats;
    json.key("http").beginObject();
    json.key("url").value(report.httpUrl);
    json.key("connections_open").value(stats.http.connectionsOpen);
    json.key("requests").beginObject();
    json.key("kept").value(stats.http.kept);
    json.key("passed").value(stats.http.passed);
    json.key("refused").value(stats.http.refused);
    json.key("health").value(stats.http.health);
    json.endObject().endObject();
}

void writeMetrics(JsonWriter &json, const StatusReport &report)
{
    const HttpCounts &counts = report.stats->metrics;
    json.key("metrics").beginObject();
    json.key("url").value(report.metricsUrl);
    json.key("connections_open").value(counts.connectionsOpen);
    json.key("requests").beginObject();
    json.key("health").value(counts.health);
    json.key("refused").value(counts.refused);
    json.endObject().endObject();
}

void writeProcess(JsonWriter &json, const ProcessInfo &process)
{
    json.key("process").beginObject();
    json.key("start_time_seconds").seconds(process.startTimeSeconds);
    json.key("cpu_seconds").seconds(process.cpuSeconds);
    json.key("resident_memory_bytes").value(process.residentBytes);
    json.key("virtual_memory_bytes").value(process.virtualBytes);
    json.key("threads").value(process.threads);
    json.key("open_fds").value(process.openFiles);
    json.key("max_fds").value(process.maxFiles);
    json.endObject();
}

void writeFailing(JsonWriter &json, const DeliveryState &delivery)
{
    json.key("failing_projects").value(delivery.failingProjects);
    json.key("failing").beginArray();
    for (const FailingProject &project : delivery.failingNamed) {
        json.beginObject();
        json.key("project").value(project.name);
        json.key("state").value(project.isPaused ? "paused" : "retrying");
        json.key("error").value(project.error);
        json.endObject();
    }
    json.endArray();
}

} // namespace

std::string toJson(const StatusReport &report)
{
    const Stats &stats = *report.stats;
    JsonWriter json;
    json.beginObject();
    json.key("version").value(report.version);
    json.key("pid").value(report.pid);
    json.key("uptime_seconds").seconds(report.uptimeSeconds);
    json.key("socket").value(report.socket);
    json.key("config_files").beginArray();
    for (const std::string &file : report.configFiles)
        json.value(std::string_view(file));
    json.endArray();
    json.key("backend").beginObject();
    json.key("url").value(report.backend);
    json.key("state").value(conditionName(report.delivery.condition));
    json.key("paused_by");
    if (report.delivery.condition == DeliveryState::Condition::Paused)
        json.value(report.delivery.isPausedByUser ? "user" : "backend");
    else
        json.null();
    json.key("last_error");
    if (report.delivery.lastError.empty())
        json.null();
    else
        json.value(report.delivery.lastError);
    writeOptionalSeconds(json, "last_error_seconds_ago", report.delivery.lastErrorSecondsAgo);
    writeOptionalSeconds(json, "next_attempt_seconds", report.delivery.nextAttemptInSeconds);
    writeFailing(json, report.delivery);
    json.endObject();
    writeCalls(json, report);
    writeRequests(json, report);
    json.key("connections").beginObject();
    json.key("open").value(stats.connectionsOpen);
    json.key("accepted").value(stats.connectionsAccepted);
    json.key("refused").value(stats.connectionsRefused);
    json.key("max").value(report.maxConnections);
    json.endObject();
    if (!report.httpUrl.empty())
        writeHttp(json, report);
    if (!report.metricsUrl.empty())
        writeMetrics(json, report);
    json.key("spool").beginObject();
    json.key("kind").value(report.spoolKind);
    json.key("directory");
    if (report.spoolDirectory.empty())
        json.null();
    else
        json.value(report.spoolDirectory);
    json.key("used_bytes").value(report.spoolUsedBytes);
    json.key("max_bytes").value(report.spoolMaxBytes);
    json.key("quarantined").value(report.spoolQuarantined);
    json.endObject();
    writeProcess(json, report.process);
    json.endObject();
    return json.text();
}

} // namespace Weave
