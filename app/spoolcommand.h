#pragma once

#include "app/commandline.h"

namespace Weave {

// weave-sidecar spool ls | verify | export | retry | purge. Prints to standard output and returns
// the process's exit code: 1 when damage was found, which ls and export leave out, or something
// could not be done.
[[nodiscard]] int runSpoolCommand(const CommandLine &line, const Environment &environment);

} // namespace Weave
