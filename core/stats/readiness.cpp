#include "stats/readiness.h"

#include "common/textnumber.h"

namespace Weave {

namespace {

// A backend that is restarted is away for some seconds; that is no reason to wake anybody.
constexpr double StuckSeconds = 30;
// Starts are refused from 15/16 on: the rest is for ends.
constexpr double FullShare = 0.9;

} // namespace

std::string whyNotReady(const StatusReport &report)
{
    const DeliveryState &delivery = report.delivery;
    if (report.isStopping)
        return "the daemon is stopping and takes no more calls";
    if (delivery.isPausedByUser)
        return "delivery is paused by `weave-sidecar pause`";
    if (delivery.condition == DeliveryState::Condition::Paused)
        return "delivery is paused: " + delivery.lastError;
    const double oldest = report.oldestPendingSeconds.value_or(0);
    if (delivery.condition == DeliveryState::Condition::Retrying && oldest >= StuckSeconds)
        return "calls have waited for " + formatDecimal(oldest, 0) + " s: " + delivery.lastError;
    const auto limit = static_cast<double>(report.spoolMaxBytes) * FullShare;
    if (report.pendingCalls > 0 && static_cast<double>(report.spoolUsedBytes) >= limit)
        return "the spool is nearly full: " + std::to_string(report.spoolUsedBytes) + " of "
            + std::to_string(report.spoolMaxBytes) + " bytes are used";
    return {};
}

} // namespace Weave
