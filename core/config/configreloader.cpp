#include "config/configreloader.h"

#include "config/optiontable.h"

#include <algorithm>
#include <array>
#include <utility>

namespace Weave {

namespace {

constexpr std::array<std::string_view, 3> OfSocket{"socket", "socket-mode", "socket-group"};

bool isOfSocket(std::string_view name)
{
    return std::find(OfSocket.begin(), OfSocket.end(), name) != OfSocket.end();
}

} // namespace

ConfigReloader::ConfigReloader(Options current, Config config, Load load, Environment environment)
    : m_options(std::move(current)),
      m_config(std::move(config)),
      m_load(std::move(load)),
      m_environment(std::move(environment))
{
}

std::vector<std::string> ConfigReloader::leaveSocketToServiceManager(const std::string &path)
{
    m_givenSocket = path;
    std::vector<std::string> unused;
    for (const std::string_view name : OfSocket) {
        if (isLeftOut(name, m_options.get(name)))
            unused.push_back(m_options.displayName(name));
    }
    return unused;
}

// Set, and of no use to a socket that the service manager has made. Its own path may be set for
// clients, which read the same files.
bool ConfigReloader::isLeftOut(std::string_view name, const Options::Value &value) const
{
    return m_givenSocket && isOfSocket(name) && value.source != Options::Source::Default
        && !(name == "socket" && value.text == *m_givenSocket);
}

Result<ConfigReloader::Change> ConfigReloader::reload()
{
    auto loaded = m_load();
    if (!loaded)
        return loaded.error();
    if (const auto whole = Config::resolve(*loaded, m_environment); !whole)
        return whole.error();
    Change change;
    Options live = *loaded;
    for (const OptionSpec &spec : optionTable()) {
        if (spec.onReload == OnReload::Applies)
            continue;
        const bool isUsed = !m_givenSocket || !isOfSocket(spec.name);
        if (isUsed && loaded->get(spec.name).text != m_options.get(spec.name).text)
            change.needsRestart.emplace_back(spec.name);
        if (isLeftOut(spec.name, loaded->get(spec.name)))
            change.notUsed.emplace_back(spec.name);
        live.replace(spec.name, m_options.get(spec.name));
    }
    // Settings are checked with one another, so the mixture is, too.
    auto config = Config::resolve(live, m_environment);
    if (!config)
        return config.error();
    config->instance = m_config.instance;
    change.changed = changesTo(live, *config);
    change.config = *config;
    m_options = std::move(live);
    m_config = std::move(*config);
    return change;
}

// Files that settings name may have changed while their names have not.
std::vector<std::string> ConfigReloader::changesTo(const Options &options,
                                                   const Config &config) const
{
    std::vector<std::string> names;
    const auto add = [&names](std::string_view name) {
        if (std::find(names.begin(), names.end(), name) == names.end())
            names.emplace_back(name);
    };
    const bool isOtherKey = config.credentials.apiKey != m_config.credentials.apiKey;
    // Of a key that a key from another place wins over nobody sees a change.
    const auto isWonOver = [&](std::string_view name) {
        return (name == "api-key" || name == "api-key-file") && !isOtherKey
            && config.credentials.source != options.displayName(name)
            && m_config.credentials.source != m_options.displayName(name);
    };
    for (const OptionSpec &spec : optionTable()) {
        if (options.get(spec.name).text != m_options.get(spec.name).text && !isWonOver(spec.name))
            add(spec.name);
    }
    if (isOtherKey && std::find(names.begin(), names.end(), "api-key-file") == names.end())
        add(options.has("api-key-file") ? "api-key-file" : "api-key");
    if (config.caCertificates != m_config.caCertificates)
        add("ca-file");
    return names;
}

} // namespace Weave
