#pragma once

#include "common/result.h"
#include "config/environment.h"
#include "config/options.h"

#include <QStringList>

namespace Weave {

// What a command line asks for.
struct CommandLine
{
    enum class Command {
        Run,
        Status,
        Pause,
        Resume,
        Flush,
        Retry,
        Reload,
        Spool,
        Config,
        Help,
        Version,
    };
    Command command = Command::Run;
    enum class SpoolAction { List, Verify, Export, Retry, Purge };
    SpoolAction spoolAction = SpoolAction::List; // spool
    enum class ConfigAction { Check, Show };
    ConfigAction configAction = ConfigAction::Check; // config
    Options options; // of flags and environment; files are not read yet
    bool json = false; // status, config show
    bool watch = false; // status
};

// Reads argv (the program's name first) and the environment. An error is one line for stderr.
[[nodiscard]] Result<CommandLine> parseCommandLine(const QStringList &arguments,
                                                   const Environment &environment);

} // namespace Weave
