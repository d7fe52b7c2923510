#pragma once

#include "app/commandline.h"

namespace Weave {

// pause, resume, flush and retry: asks the running daemon and says what came of it. Returns the
// exit code.
int runControlCommand(const CommandLine &line);

// status: what the running daemon says of itself. Returns the exit code.
int printStatus(const CommandLine &line);

// status --watch: the status once a second, until Ctrl-C or until nobody reads it. A daemon that
// goes away is waited for; one that was never there is an error. Returns the exit code.
int watchStatus(const CommandLine &line);

} // namespace Weave
