#include "config/config.h"

#include "common/bytesize.h"
#include "common/duration.h"
#include "common/textnumber.h"
#include "config/choices.h"
#include "config/configfile.h"
#include "config/proxysettings.h"
#include "config/tlssettings.h"

#include <QUuid>

#include <algorithm>
#include <filesystem>
#include <grp.h>
#include <sys/stat.h>
#include <utility>

namespace Weave {

namespace {

using namespace std::chrono_literals;

// The trace server takes requests of up to 32 MiB (its SDK stays a MiB below).
constexpr std::uint64_t MaxBodyBytes = 32 * MiB;

// Reads options one after the other and keeps the first error, so that resolve() is a plain list.
class Reader
{
public:
    explicit Reader(const Options &options)
        : m_options(options)
    {
    }

    Milliseconds duration(std::string_view name, Milliseconds min, Milliseconds max)
    {
        const std::string &text = m_options.get(name).text;
        const auto parsed = parseDuration(text);
        const std::string range = formatDuration(min) + " to " + formatDuration(max);
        if (!parsed)
            fail(name, parsed.error().message + "; allowed: " + range);
        else if (*parsed < min || *parsed > max)
            fail(name, "out of range; allowed: " + range);
        return parsed ? *parsed : min;
    }

    std::uint64_t size(std::string_view name, std::uint64_t min, std::uint64_t max)
    {
        const auto parsed = parseByteSize(m_options.get(name).text);
        const std::string range = formatByteSize(min) + " to " + formatByteSize(max);
        if (!parsed)
            fail(name, parsed.error().message + "; allowed: " + range);
        else if (*parsed < min || *parsed > max)
            fail(name, "out of range; allowed: " + range);
        return parsed ? *parsed : min;
    }

    std::uint64_t count(std::string_view name, std::uint64_t min, std::uint64_t max)
    {
        const auto parsed = parseUnsigned(m_options.get(name).text);
        if (!parsed || *parsed < min || *parsed > max)
            fail(name,
                 "not a whole number from " + std::to_string(min) + " to " + std::to_string(max));
        return parsed ? *parsed : min;
    }

    template <class T, std::size_t N>
    T choice(std::string_view name, const Choices<T, N> &choices)
    {
        std::string allowed;
        for (const auto &[text, value] : choices) {
            if (text == m_options.get(name).text)
                return value;
            allowed += (allowed.empty() ? "" : ", ") + std::string(text);
        }
        fail(name, "not one of: " + allowed);
        return choices.front().second;
    }

    bool flag(std::string_view name) const { return m_options.has(name); }

    mode_t socketMode(std::string_view name)
    {
        const auto parsed = parseUnsigned(m_options.get(name).text, 8);
        const bool isAllowed = parsed
            && std::any_of(SocketModes.begin(), SocketModes.end(),
                           [&parsed](const auto &mode) { return mode.second == *parsed; });
        if (!isAllowed)
            fail(name,
                 "not a mode for a private socket; allowed: 0600 (the owner alone) or 0660 "
                 "(with --socket-group)");
        return isAllowed ? static_cast<mode_t>(*parsed) : 0600;
    }

    std::optional<gid_t> group(std::string_view name)
    {
        if (!m_options.has(name))
            return std::nullopt;
        const std::string &text = m_options.get(name).text;
        if (const auto number = parseUnsigned(text); number && *number < UINT32_MAX)
            return static_cast<gid_t>(*number);
        const struct group *entry = ::getgrnam(text.c_str());
        if (!entry) {
            fail(name, "there is no such group on this machine");
            return std::nullopt;
        }
        return entry->gr_gid;
    }

    // Shells replace ~ only where a word begins with it, and nobody does in a file.
    void wholePath(std::string_view name, std::string_view scheme = {})
    {
        std::string_view path = m_options.get(name).text;
        if (!path.starts_with(scheme))
            return;
        path.remove_prefix(scheme.size());
        if (path == "~" || (path.starts_with('~') && path.find('/') != std::string_view::npos))
            fail(name, "here ~ is not the home directory; write the whole path");
    }

    QList<QSslCertificate> certificates(std::string_view name)
    {
        if (!m_options.has(name))
            return {};
        auto found = readCertificates(m_options.get(name).text, m_options.pipeWait());
        if (found)
            return *found;
        fail(name, found.error().message);
        return {};
    }

    void fail(std::string_view name, const std::string &reason)
    {
        if (m_error)
            return;
        m_error = Error{ErrorCode::InvalidArgument,
                        m_options.displayName(name) + ": \"" + m_options.get(name).text
                            + "\": " + reason};
    }

    [[nodiscard]] const std::optional<Error> &error() const { return m_error; }

private:
    const Options &m_options;
    std::optional<Error> m_error;
};

// The place that the system's conventions give to data of this kind; empty when there is no home.
std::string defaultSpoolDirectory(const Environment &environment)
{
    const std::string home = environment("HOME").value_or("");
#if defined(__APPLE__)
    return home.empty() ? "" : home + "/Library/Application Support/weave-sidecar/spool";
#else
    // The XDG base directory specification: relative paths are to be ignored.
    const std::string state = environment("XDG_STATE_HOME").value_or("");
    if (state.starts_with('/'))
        return state + "/weave-sidecar/spool";
    return home.empty() ? "" : home + "/.local/state/weave-sidecar/spool";
#endif
}

// Whoever is told of them may be in another folder.
std::vector<std::string> absolutePaths(std::vector<std::string> paths)
{
    for (std::string &path : paths) {
        std::error_code status;
        path = std::filesystem::absolute(path, status).string();
    }
    return paths;
}

void readSpool(Reader &reader, const Options &options, const Environment &environment,
               Config &config)
{
    config.spoolSync = reader.choice("spool-sync", SpoolSyncs);
    config.spoolMaxBytes = reader.size("spool-max-bytes", MiB, 1024 * GiB);
    config.spoolDirectory = spoolDirectory(options, environment);
    if (options.has("spool-dir"))
        config.spoolName = options.displayName("spool-dir");
    if (options.get("spool-dir").text == "none") {
        if (config.spoolSync == SpoolSync::Always)
            reader.fail("spool-sync", "there is nothing to sync with --spool-dir none");
        if (options.get("spool-max-bytes").source == Options::Source::Default)
            config.spoolMaxBytes = *parseByteSize(DefaultMemoryRoom);
    } else if (config.spoolDirectory.empty()) {
        reader.fail("spool-dir",
                    "there is no home directory to put the spool into; give a "
                    "directory, or none to keep calls in memory");
    }
}

Result<void> readMetrics(const Options &options, Config &config)
{
    if (!options.has("metrics"))
        return {};
    const std::string &text = options.get("metrics").text;
    const std::string prefix = options.displayName("metrics") + ": \"" + text + "\"";
    auto metrics = parseMetricsAddress(text, options.has("metrics-allow-remote"));
    if (!metrics)
        return metrics.error().withPrefix(prefix + ": ");
    if (metrics->unixPath == config.socketPath)
        return Error{ErrorCode::InvalidArgument,
                     prefix + " is the --socket that calls come through; choose another path"};
    if (metrics->tcp && leadsBack(config.backend, *metrics->tcp))
        return Error{ErrorCode::InvalidArgument,
                     options.displayName("backend") + ": \"" + options.get("backend").text
                         + "\" is this daemon's own --metrics address; give the address of the "
                           "trace server itself"};
    config.metrics = std::move(*metrics);
    config.metricsName = options.displayName("metrics");
    return {};
}

} // namespace

std::string spoolDirectory(const Options &options, const Environment &environment)
{
    const std::string &given = options.get("spool-dir").text;
    if (given == "none")
        return {};
    return given.empty() ? defaultSpoolDirectory(environment) : given;
}

std::string clientSpoolDirectory(const Options &options, const Environment &environment,
                                 const std::string &systemSpool)
{
    const std::string own = spoolDirectory(options, environment);
    std::error_code status; // who may not look there has no use for it either
    const bool takesOwn = !options.get("spool-dir").text.empty()
        || std::filesystem::is_directory(own, status)
        || !std::filesystem::is_directory(systemSpool, status);
    return takesOwn ? own : systemSpool;
}

Result<Config> Config::resolve(const Options &options, const Environment &environment)
{
    Reader reader(options);
    Config config;
    for (const std::string_view name : {"socket", "spool-dir", "api-key-file", "ca-file"})
        reader.wholePath(name);
    reader.wholePath("backend", "file:");
    reader.wholePath("metrics", "unix:");
    config.flushInterval = reader.duration("flush-interval", 1ms, 1h);
    config.flushMaxCount = reader.count("flush-max-count", 1, 100'000);
    config.flushMaxBytes = reader.size("flush-max-bytes", 1, MaxBodyBytes);
    config.requestTimeout = reader.duration("request-timeout", 1ms, 1h);
    config.senders = static_cast<int>(reader.count("senders", 1, 64));
    config.maxAge = reader.duration("max-age", 1s, 8760h);
    config.callsMode = reader.choice("calls-mode", CallsModes);
    config.pairHold = reader.duration("pair-hold", 0ms, 1h);
    config.socketMode = reader.socketMode("socket-mode");
    config.socketGroup = reader.group("socket-group");
    if (config.socketGroup && (config.socketMode & S_IRWXG) == 0)
        reader.fail("socket-group",
                    "nobody of it may connect to a socket of mode 0600; give --socket-mode 0660, "
                    "too, or leave the group out");
    config.maxConnections = reader.count("max-connections", 1, 100'000);
    config.maxLineBytes = reader.size("max-line-bytes", KiB, GiB);
    readSpool(reader, options, environment, config);
    config.shutdownTimeout = reader.duration("shutdown-timeout", 0ms, 1h);
    config.headless = reader.flag("headless");
    config.logLevel = reader.choice("log-level", LogLevels);
    config.logFormat = reader.choice("log-format", LogFormats);
    config.caCertificates = reader.certificates("ca-file");
    config.socketPath = options.get("socket").text;
    if (config.socketPath.empty())
        reader.fail("socket", "expected the path of a socket");
    if (reader.error())
        return *reader.error();

    config.files = absolutePaths(configFiles(options, environment));
    if (!options.has("backend"))
        return Error{ErrorCode::InvalidArgument,
                     "--backend is missing: give the URL of the trace server (for example "
                     "https://trace.wandb.ai), or file:PATH to keep calls in a local file"};
    auto backend = parseBackend(options.get("backend").text, options.has("allow-http"));
    if (!backend) {
        // A URL with a password in it must not be repeated in a log.
        const bool hasSecret = options.get("backend").text.find('@') != std::string::npos;
        const std::string shown = hasSecret ? "" : "\"" + options.get("backend").text + "\": ";
        return backend.error().withPrefix(options.displayName("backend") + ": " + shown);
    }
    config.backend = std::move(*backend);
    if (config.backend.kind == BackendAddress::Kind::Http) {
        auto proxy = findProxy(config.backend.url, environment);
        if (!proxy)
            return proxy.error();
        config.proxy = std::move(*proxy);
    }
    if (options.has("http")) {
        auto door = parseHttpAddress(options.get("http").text, options.has("http-allow-remote"));
        if (!door)
            return door.error().withPrefix(options.displayName("http") + ": \""
                                           + options.get("http").text + "\": ");
        if (leadsBack(config.backend, *door))
            return Error{ErrorCode::InvalidArgument,
                         options.displayName("backend") + ": \"" + options.get("backend").text
                             + "\" is this daemon's own --http address; give the address of the "
                               "trace server itself"};
        config.http = *door;
        config.httpName = options.displayName("http");
    }
    config.metricsAllowRemote = options.has("metrics-allow-remote");
    if (auto read = readMetrics(options, config); !read)
        return read.error();
    config.instance = "weave-sidecar-" + QUuid::createUuid().toString(QUuid::Id128).toStdString();
    auto credentials = findCredentials(options, config.backend, environment);
    if (!credentials)
        return credentials.error();
    config.credentials = std::move(*credentials);
    return config;
}

} // namespace Weave
