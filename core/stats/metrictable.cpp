#include "stats/metrictable.h"

#include "stats/metricsamples.h"

#include <array>

namespace Weave {

namespace {

using Report = const StatusReport &;
using List = Samples::List;
using Samples::one;
using Samples::seconds;

constexpr auto Counter = MetricType::Counter;
constexpr auto Gauge = MetricType::Gauge;

constexpr auto Table = std::to_array<Metric>({
    {"weave_sidecar_calls_received_total", Counter,
     "Calls (a start and an end count as one each) accepted from clients.", "", "calls.received",
     [](Report r) { return one(r.stats->received); }},
    {"weave_sidecar_calls_recovered_total", Counter,
     "Calls found in the spool at the start, accepted by an earlier process.", "",
     "calls.recovered", [](Report r) { return one(r.recoveredCalls); }},
    {"weave_sidecar_calls_delivered_total", Counter, "Calls that the trace server has taken.", "",
     "calls.delivered", [](Report r) { return one(r.stats->delivered); }},
    {"weave_sidecar_calls_dead_lettered_total", Counter,
     "Calls given up, by reason: refused for good by the trace server, or older than --max-age.",
     "reason", "calls.dead_lettered_by_reason", Samples::deadLettered},
    {"weave_sidecar_calls_refused_total", Counter,
     "Lines refused, by reason; the client of a refused call sends it directly.", "reason",
     "calls.refused", Samples::refused},
    {"weave_sidecar_calls_pending", Gauge, "Calls that wait for delivery.", "", "calls.pending",
     [](Report r) { return one(r.pendingCalls); }},
    {"weave_sidecar_calls_pending_bytes", Gauge, "Payloads of the calls that wait for delivery.",
     "", "calls.pending_bytes", [](Report r) { return one(r.pendingBytes); }},
    {"weave_sidecar_calls_held", Gauge,
     "Pending starts that wait for their ends to make complete calls.", "", "calls.held",
     [](Report r) { return one(r.heldCalls); }},
    {"weave_sidecar_calls_oldest_pending_seconds", Gauge,
     "Age of the oldest pending call; 0 without one. Held ones are not counted.", "",
     "calls.oldest_pending_seconds",
     [](Report r) { return seconds(r.oldestPendingSeconds.value_or(0)); }},

    {"weave_sidecar_batches_formed_total", Counter, "Batches formed of received calls.", "",
     "batches.formed", [](Report r) { return one(r.stats->batches); }},
    {"weave_sidecar_batches_halved_total", Counter,
     "Batches cut in two because the trace server refused them as a whole.", "", "batches.halved",
     [](Report r) { return one(r.stats->halved); }},
    {"weave_sidecar_batch_calls", MetricType::Summary,
     "Calls of a batch since the start; quantile 1 is the largest.", "quantile", "batches.calls",
     [](Report r) { return Samples::summary(r.stats->batchCalls); }},
    {"weave_sidecar_batch_bytes", MetricType::Summary,
     "Size of a batch's request body since the start; quantile 1 is the largest.", "quantile",
     "batches.bytes", [](Report r) { return Samples::summary(r.stats->batchBytes); }},

    {"weave_sidecar_requests_sent_total", Counter, "Requests to the trace server.", "",
     "requests.sent", [](Report r) { return one(r.stats->requests); }},
    {"weave_sidecar_requests_retried_total", Counter,
     "Requests that failed and are made once more.", "", "requests.retried",
     [](Report r) { return one(r.stats->retried); }},
    {"weave_sidecar_requests_failed_total", Counter,
     "Requests that failed, by HTTP status, network, tls or timeout.", "reason", "requests.failed",
     Samples::failedRequests},
    {"weave_sidecar_requests_in_flight", Gauge, "Requests without an answer yet.", "",
     "requests.in_flight", [](Report r) { return one(r.delivery.requestsInFlight); }},
    {"weave_sidecar_request_seconds", MetricType::Histogram,
     "Time from a request's sending to its answer.", "le", "requests.seconds",
     Samples::requestTimes},
    {"weave_sidecar_request_max_seconds", Gauge, "The longest of these times since the start.", "",
     "requests.seconds.max",
     [](Report r) {
         constexpr double Microsecond = 1e-6;
         return seconds(static_cast<double>(r.stats->requestMicroseconds.max()) * Microsecond);
     }},

    {"weave_sidecar_backend_state", Gauge,
     "1 for the state that delivery is in: ok, degraded, retrying or paused.", "state",
     "backend.state", Samples::states},
    {"weave_sidecar_backend_paused", Gauge,
     "1 while delivery is paused: by the user, or by the backend, which refuses the key, all "
     "projects or the route.",
     "by", "backend.paused_by", Samples::paused},
    {"weave_sidecar_backend_failing_projects", Gauge,
     "Projects whose calls the backend does not take for now.", "", "backend.failing_projects",
     [](Report r) { return one(r.delivery.failingProjects); }},
    {"weave_sidecar_backend_last_error_age_seconds", Gauge,
     "Time since a request failed the last time; absent before the first.", "",
     "backend.last_error_seconds_ago",
     [](Report r) { return seconds(r.delivery.lastErrorSecondsAgo); }},
    {"weave_sidecar_backend_next_attempt_seconds", Gauge,
     "Time until the next attempt; absent while nothing waits for one.", "",
     "backend.next_attempt_seconds",
     [](Report r) { return seconds(r.delivery.nextAttemptInSeconds); }},

    {"weave_sidecar_connections_open", Gauge, "Clients of the socket.", "", "connections.open",
     [](Report r) { return one(r.stats->connectionsOpen); }},
    {"weave_sidecar_connections_accepted_total", Counter, "Clients of the socket since the start.",
     "", "connections.accepted", [](Report r) { return one(r.stats->connectionsAccepted); }},
    {"weave_sidecar_connections_refused_total", Counter,
     "Clients of the socket that were over --max-connections.", "", "connections.refused",
     [](Report r) { return one(r.stats->connectionsRefused); }},
    {"weave_sidecar_connections_max", Gauge,
     "Clients that the socket takes: --max-connections, or what the limit of open files allows.",
     "", "connections.max", [](Report r) { return one(r.maxConnections); }},

    {"weave_sidecar_spool_used_bytes", Gauge, "What the spool occupies.", "", "spool.used_bytes",
     [](Report r) { return one(r.spoolUsedBytes); }},
    {"weave_sidecar_spool_max_bytes", Gauge, "What it may occupy: --spool-max-bytes.", "",
     "spool.max_bytes", [](Report r) { return one(r.spoolMaxBytes); }},
    {"weave_sidecar_spool_quarantined_total", Counter,
     "Damaged pieces of the spool put aside since the start.", "", "spool.quarantined",
     [](Report r) { return one(r.spoolQuarantined); }},

    {"weave_sidecar_http_connections_open", Gauge, "Clients of the HTTP door.", "",
     "http.connections_open", [](Report r) { return one(r.stats->http.connectionsOpen); }},
    {"weave_sidecar_http_requests_total", Counter,
     "Requests at the HTTP door, by what became of them: kept, passed on to the trace server, "
     "refused with an error of the daemon's, or asked for its health.",
     "outcome", "http.requests", Samples::doorRequests},
    {"weave_sidecar_metrics_connections_open", Gauge, "Clients of --metrics.", "",
     "metrics.connections_open", [](Report r) { return one(r.stats->metrics.connectionsOpen); }},
    {"weave_sidecar_metrics_requests_total", Counter,
     "Requests at --metrics: answered with a page (health) or refused.", "outcome",
     "metrics.requests", Samples::metricsRequests},

    {"weave_sidecar_uptime_seconds", Gauge, "Time since the daemon's start.", "", "uptime_seconds",
     [](Report r) { return seconds(r.uptimeSeconds); }},
    {"weave_sidecar_build_info", Gauge, "1; the version is the label.", "version", "version",
     [](Report r) {
         return List{{"1", r.version}};
     }},

    {"process_start_time_seconds", Gauge, "When the daemon started, in seconds since 1970.", "",
     "process.start_time_seconds", [](Report r) { return seconds(r.process.startTimeSeconds); }},
    {"process_cpu_seconds_total", Counter, "Processor time, of the user and the system.", "",
     "process.cpu_seconds", [](Report r) { return seconds(r.process.cpuSeconds); }},
    {"process_resident_memory_bytes", Gauge, "Resident memory.", "",
     "process.resident_memory_bytes", [](Report r) { return one(r.process.residentBytes); }},
    {"process_virtual_memory_bytes", Gauge, "Virtual memory.", "", "process.virtual_memory_bytes",
     [](Report r) { return one(r.process.virtualBytes); }},
    {"process_threads", Gauge, "Threads; 0 where the system does not tell.", "", "process.threads",
     [](Report r) { return one(r.process.threads); }},
    {"process_open_fds", Gauge, "Open file descriptors.", "", "process.open_fds",
     [](Report r) { return one(r.process.openFiles); }},
    {"process_max_fds", Gauge, "How many may be open.", "", "process.max_fds",
     [](Report r) { return one(r.process.maxFiles); }},
});

} // namespace

std::span<const Metric> metricTable()
{
    return Table;
}

} // namespace Weave
