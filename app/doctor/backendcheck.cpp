#include "app/doctor/backendcheck.h"

#include "config/credentials.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>

namespace Weave {

namespace {

constexpr const char *Check = "backend";
constexpr int Unauthorized = 401;
constexpr int Forbidden = 403;
constexpr int NotFound = 404;
constexpr int TooManyRequests = 429;

using Stage = BackendReport::Stage;

std::string authority(const QUrl &url)
{
    const int port = url.port(url.scheme() == QLatin1String("https") ? 443 : 80);
    return (url.host() + QLatin1Char(':') + QString::number(port)).toStdString();
}

bool hasProxy(const QNetworkProxy &proxy)
{
    return proxy.type() != QNetworkProxy::NoProxy;
}

Finding judgeConnect(const BackendReport &report, const QUrl &backend, const QNetworkProxy &proxy)
{
    if (hasProxy(proxy))
        return problem(
            Check,
            "no connection to " + authority(backend)
                + " by the proxy: " + report.error.toStdString(),
            "check the proxy's address and password (HTTPS_PROXY, HTTP_PROXY, ALL_PROXY), "
            "or name the host in NO_PROXY");
    const std::string silent = report.silent.join(QLatin1String("; ")).toStdString();
    if (report.isRefused)
        return problem(Check, "nothing listens on " + authority(backend) + " (" + silent + ")",
                       "check the host and the port of --backend, and that the trace server runs");
    return problem(Check, "no connection to " + authority(backend) + " (" + silent + ")",
                   "check the network and firewalls of this machine; if it needs a proxy, set "
                   "HTTPS_PROXY for the daemon");
}

Finding judgeAnswer(const BackendReport &report, const QUrl &backend)
{
    const std::string host = backend.host().toStdString();
    const std::string status = std::to_string(report.status);
    const std::string answers = host + " answers " + status;
    const std::string fast = " in " + std::to_string(report.took.count()) + " ms";
    if (report.status / 100 == 3)
        return problem(
            Check, answers + ", a redirect to " + report.location.toStdString(),
            "set --backend to the trace server's own address; redirects are not followed");
    if (report.status == TooManyRequests)
        return warning(Check, answers + ": too many requests",
                       "calls are kept and sent later; use fewer --senders if it goes on");
    if (report.status / 100 == 5)
        return problem(Check, answers + fast + ": it is in trouble",
                       "calls are kept meanwhile; ask whoever runs the trace server");
    if (!report.isJson)
        return problem(Check, answers + " and no JSON: it is no Weave trace server",
                       "check host and path of --backend, for example https://trace.wandb.ai");
    if (report.status == NotFound)
        return problem(Check, answers + ": it does not know the trace server's routes",
                       "check the path of --backend, for example https://wandb.example/traces");
    return ok(Check, host + " answers" + fast);
}

std::string placeOfNewKey(const std::string &keySource)
{
    if (keySource == ServiceCredential)
        return "put it into the file that the service has its credential from "
               "(/etc/weave-sidecar/api-key) and run `systemctl restart weave-sidecar`: a reload "
               "does not read it";
    return "put it where the old one was found and run `weave-sidecar reload`; a variable and the "
           "key of the system's service need a restart (`systemctl restart weave-sidecar`)";
}

bool isAbsent(int reason)
{
    return reason == ENOENT || reason == ENOTDIR;
}

std::string folderOf(const std::string &path)
{
    const std::string folder = std::filesystem::path(path).parent_path().string();
    return folder.empty() ? "." : folder;
}

} // namespace

Findings judgeBackend(const BackendReport &report, const QUrl &backend, const QNetworkProxy &proxy)
{
    const std::string host = backend.host().toStdString();
    switch (report.failedAt) {
    case Stage::Lookup:
        return {problem(Check, "no address of " + host + " is found: " + report.error.toStdString(),
                        "check the name in --backend and this machine's name servers "
                        "(/etc/resolv.conf)")};
    case Stage::Connect:
        return {judgeConnect(report, backend, proxy)};
    case Stage::Tls:
        return {}; // the TLS check tells
    case Stage::Answer:
        return {
            problem(Check,
                    authority(backend)
                        + " takes connections, and gives no answer: " + report.error.toStdString(),
                    "check that --backend is the trace server; look at its log or the proxy's")};
    case Stage::Done:
        break;
    }
    Findings findings{judgeAnswer(report, backend)};
    if (!report.silent.isEmpty())
        findings.push_back(warning(
            Check,
            "some addresses of " + host
                + " do not answer: " + report.silent.join(QLatin1String("; ")).toStdString(),
            "the daemon uses another one after some seconds; often IPv6 does not work here"));
    return findings;
}

Findings judgeKey(const BackendReport &report, const std::string &keySource, bool daemonDelivers)
{
    constexpr const char *Key = "key";
    const bool hasKey = !keySource.empty();
    const bool isAnswered = report.failedAt == Stage::Done && report.isJson;
    if (report.status == Unauthorized && report.failedAt == Stage::Done) {
        if (hasKey)
            return {problem(Key, "the backend refuses the API key (401)",
                            "get a valid one, for example from https://wandb.ai/authorize, "
                                + placeOfNewKey(keySource))};
        if (daemonDelivers)
            return {warning(Key,
                            "the backend asks for an API key (401), and this command has none; the "
                            "running daemon delivers with its own",
                            "to have that one tested, give it to this command, too")};
        return {problem(Key, "the backend asks for an API key (401), and none was found",
                        "give one by --api-key-file, WANDB_API_KEY or netrc (`wandb login`)")};
    }
    if (!isAnswered || !hasKey)
        return {};
    if (report.status == Forbidden)
        // The project of the question is nobody's; whoever has no right to it is known all the
        // same.
        return {ok(Key, "the backend knows the API key")};
    if (report.status / 100 == 2)
        return {ok(Key, "the backend accepts the API key")};
    return {};
}

Finding checkFileBackend(const std::string &path, std::optional<uid_t> owner, const Identity &me,
                         bool daemonWrites)
{
    const auto unusable = [&path](int reason) {
        return problem(Check, path + " cannot be written: " + std::strerror(reason),
                       "check that its folder is there and whose it is");
    };
    Finding good = ok(Check, "calls are written to " + path);
    std::string written = path;
    struct stat found = {};
    int reason = ::stat(path.c_str(), &found) == 0 ? 0 : errno;
    if (reason == 0 && S_ISDIR(found.st_mode))
        return unusable(EISDIR);
    if (isAbsent(reason)) {
        written = folderOf(path);
        reason = ::stat(written.c_str(), &found) == 0 ? 0 : errno;
        if (isAbsent(reason) || (reason == 0 && !S_ISDIR(found.st_mode)))
            return unusable(reason == 0 ? ENOTDIR : reason);
    }
    if (owner != me.user && (owner || reason != 0)) {
        if (daemonWrites)
            return good;
        const std::string daemons = owner ? userName(*owner) : "the daemon's user";
        return warning(Check,
                       "cannot tell whether " + daemons + " may write " + path
                           + (reason == 0 ? "" : std::string(": ") + std::strerror(reason)),
                       "run this as " + daemons + " to check it");
    }
    const int rights = written == path ? W_OK : W_OK | X_OK; // to make a file takes both
    if (reason == 0 && ::faccessat(AT_FDCWD, written.c_str(), rights, AT_EACCESS) != 0)
        reason = errno;
    return reason == 0 ? good : unusable(reason);
}

} // namespace Weave
