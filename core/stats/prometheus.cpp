#include "stats/prometheus.h"

#include "common/textnumber.h"

#include <string_view>

namespace Weave {

namespace {

class MetricsWriter
{
public:
    // HELP and TYPE, once before the values of a metric.
    void begin(std::string_view name, std::string_view type, std::string_view help)
    {
        m_name = "weave_sidecar_";
        m_name += name;
        ((m_text += "# HELP ") += m_name) += ' ';
        (m_text += help) += "\n# TYPE ";
        ((m_text += m_name) += ' ') += type;
        m_text += '\n';
    }

    // labels: name="value", already escaped; empty for none.
    void value(const std::string &number, std::string_view labels = {},
               std::string_view suffix = {})
    {
        (m_text += m_name) += suffix;
        if (!labels.empty())
            ((m_text += '{') += labels) += '}';
        ((m_text += ' ') += number) += '\n';
    }
    void value(std::uint64_t number, std::string_view labels = {}, std::string_view suffix = {})
    {
        value(std::to_string(number), labels, suffix);
    }
    void seconds(double number, std::string_view labels = {}, std::string_view suffix = {})
    {
        value(formatDecimal(number, 6), labels, suffix);
    }

    void counter(std::string_view name, std::uint64_t number, std::string_view help)
    {
        begin(name, "counter", help);
        value(number);
    }
    void gauge(std::string_view name, std::uint64_t number, std::string_view help)
    {
        begin(name, "gauge", help);
        value(number);
    }

    [[nodiscard]] const std::string &text() const { return m_text; }

private:
    std::string m_name;
    std::string m_text;
};

std::string label(std::string_view name, std::string_view value)
{
    std::string text(name);
    text += "=\"";
    for (const char c : value) {
        if (c == '\\' || c == '"')
            text += '\\';
        text += c == '\n' ? ' ' : c;
    }
    return text + '"';
}

void writeCalls(MetricsWriter &metrics, const StatusReport &report)
{
    const Stats &stats = *report.stats;
    metrics.counter("calls_received_total", stats.received,
                    "Calls (starts and ends) accepted from clients.");
    metrics.counter("calls_recovered_total", report.recoveredCalls,
                    "Calls found in the spool at the start, accepted by an earlier process.");
    metrics.counter("calls_delivered_total", stats.delivered,
                    "Calls that the trace server has taken.");
    metrics.counter("calls_dead_lettered_total", stats.deadLettered,
                    "Calls given up: refused for good, or older than --max-age.");
    metrics.begin("calls_refused_total", "counter", "Calls not accepted, by reason.");
    for (std::size_t i = 0; i < RefusalCount; ++i)
        metrics.value(stats.refused.at(i), label("reason", RefusalNames.at(i)));
    metrics.gauge("calls_pending", report.pendingCalls, "Calls that wait for delivery.");
    metrics.gauge("calls_pending_bytes", report.pendingBytes, "Their payloads.");
    metrics.gauge("calls_held", report.heldCalls,
                  "Pending starts that wait for their ends to make complete calls.");
    metrics.begin("calls_oldest_pending_seconds", "gauge",
                  "Age of the oldest pending call; 0 without one. Held ones are not counted.");
    metrics.seconds(report.oldestPendingSeconds.value_or(0));
}

void writeRequests(MetricsWriter &metrics, const StatusReport &report)
{
    constexpr double Microsecond = 1e-6;
    const Stats &stats = *report.stats;
    metrics.counter("batches_formed_total", stats.batches, "Batches formed of received calls.");
    metrics.counter("batches_halved_total", stats.halved,
                    "Batches cut in two because the server refused them as a whole.");
    metrics.counter("requests_sent_total", stats.requests, "Requests to the trace server.");
    metrics.counter("requests_retried_total", stats.retried, "Requests to be made once more.");
    metrics.begin("requests_failed_total", "counter",
                  "Requests that failed, by HTTP status, network, tls or timeout.");
    for (const auto &[reason, count] : stats.failedRequests)
        metrics.value(count, label("reason", reason));
    metrics.gauge("requests_in_flight", report.delivery.requestsInFlight,
                  "Requests without an answer yet.");

    const Histogram &latency = stats.requestMicroseconds;
    const auto seconds = [](std::uint64_t microseconds) {
        return static_cast<double>(microseconds) * Microsecond;
    };
    metrics.begin("request_seconds", "summary", "Time of a request since the start.");
    metrics.seconds(seconds(latency.quantile(0.5)), label("quantile", "0.5"));
    metrics.seconds(seconds(latency.quantile(0.99)), label("quantile", "0.99"));
    metrics.seconds(seconds(latency.sum()), {}, "_sum");
    metrics.value(latency.count(), {}, "_count");
}

void writeRest(MetricsWriter &metrics, const StatusReport &report)
{
    using Condition = DeliveryState::Condition;
    const Stats &stats = *report.stats;
    metrics.begin("backend_state", "gauge", "1 for the state that delivery is in.");
    const auto state = [&](Condition condition, std::string_view name) {
        metrics.value(report.delivery.condition == condition ? 1U : 0U, label("state", name));
    };
    state(Condition::Ok, "ok");
    state(Condition::Retrying, "retrying");
    state(Condition::Paused, "paused");

    metrics.gauge("connections_open", stats.connectionsOpen, "Clients of the socket.");
    metrics.counter("connections_accepted_total", stats.connectionsAccepted,
                    "Clients of the socket since the start.");
    metrics.counter("connections_refused_total", stats.connectionsRefused,
                    "Clients over --max-connections.");
    metrics.gauge("spool_used_bytes", report.spoolUsedBytes, "What the spool occupies.");
    metrics.gauge("spool_max_bytes", report.spoolMaxBytes, "--spool-max-bytes.");
    metrics.counter("spool_quarantined_total", report.spoolQuarantined,
                    "Damaged pieces of the spool found at the start and put aside.");
    metrics.gauge("http_connections_open", stats.httpConnectionsOpen, "Clients of the HTTP door.");
    metrics.begin("http_requests_total", "counter",
                  "Requests at the HTTP door: kept calls, passed on to the trace server, answered "
                  "with an error, or asked for health.");
    metrics.value(stats.httpKept, label("outcome", "kept"));
    metrics.value(stats.httpPassed, label("outcome", "passed"));
    metrics.value(stats.httpRefused, label("outcome", "refused"));
    metrics.value(stats.httpHealth, label("outcome", "health"));
    metrics.begin("uptime_seconds", "gauge", "Time since the daemon's start.");
    metrics.seconds(report.uptimeSeconds);
    metrics.begin("build_info", "gauge", "1; the version is the label.");
    metrics.value(1U, label("version", report.version));
}

} // namespace

std::string toPrometheus(const StatusReport &report)
{
    MetricsWriter metrics;
    writeCalls(metrics, report);
    writeRequests(metrics, report);
    writeRest(metrics, report);
    return metrics.text();
}

} // namespace Weave
