#include "app/doctor/settingscheck.h"

#include "app/doctor/filecheck.h"
#include "app/doctor/tlscheck.h"
#include "common/bytesize.h"
#include "common/textnumber.h"
#include "config/config.h"
#include "config/proxysettings.h"
#include "config/tlssettings.h"

namespace Weave {

namespace {

constexpr const char *Change = "change that flag, variable or line";

bool isSaid(const Findings &findings, const std::string &text)
{
    for (const Finding &finding : findings) {
        if (finding.text.find(text) != std::string::npos)
            return true;
    }
    return false;
}

void readWhole(const Options &options, const Environment &environment, Settings &settings)
{
    const auto config = Config::resolve(options, environment);
    if (config) {
        settings.spoolMaxBytes = config->spoolMaxBytes;
        settings.maxConnections = config->maxConnections;
        settings.findings.push_back(
            ok("config", "the settings are right: this command's flags, environment and files"));
        return;
    }
    const bool isMissing = !options.has("backend");
    settings.findings.push_back(
        problem("config", config.error().message,
                isMissing ? "tell this command what the daemon is told" : Change));
    // As good as it gets.
    if (const auto size = parseByteSize(options.get("spool-max-bytes").text))
        settings.spoolMaxBytes = *size;
    if (const auto count = parseUnsigned(options.get("max-connections").text))
        settings.maxConnections = *count;
}

void readProxy(const Environment &environment, Settings &settings)
{
    constexpr const char *Check = "proxy";
    const auto proxy = findProxy(settings.backend->url, environment);
    if (!proxy) {
        if (!isSaid(settings.findings, proxy.error().message))
            settings.findings.push_back(problem(Check, proxy.error().message, Change));
        return;
    }
    settings.proxy = *proxy;
    const std::string host = settings.backend->url.host().toStdString();
    if (proxy->type() == QNetworkProxy::NoProxy) {
        settings.findings.push_back(ok(Check, host + " is reached without a proxy"));
        return;
    }
    // The address alone: a password may be with it.
    settings.findings.push_back(ok(Check,
                                   host + " is reached by the proxy "
                                       + proxy->hostName().toStdString() + ":"
                                       + std::to_string(proxy->port())));
}

void readKey(const Options &options, const Environment &environment, const Identity &me,
             Settings &settings)
{
    constexpr const char *Check = "key";
    auto credentials = findCredentials(options, *settings.backend, environment);
    if (!credentials) {
        if (!isSaid(settings.findings, credentials.error().message))
            settings.findings.push_back(problem(Check, credentials.error().message, Change));
        return;
    }
    settings.credentials = std::move(*credentials);
    const std::string &source = settings.credentials.source;
    if (settings.credentials.apiKey.empty()) {
        settings.findings.push_back(warning(
            Check, "no API key was found (--api-key-file, WANDB_API_KEY, netrc)",
            "if the backend asks for one, give it to the daemon and to this command alike"));
        return;
    }
    settings.findings.push_back(ok(Check, "the API key comes from " + source));
    if (source == options.displayName("api-key-file"))
        settings.findings.push_back(checkKeyFile(options.get("api-key-file").text, me));
    else if (source == "--api-key")
        settings.findings.push_back(warning(Check,
                                            "other users can see the API key on a command line",
                                            "use --api-key-file or WANDB_API_KEY"));
    // Of a key in a config file that file is looked at.
    else if (source != options.displayName("api-key") && source.find('/') != std::string::npos)
        settings.findings.push_back(checkKeyFile(source, me)); // netrc
}

} // namespace

Settings readSettings(const Options &options, const Environment &environment, const Identity &me)
{
    Settings settings;
    readWhole(options, environment, settings);
    settings.spoolFolder = spoolDirectory(options, environment);
    settings.isSpoolInMemory = options.get("spool-dir").text == "none";
    if (const std::string &path = options.get("ca-file").text; !path.empty()) {
        if (const auto found = readCertificates(path)) // what is wrong with them is said already
            settings.caCertificates = *found;
        Findings found =
            judgeCaFile(path, settings.caCertificates, QDateTime::currentDateTimeUtc());
        settings.findings.insert(settings.findings.end(), found.begin(), found.end());
    }
    auto backend = parseBackend(options.get("backend").text, options.has("allow-http"));
    if (!backend)
        return settings; // said already
    settings.backend = std::move(*backend);
    if (settings.backend->kind == BackendAddress::Kind::Http) {
        readProxy(environment, settings);
        readKey(options, environment, me, settings);
    }
    return settings;
}

} // namespace Weave
