#pragma once

#include "config/config.h"
#include "config/configreloader.h"

namespace Weave {

// Runs the daemon in this process until a signal ends it. Returns the process's exit code.
[[nodiscard]] int runDaemon(const Config &config, ConfigReloader reloader);

} // namespace Weave
