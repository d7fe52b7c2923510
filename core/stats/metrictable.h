#pragma once

#include "stats/statusreport.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace Weave {

enum class MetricType : std::uint8_t { Counter, Gauge, Summary, Histogram };

// One number of a metric.
struct MetricSample
{
    std::string number; // as text, the same in Prometheus' format and in JSON
    std::string labelValue = {}; // of Metric::label; empty: without it
    std::string_view suffix = {}; // "_sum" and the like
};

// One thing that is measured.
struct Metric
{
    std::string_view name; // in full
    MetricType type;
    std::string_view help; // one line
    std::string_view label; // the label's name; empty: none
    // Where the JSON of status has it: a dotted path to a number, to an object that has one for
    // each value of the label, or to a word that is the label's value.
    std::string_view json;
    std::vector<MetricSample> (*samples)(const StatusReport &report);
};

// Everything that the daemon measures. Prometheus' page is made of this table; the JSON of status
// has the same numbers, which a test compares one by one, and docs/metrics.md lists them.
[[nodiscard]] std::span<const Metric> metricTable();

} // namespace Weave
