#pragma once

#include "common/result.h"
#include "config/config.h"
#include "config/environment.h"
#include "config/options.h"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace Weave {

// Reads the settings anew for a daemon that runs, and says what that changes.
class ConfigReloader
{
public:
    // What a daemon would be told that started now, not checked yet.
    using Load = std::function<Result<Options>()>;

    // current: what the daemon was started with; its config is config.
    ConfigReloader(Options current, Config config, Load load, Environment environment);

    // The service manager has made the socket at that path, so what is set of it holds neither now
    // nor after a restart. Returns where what does not hold is set, for people: "--socket-mode".
    [[nodiscard]] std::vector<std::string> leaveSocketToServiceManager(const std::string &path);

    struct Change
    {
        Config config; // the new one; of what needs a restart it has the old values
        // Names of settings.
        std::vector<std::string> changed; // they apply from now on
        std::vector<std::string> needsRestart; // they differ from what the daemon runs with
        std::vector<std::string>
            notUsed; // they are set, and the service manager's socket has its own
    };
    // On an error, which names what is wrong, the old settings stay.
    [[nodiscard]] Result<Change> reload();

private:
    [[nodiscard]] bool isLeftOut(std::string_view name, const Options::Value &value) const;
    [[nodiscard]] std::vector<std::string> changesTo(const Options &options,
                                                     const Config &config) const;

    Options m_options; // that the daemon runs with
    Config m_config;
    const Load m_load;
    const Environment m_environment;
    std::optional<std::string> m_givenSocket; // by the service manager: its path
};

} // namespace Weave
