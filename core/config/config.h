#pragma once

#include "common/call.h"
#include "common/clock.h"
#include "common/logging.h"
#include "common/result.h"
#include "config/backendaddress.h"
#include "config/credentials.h"
#include "config/httpaddress.h"
#include "config/metricsaddress.h"
#include "config/options.h"

#include <QList>
#include <QNetworkProxy>
#include <QSslCertificate>

#include <cstdint>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace Weave {

enum class SpoolSync {
    Always, // calls are synced to the disk before they are answered
    Lazy, // calls that have waited for about a second are synced to the disk
    Never, // the system decides
};

// Everything that the daemon is told, checked. Made by resolve() alone and not changed after.
struct Config
{
    BackendAddress backend;
    Credentials credentials;
    QList<QSslCertificate> caCertificates;
    QNetworkProxy proxy{QNetworkProxy::NoProxy};

    std::vector<std::string> files; // see configFiles(); absolute
    std::string socketPath;
    mode_t socketMode = 0600;
    std::optional<gid_t> socketGroup;

    std::optional<HttpAddress> http; // the HTTP door
    std::optional<MetricsAddress> metrics;
    bool metricsAllowRemote = false;
    // Where they were set, for errors: "--http", "/etc/weave-sidecar/config.toml:3: http".
    std::string httpName;
    std::string metricsName;
    std::string instance; // a name that no other daemon has, new with every start

    Milliseconds flushInterval{0};
    std::uint64_t flushMaxCount = 0;
    std::uint64_t flushMaxBytes = 0;
    Milliseconds requestTimeout{0};
    int senders = 0;
    Milliseconds maxAge{0};
    CallsMode callsMode = CallsMode::Auto;
    Milliseconds pairHold{0};

    std::uint64_t maxConnections = 0;
    std::uint64_t maxLineBytes = 0;
    std::string spoolDirectory; // empty: in memory
    std::string spoolName; // where it was set, for errors; empty: nowhere
    std::uint64_t spoolMaxBytes = 0;
    SpoolSync spoolSync = SpoolSync::Lazy;
    Milliseconds shutdownTimeout{0};

    bool headless = false;
    LogLevel logLevel = LogLevel::Info;
    LogFormat logFormat = LogFormat::Text;

    // The first thing that is wrong, as one sentence that names the flag, what was given and what
    // is allowed.
    [[nodiscard]] static Result<Config> resolve(const Options &options,
                                                const Environment &environment);
};

// The default of --spool-max-bytes for a spool in memory.
inline constexpr const char *DefaultMemoryRoom = "64MiB";

// StateDirectory= of packaging/systemd/weave-sidecar.service, and the spool in it.
inline constexpr const char *SystemSpool = "/var/lib/weave-sidecar/spool";

// Where the options and the system's conventions put the spool; empty for none and when there is no
// home directory.
[[nodiscard]] std::string spoolDirectory(const Options &options, const Environment &environment);

// Where a command looks for the spool: --spool-dir as flag or setting, else the place above when
// there is a folder, else the folder of the system's service, else the place above.
[[nodiscard]] std::string clientSpoolDirectory(const Options &options,
                                               const Environment &environment,
                                               const std::string &systemSpool = SystemSpool);

} // namespace Weave
