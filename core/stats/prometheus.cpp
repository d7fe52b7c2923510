#include "stats/prometheus.h"

#include "stats/metrictable.h"

#include <string_view>

namespace Weave {

namespace {

std::string_view typeName(MetricType type)
{
    switch (type) {
    case MetricType::Counter:
        return "counter";
    case MetricType::Gauge:
        return "gauge";
    case MetricType::Summary:
        return "summary";
    case MetricType::Histogram:
        return "histogram";
    }
    return "untyped";
}

void appendLabel(std::string &text, std::string_view name, std::string_view value)
{
    ((text += '{') += name) += "=\"";
    for (const char c : value) {
        if (c == '\\' || c == '"')
            text += '\\';
        text += c == '\n' ? ' ' : c;
    }
    text += "\"}";
}

void append(std::string &text, const Metric &metric, const StatusReport &report)
{
    ((text += "# HELP ") += metric.name) += ' ';
    (text += metric.help) += "\n# TYPE ";
    ((text += metric.name) += ' ') += typeName(metric.type);
    text += '\n';
    for (const MetricSample &sample : metric.samples(report)) {
        (text += metric.name) += sample.suffix;
        if (!sample.labelValue.empty())
            appendLabel(text, metric.label, sample.labelValue);
        ((text += ' ') += sample.number) += '\n';
    }
}

} // namespace

std::string toPrometheus(const StatusReport &report)
{
    std::string text;
    for (const Metric &metric : metricTable())
        append(text, metric, report);
    return text;
}

} // namespace Weave
