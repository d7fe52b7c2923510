#pragma once

#include "common/result.h"
#include "config/environment.h"
#include "config/options.h"

#include <QStringList>

namespace Weave {

// What a command line asks for.
struct CommandLine
{
    enum class Command { Run, Status, Pause, Resume, Flush, Retry, Spool, Help, Version };
    Command command = Command::Run;
    enum class SpoolAction { List, Verify, Export, Retry, Purge };
    SpoolAction spoolAction = SpoolAction::List; // spool
    Options options;
    bool json = false; // status
    bool watch = false; // status
};

// Reads argv (the program's name first) and the environment. An error is one line for stderr.
[[nodiscard]] Result<CommandLine> parseCommandLine(const QStringList &arguments,
                                                   const Environment &environment);

} // namespace Weave
