#include "stats/metricsamples.h"

#include "common/textnumber.h"

namespace Weave::Samples {

namespace {

constexpr double Microsecond = 1e-6;

std::string secondsText(double number)
{
    return formatDecimal(number, 6);
}

} // namespace

List one(std::uint64_t number)
{
    return {{std::to_string(number)}};
}

List seconds(double number)
{
    return {{secondsText(number)}};
}

List seconds(const std::optional<double> &number)
{
    return number ? seconds(*number) : List();
}

List refused(const StatusReport &report)
{
    List list;
    for (std::size_t i = 0; i < RefusalCount; ++i)
        list.push_back({std::to_string(report.stats->refused.at(i)), RefusalNames.at(i)});
    return list;
}

List deadLettered(const StatusReport &report)
{
    List list;
    for (std::size_t i = 0; i < DeadLetterReasonCount; ++i) {
        list.push_back(
            {std::to_string(report.stats->deadLetters.at(i)), DeadLetterReasonNames.at(i)});
    }
    return list;
}

List failedRequests(const StatusReport &report)
{
    List list;
    for (const auto &[reason, count] : report.stats->failedRequests)
        list.push_back({std::to_string(count), reason});
    return list;
}

List states(const StatusReport &report)
{
    using Condition = DeliveryState::Condition;
    List list;
    for (const Condition condition :
         {Condition::Ok, Condition::Degraded, Condition::Retrying, Condition::Paused}) {
        const bool isIt = report.delivery.condition == condition;
        list.push_back({isIt ? "1" : "0", conditionName(condition)});
    }
    return list;
}

List paused(const StatusReport &report)
{
    const bool isPaused = report.delivery.condition == DeliveryState::Condition::Paused;
    const bool isByUser = report.delivery.isPausedByUser;
    return {{isPaused && isByUser ? "1" : "0", "user"},
            {isPaused && !isByUser ? "1" : "0", "backend"}};
}

List doorRequests(const StatusReport &report)
{
    const HttpCounts &counts = report.stats->http;
    return {{std::to_string(counts.kept), "kept"},
            {std::to_string(counts.passed), "passed"},
            {std::to_string(counts.refused), "refused"},
            {std::to_string(counts.health), "health"}};
}

List metricsRequests(const StatusReport &report)
{
    const HttpCounts &counts = report.stats->metrics;
    return {{std::to_string(counts.health), "health"}, {std::to_string(counts.refused), "refused"}};
}

List summary(const Histogram &histogram)
{
    return {{std::to_string(histogram.quantile(0.5)), "0.5"},
            {std::to_string(histogram.quantile(0.99)), "0.99"},
            {std::to_string(histogram.max()), "1"},
            {std::to_string(histogram.sum()), {}, "_sum"},
            {std::to_string(histogram.count()), {}, "_count"}};
}

List requestTimes(const StatusReport &report)
{
    const Histogram &times = report.stats->requestMicroseconds;
    List list;
    for (std::size_t i = 0; i < LatencyBuckets::Edges.size(); ++i) {
        list.push_back({std::to_string(report.stats->requestBuckets.upTo(i)),
                        std::string(LatencyBuckets::Edges[i].seconds), "_bucket"});
    }
    list.push_back({std::to_string(times.count()), "+Inf", "_bucket"});
    list.push_back({secondsText(static_cast<double>(times.sum()) * Microsecond), {}, "_sum"});
    list.push_back({std::to_string(times.count()), {}, "_count"});
    return list;
}

} // namespace Weave::Samples
