#include "app/doctor/doctorcommand.h"

#include "app/doctor/backendcheck.h"
#include "app/doctor/clockcheck.h"
#include "app/doctor/daemoncheck.h"
#include "app/doctor/diskcheck.h"
#include "app/doctor/doctorreport.h"
#include "app/doctor/filecheck.h"
#include "app/doctor/settingscheck.h"
#include "app/doctor/socketcheck.h"
#include "app/doctor/tlscheck.h"
#include "common/version.h"
#include "config/backendaddress.h"
#include "config/config.h"
#include "config/configfile.h"
#include "config/socketlookup.h"
#include "config/tlssettings.h"

#include <QJsonArray>

#include <cstdio>
#include <iterator>
#include <optional>
#include <string_view>
#include <unistd.h>
#include <vector>

namespace Weave {

namespace {

void add(Findings &all, Findings more)
{
    all.insert(all.end(), std::make_move_iterator(more.begin()),
               std::make_move_iterator(more.end()));
}

// Without --backend the running daemon's is meant. Anybody may have put a socket where the daemon's
// is looked for, in /tmp for one, and this user's key goes to no address that a stranger names.
Options withDaemonsBackend(Options options, const SocketReport &socket, const Identity &me)
{
    const std::string backend = socket.status.value(QLatin1String("backend"))
                                    .toObject()
                                    .value(QLatin1String("url"))
                                    .toString()
                                    .toStdString();
    const bool isTrusted = socket.owner == me.user || socket.owner == uid_t{0};
    if (options.has("backend") || backend.empty() || !isTrusted)
        return options;
    options.set("backend", backend, Options::Source::Flag);
    options.set("allow-http", "true", Options::Source::Flag); // the daemon has been allowed it
    return options;
}

// Whether this backend is the one that the running daemon delivers to.
bool isDaemonsBackend(const QJsonObject &status, const Options &options)
{
    const QString url =
        status.value(QLatin1String("backend")).toObject().value(QLatin1String("url")).toString();
    const auto daemons = parseBackend(url.toStdString(), true);
    const auto tested = parseBackend(options.get("backend").text, true);
    return daemons && tested && daemons->display() == tested->display();
}

// Whom the system's service runs as, where it is installed and root, who names no socket, means it:
// when no daemon of its own has a socket. Else a service that has not started would not be
// looked at, but a daemon of root's that nobody runs.
std::optional<uid_t> servicesUser(const Options &options, const Environment &environment,
                                  const Identity &me)
{
    if (!me.isRoot() || options.get("socket").source != Options::Source::Default)
        return std::nullopt;
    const std::string found = firstSocket(socketPlaces(environment));
    return found.empty() || found == SystemSocket ? userNamed("weave-sidecar") : std::nullopt;
}

// The system's service is handed its key by systemd (LoadCredential= of the unit). Whoever may read
// the file, as root, tests that key; but it goes nowhere that another user's file or variable
// names.
Environment withServicesKey(const Environment &environment, const std::string &socket,
                            const QJsonObject &status, const Options &options)
{
    static constexpr const char *Folder = "/etc/weave-sidecar";
    static constexpr const char *Variable = "CREDENTIALS_DIRECTORY";
    const std::string key = std::string(Folder) + "/api-key";
    const bool isServices = options.get("backend").place.starts_with(std::string(Folder) + "/")
        || isDaemonsBackend(status, options);
    if (socket != SystemSocket || !isServices || environment(Variable)
        || ::access(key.c_str(), R_OK) != 0)
        return environment;
    return [environment](const char *name) {
        return std::string_view(name) == Variable ? std::optional<std::string>(Folder)
                                                  : environment(name);
    };
}

// Those of the running daemon, else those that one would read which is started now.
Findings checkConfigFiles(const QJsonObject &status, const Options &options,
                          const Environment &environment)
{
    std::vector<std::string> files;
    for (const auto file : status.value(QLatin1String("config_files")).toArray())
        files.push_back(file.toString().toStdString());
    if (status.isEmpty())
        files = configFiles(options, environment);
    Findings findings;
    const std::string &keyPlace = options.get("api-key").place;
    for (const std::string &file : files)
        findings.push_back(checkConfigFile(file, keyPlace.starts_with(file + ":")));
    return findings;
}

void checkSpool(const Settings &settings, const SocketReport &socket, const Identity &me,
                Findings &all)
{
    const QJsonObject spool = socket.status.value(QLatin1String("spool")).toObject();
    const bool isRunning = !socket.status.isEmpty();
    const std::string folder = isRunning
        ? spool.value(QLatin1String("directory")).toString().toStdString()
        : settings.spoolFolder;
    if (folder.empty()) {
        if (isRunning || settings.isSpoolInMemory)
            all.push_back(
                ok("spool", "calls are kept in memory; a daemon that is killed loses them"));
        return; // without a home directory there is a problem with the settings, which is said
    }
    all.push_back(checkSpoolFolder(folder, socket.owner.value_or(me.user), me));
    const auto space = diskSpaceAt(folder);
    if (!space) {
        all.push_back(warning(
            "disk", space.error().message,
            "run this as root or as the daemon's user, or see that the folder can be reached"));
        return;
    }
    const auto bytes = [&spool](const char *key) {
        return static_cast<std::uint64_t>(spool.value(QLatin1String(key)).toDouble());
    };
    all.push_back(judgeDisk(folder, *space, bytes("used_bytes"),
                            isRunning ? bytes("max_bytes") : settings.spoolMaxBytes));
}

// Then its key is a good one, wherever it has that from.
bool delivers(const QJsonObject &status)
{
    const QJsonObject backend = status.value(QLatin1String("backend")).toObject();
    const QJsonObject calls = status.value(QLatin1String("calls")).toObject();
    const QString state = backend.value(QLatin1String("state")).toString();
    return (state == QLatin1String("ok") || state == QLatin1String("degraded"))
        && calls.value(QLatin1String("delivered")).toDouble() > 0;
}

void checkBackend(const Settings &settings, const SocketReport &socket, const Identity &me,
                  bool daemonDelivers, Findings &all)
{
    if (!settings.backend)
        return; // said already
    if (settings.backend->kind == BackendAddress::Kind::File) {
        all.push_back(checkFileBackend(settings.backend->path, socket.owner, me, daemonDelivers));
        return;
    }
    BackendProbeOptions options;
    options.backend = settings.backend->url;
    options.apiKey = QByteArray::fromStdString(settings.credentials.apiKey);
    options.proxy = settings.proxy;
    options.tls = tlsSettings(settings.caCertificates);
    const BackendReport report = probeBackend(options);
    const QDateTime now = QDateTime::currentDateTimeUtc();
    add(all, judgeBackend(report, options.backend, options.proxy));
    add(all, judgeTls(report, options.backend, now));
    add(all, judgeKey(report, settings.credentials.source, daemonDelivers));
    add(all, judgeClock(report.date, report.answeredAt));
}

} // namespace

Findings diagnose(const Options &flags, const Environment &environment)
{
    const Identity me = Identity::ofThisProcess();
    Options options = flags;
    const auto files = readConfigFiles(environment, options);
    const std::optional<uid_t> service = servicesUser(options, environment, me);
    const std::string path = service ? SystemSocket : clientSocketPath(options, environment);
    SocketReport socket = checkSocket(path, me);
    if (service) {
        socket.owner = service;
        if (options.get("spool-dir").text.empty())
            options.set("spool-dir", SystemSpool, Options::Source::Default); // of the unit
    }
    Findings all = std::move(socket.findings);
    if (!socket.status.isEmpty())
        add(all, judgeDaemon(socket.status, version()));
    if (!files)
        all.push_back(
            problem("config", files.error().message,
                    "mend that file; `weave-sidecar config check` says whether it is right"));
    add(all, checkConfigFiles(socket.status, options, environment));
    options = withDaemonsBackend(std::move(options), socket, me);
    Settings settings =
        readSettings(options, withServicesKey(environment, path, socket.status, options), me);
    add(all, std::move(settings.findings));
    checkSpool(settings, socket, me, all);
    all.push_back(judgeFiles(socket.status, FileLimits::ofThisProcess(), settings.maxConnections));
    checkBackend(settings, socket, me,
                 delivers(socket.status) && isDaemonsBackend(socket.status, options), all);
    return all;
}

int runDoctor(const CommandLine &line, const Environment &environment)
{
    const Findings findings = diagnose(line.options, environment);
    const std::string page = line.json ? doctorJson(findings, version()) : doctorText(findings);
    std::fputs(page.c_str(), stdout);
    return hasProblem(findings) ? 1 : 0;
}

} // namespace Weave
