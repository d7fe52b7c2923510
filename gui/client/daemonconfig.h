#pragma once

#include "common/result.h"
#include "config/config.h"
#include "config/configtext.h"
#include "config/environment.h"
#include "config/options.h"

#include <string>
#include <vector>

namespace Weave {

// The daemon's settings where the daemon itself keeps them: the user's config file, below it the
// system's, above it the environment. What is changed here, a daemon reads when it starts, and one
// that runs when it is told to reload.
class DaemonConfig final
{
public:
    // environment: of the daemon that is meant. The tray hands its own on.
    explicit DaemonConfig(Environment environment);

    // The one file that is changed; made with the first change. Empty when there is no place for
    // it.
    [[nodiscard]] const std::string &path() const { return m_path; }

    // What a daemon that starts now is told; an error names the file and the line.
    [[nodiscard]] Result<Options> options() const;
    // Of that, what the user's own file says.
    [[nodiscard]] Result<std::vector<ConfigSetting>> ownSettings() const;

    // What a daemon makes of the settings once they are changed so, or what is wrong with them as a
    // whole. apiKey: used instead of what is found; may be empty.
    [[nodiscard]] Result<Config> resolved(const std::vector<ConfigChange> &changes,
                                          const std::string &apiKey) const;
    // The file's other lines and its comments stay as they are.
    [[nodiscard]] Result<void> change(const std::vector<ConfigChange> &changes) const;

    [[nodiscard]] const Environment &environment() const { return m_environment; }

private:
    Environment m_environment;
    std::string m_path;
};

} // namespace Weave
