// What a Sidecar tells of itself.
#include "common/version.h"
#include "sidecar/sidecar.h"

#include <QCoreApplication>

namespace Weave {

namespace {

double secondsSince(TimePoint time)
{
    return std::chrono::duration<double>(SteadyClock::now() - time).count();
}

} // namespace

StatusReport Sidecar::watchStatus()
{
    m_isWatched = true;
    return statusReport();
}

void Sidecar::noteChange()
{
    if (std::exchange(m_isWatched, false))
        Q_EMIT changed();
}

StatusReport Sidecar::statusReport()
{
    const SpoolUsage usage = m_spool->usage();
    std::optional<TimePoint> oldest = m_delivery.oldest();
    if (const auto gathered = m_batcher.oldest(); gathered && (!oldest || *gathered < *oldest))
        oldest = gathered;

    StatusReport report;
    report.version = version();
    report.pid = static_cast<std::uint64_t>(QCoreApplication::applicationPid());
    report.uptimeSeconds = secondsSince(m_startedAt);
    report.process = m_process.current();
    report.socket = m_server.socketPath();
    report.configFiles = m_config.files;
    report.backend = m_config.backend.display();
    if (m_http)
        report.httpUrl = m_http->url();
    if (m_metrics)
        report.metricsUrl = m_metrics->url();
    report.isStopping = m_shutdown.hasBegun();
    report.delivery = m_delivery.state();
    report.stats = &m_stats;
    report.recoveredCalls = usage.recoveredCalls;
    report.pendingCalls = usage.pendingCalls;
    report.pendingBytes = usage.pendingBytes;
    report.heldCalls = m_pairing.heldStarts();
    if (oldest)
        report.oldestPendingSeconds = secondsSince(*oldest);
    report.spoolKind = m_upkeep ? "disk" : "memory";
    report.spoolDirectory = m_spoolDirectory;
    report.spoolQuarantined = usage.quarantined;
    report.spoolUsedBytes = usage.usedBytes;
    report.spoolMaxBytes = usage.maxBytes;
    report.maxConnections = m_server.limits().maxConnections;
    return report;
}

} // namespace Weave
