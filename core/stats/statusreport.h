#pragma once

#include "stats/processinfo.h"
#include "stats/stats.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace Weave {

// A project whose calls the backend does not take for now; they are kept.
struct FailingProject
{
    std::string name;
    bool isPaused = false; // it is refused; else it is tried again after errors
    std::string error;
};

// What delivery is doing now.
struct DeliveryState
{
    enum class Condition {
        Ok, // the last request was answered well, or there was none
        Degraded, // the backend takes no calls of some projects; those of others are delivered
        Retrying, // the backend is away or answers with errors; calls are kept and tried again
        Paused, // the backend refuses the key, or the user wants it so; calls are kept
    };
    Condition condition = Condition::Ok;
    bool isPausedByUser = false;
    std::uint64_t requestsInFlight = 0;
    std::string lastError; // empty when there was none
    std::optional<double> lastErrorSecondsAgo;
    std::optional<double> nextAttemptInSeconds; // while calls wait for another attempt
    static constexpr std::size_t MaxFailingNamed = 20;
    std::uint64_t failingProjects = 0;
    std::vector<FailingProject> failingNamed; // the first MaxFailingNamed of them
};

// All that `status` says, gathered by the sidecar at one moment.
struct StatusReport
{
    std::string version;
    std::uint64_t pid = 0;
    double uptimeSeconds = 0;
    ProcessInfo process;
    std::string socket;
    std::vector<std::string> configFiles; // that a reload reads, whether they are there or not
    std::string httpUrl; // of the HTTP door; empty without one
    std::string metricsUrl; // of --metrics; empty without it
    bool isStopping = false; // takes no more calls
    std::string backend;
    DeliveryState delivery;
    const Stats *stats = nullptr;
    std::uint64_t recoveredCalls = 0;
    std::uint64_t pendingCalls = 0;
    std::uint64_t pendingBytes = 0;
    std::uint64_t heldCalls = 0; // pending starts that wait for their ends
    std::optional<double> oldestPendingSeconds; // those held not counted
    std::string spoolKind;
    std::string spoolDirectory; // absolute; empty when it is in memory
    std::uint64_t spoolUsedBytes = 0;
    std::uint64_t spoolMaxBytes = 0;
    std::uint64_t spoolQuarantined = 0;
    std::uint64_t maxConnections = 0;
};

// The name of the condition in status and metrics.
[[nodiscard]] const char *conditionName(DeliveryState::Condition condition);

// The report as the JSON object that docs/protocol.md describes under "status".
[[nodiscard]] std::string toJson(const StatusReport &report);

} // namespace Weave
