#include "app/doctor/daemoncheck.h"

#include "common/bytesize.h"
#include "common/textnumber.h"

#include <QJsonArray>
#include <QStringList>

#include <sys/resource.h>

namespace Weave {

namespace {

constexpr const char *Check = "daemon";
constexpr double Filling = 0.8;

QJsonValue at(const QJsonObject &status, const char *dottedPath)
{
    QJsonValue value = status;
    for (const QString &key : QString::fromLatin1(dottedPath).split(QLatin1Char('.')))
        value = value.toObject().value(key);
    return value;
}

std::uint64_t number(const QJsonObject &status, const char *path)
{
    return static_cast<std::uint64_t>(at(status, path).toDouble());
}

std::string text(const QJsonObject &status, const char *path)
{
    return at(status, path).toString().toStdString();
}

Finding judgeVersion(const QJsonObject &status, std::string_view ownVersion)
{
    const std::string running = text(status, "version");
    const std::string pid = std::to_string(number(status, "pid"));
    if (running == ownVersion)
        return ok(Check, "weave-sidecar " + running + " runs with pid " + pid);
    return warning(Check,
                   "the running daemon (pid " + pid + ") is weave-sidecar " + running
                       + ", this program is " + std::string(ownVersion),
                   "restart the daemon, so that it is the installed version");
}

// The last error begins as forwarding words it; without a status that is known here, all that it
// may be.
std::string adviceOnPause(std::string_view error)
{
    constexpr std::string_view Answered = "the backend answered ";
    if (error.starts_with(Answered))
        error.remove_prefix(Answered.size());
    if (error.starts_with("401"))
        return "see what is said of the key below; put the right one in its place and run "
               "`weave-sidecar reload` (the system's service: `systemctl restart weave-sidecar`)";
    if (error.starts_with("403"))
        return "the key may not write to a project, which `weave-sidecar status` names: get the "
               "right to, or put another key in its place and run `weave-sidecar reload` (the "
               "system's service: `systemctl restart weave-sidecar`)";
    return "look at what is said of the backend below, and into the log; put --backend right "
           "and run `weave-sidecar reload`, or ask whoever runs the trace server";
}

// "acme/chat, acme/search and 3 more projects"
std::string failingProjects(const QJsonObject &status)
{
    constexpr std::uint64_t MaxNamed = 3;
    const QJsonArray failing = at(status, "backend.failing").toArray();
    std::uint64_t named = 0;
    std::string names;
    for (const QJsonValue project : failing) {
        if (named++ == MaxNamed)
            break;
        names += (names.empty() ? "" : ", ") + text(project.toObject(), "project");
    }
    const std::uint64_t all = number(status, "backend.failing_projects");
    return all > MaxNamed ? names + " and " + countOf(all - MaxNamed, "more project") : names;
}

Finding judgeDelivery(const QJsonObject &status)
{
    const std::string state = text(status, "backend.state");
    const std::string error = text(status, "backend.last_error");
    const std::string pending = countOf(number(status, "calls.pending"), "call");
    if (state == "ok")
        return ok(Check, "delivery works; waiting: " + pending);
    if (text(status, "backend.paused_by") == "user")
        return warning(Check, "delivery is paused by `weave-sidecar pause`; waiting: " + pending,
                       "`weave-sidecar resume` lets it go on");
    if (state == "degraded") {
        const QJsonObject first = at(status, "backend.failing").toArray().first().toObject();
        const std::string why = text(first, "error");
        const bool isPaused = text(first, "state") == "paused";
        return problem(
            Check,
            "calls of " + failingProjects(status) + " wait: " + why + "; waiting: " + pending,
            isPaused ? adviceOnPause(why)
                     : "those of other projects are delivered; calls are kept meanwhile");
    }
    if (state == "paused")
        return problem(Check, "delivery is paused: " + error + "; waiting: " + pending,
                       adviceOnPause(error));
    return problem(Check, "delivery is tried again and again: " + error + "; waiting: " + pending,
                   "see what is said of the backend below; calls are kept meanwhile");
}

void judgeCalls(const QJsonObject &status, Findings &findings)
{
    const std::uint64_t used = number(status, "spool.used_bytes");
    const std::uint64_t max = number(status, "spool.max_bytes");
    if (static_cast<double>(used) > Filling * static_cast<double>(max))
        findings.push_back(warning(
            Check, "the spool is filling: " + formatByteSize(used) + " of " + formatByteSize(max),
            "find out why calls wait, or give it more room by --spool-max-bytes; a full "
            "spool refuses calls"));
    if (const auto dead = number(status, "calls.dead_lettered"); dead > 0)
        findings.push_back(warning(Check, "given up since the start: " + countOf(dead, "call"),
                                   "`weave-sidecar spool ls` says why; `weave-sidecar spool retry` "
                                   "hands them in once more"));
    if (const auto pieces = number(status, "spool.quarantined"); pieces > 0)
        findings.push_back(
            warning(Check, "damaged and put aside: " + countOf(pieces, "piece") + " of the spool",
                    "check the disk; `weave-sidecar spool purge` removes them"));
    QStringList refused;
    const QJsonObject reasons = at(status, "calls.refused").toObject();
    for (auto place = reasons.begin(); place != reasons.end(); ++place) {
        if (place->toDouble() > 0)
            refused << QString::number(place->toInteger()) + QLatin1Char(' ') + place.key();
    }
    if (!refused.isEmpty())
        findings.push_back(warning(
            Check, "refused since the start: " + refused.join(QLatin1String(", ")).toStdString(),
            "their programs send such calls directly; docs/protocol.md explains the reasons"));
}

} // namespace

Findings judgeDaemon(const QJsonObject &status, std::string_view ownVersion)
{
    Findings findings{judgeVersion(status, ownVersion), judgeDelivery(status)};
    judgeCalls(status, findings);
    return findings;
}

FileLimits FileLimits::ofThisProcess()
{
    rlimit limit = {};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    return {limit.rlim_cur, limit.rlim_max};
}

Finding judgeFiles(const QJsonObject &status, const FileLimits &limits,
                   std::uint64_t wantedConnections)
{
    constexpr const char *Files = "files";
    constexpr const char *Raise = "raise LimitNOFILE of its service, or `ulimit -Hn` before it "
                                  "starts";
    // What the daemon needs beside its clients.
    constexpr std::uint64_t OtherFiles = 128;
    if (status.isEmpty()) {
        const std::uint64_t wanted = wantedConnections + OtherFiles;
        const std::string found = "a daemon may open " + std::to_string(limits.hard) + " files";
        if (limits.hard >= wanted)
            return ok(Files, found);
        return warning(Files,
                       found + ", and needs " + std::to_string(wanted) + " for --max-connections "
                           + std::to_string(wantedConnections),
                       Raise);
    }
    const std::uint64_t connections = number(status, "connections.max");
    const std::uint64_t open = number(status, "process.open_fds");
    const std::uint64_t most = number(status, "process.max_fds");
    if (connections < wantedConnections)
        return warning(Files,
                       "the daemon takes " + std::to_string(connections)
                           + " connections instead of " + std::to_string(wantedConnections)
                           + ": it may not open more files, or runs with another --max-connections",
                       Raise);
    const std::string found =
        "the daemon has " + std::to_string(open) + " of " + std::to_string(most) + " files open";
    if (most > 0 && static_cast<double>(open) > Filling * static_cast<double>(most))
        return warning(Files, found, Raise);
    return ok(Files, found);
}

} // namespace Weave
