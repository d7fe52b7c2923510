#pragma once

#include "app/commandtable.h"
#include "common/result.h"
#include "config/environment.h"
#include "config/options.h"

#include <QStringList>

namespace Weave {

// What a command line asks for.
struct CommandLine
{
    using Command = Weave::Command;
    Command command = Command::Run;
    Options options; // of flags and environment; files are not read yet
    bool json = false;
    bool watch = false;
    bool onlyDeadLetters = false;
};

// Reads argv (the program's name first) and the environment. An error is one line for stderr.
[[nodiscard]] Result<CommandLine> parseCommandLine(const QStringList &arguments,
                                                   const Environment &environment);

} // namespace Weave
