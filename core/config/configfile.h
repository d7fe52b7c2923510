#pragma once

#include "common/result.h"
#include "config/configtext.h"
#include "config/environment.h"
#include "config/options.h"

#include <string>
#include <vector>

namespace Weave {

// Of the system, which every user's daemon and commands read, too.
inline constexpr const char *SystemConfigFile = "/etc/weave-sidecar/config.toml";

// The config files that belong to these options, the one that wins last, whether they are there or
// not: the one of --config, or the system's and the user's.
[[nodiscard]] std::vector<std::string> configFiles(const Options &options,
                                                   const Environment &environment);

// $XDG_CONFIG_HOME/weave-sidecar/config.toml or ~/.config/weave-sidecar/config.toml; empty without
// a home directory.
[[nodiscard]] std::string userConfigFile(const Environment &environment);

// Adds what the config files say to the options. Files that are not there say nothing, but for one
// that --config names. The error names file and line. Blocks for as long as the disk takes.
//
// An API key may stand in a file that nobody but its owner can read, and in no other.
[[nodiscard]] Result<void> readConfigFiles(const Environment &environment, Options &options);

// Changes settings in the file, which is made, private to its user, if it is not there; see
// editConfigText(). The file is replaced in one step and keeps its mode.
[[nodiscard]] Result<void> editConfigFile(const std::string &path,
                                          const std::vector<ConfigChange> &changes);

} // namespace Weave
