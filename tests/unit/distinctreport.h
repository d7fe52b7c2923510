#pragma once

#include "stats/statusreport.h"

namespace Weave {

// Every number another one, so that a counter in another's place is seen.
inline Stats distinctStats()
{
    Stats stats;
    stats.received = 101;
    stats.delivered = 102;
    stats.giveUp(DeadLetterReason::Refused, 103);
    stats.giveUp(DeadLetterReason::MaxAge, 118);
    for (std::size_t i = 0; i < RefusalCount; ++i)
        stats.refused.at(i) = 200 + i;
    stats.batches = 104;
    stats.halved = 105;
    stats.requests = 106;
    stats.retried = 107;
    stats.failedRequests = {{"503", 108}, {"network", 109}};
    // Small numbers have a bucket of their own: quantiles are exact.
    for (const std::uint64_t microseconds : {9, 10, 11, 5'000, 5'001, 61'000'000})
        stats.recordRequest(microseconds);
    for (const std::uint64_t calls : {1, 2, 3, 4})
        stats.batchCalls.record(calls);
    for (const std::uint64_t bytes : {5, 6, 7})
        stats.batchBytes.record(bytes);
    stats.connectionsOpen = 110;
    stats.connectionsAccepted = 111;
    stats.connectionsRefused = 112;
    stats.http.connectionsOpen = 113;
    stats.http.kept = 114;
    stats.http.passed = 115;
    stats.http.refused = 116;
    stats.http.health = 117;
    stats.metrics.connectionsOpen = 119;
    stats.metrics.refused = 120;
    stats.metrics.health = 121;
    return stats;
}

inline StatusReport distinctReport(const Stats &stats)
{
    StatusReport report;
    report.version = "1.2.3";
    report.httpUrl = "http://127.0.0.1:1";
    report.metricsUrl = "http://127.0.0.1:2";
    report.uptimeSeconds = 302.5;
    report.delivery.condition = DeliveryState::Condition::Retrying;
    report.delivery.requestsInFlight = 303;
    report.delivery.lastErrorSecondsAgo = 304.25;
    report.delivery.nextAttemptInSeconds = 305.125;
    report.delivery.failingProjects = 315;
    report.maxConnections = 311;
    report.process = {1'700'000'000.5, 401.25, 402, 403, 404, 405, 406};
    report.stats = &stats;
    report.recoveredCalls = 313;
    report.pendingCalls = 306;
    report.pendingBytes = 307;
    report.heldCalls = 314;
    report.oldestPendingSeconds = 308.75;
    report.spoolUsedBytes = 309;
    report.spoolMaxBytes = 310;
    report.spoolQuarantined = 312;
    return report;
}

} // namespace Weave
