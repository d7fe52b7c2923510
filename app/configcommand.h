#pragma once

#include "app/commandline.h"

namespace Weave {

// `weave-sidecar config check` and `config show`: what a daemon would be told that is started now
// with these flags, this environment and these files. Returns the process's exit code.
[[nodiscard]] int runConfigCommand(const CommandLine &line, const Environment &environment);

// The page of `config show`, in TOML: each setting, its value and where it comes from. Keys are
// masked.
[[nodiscard]] std::string configPage(const Options &options, const Environment &environment);

} // namespace Weave
