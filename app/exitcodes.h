#pragma once

#include "common/logging.h"

#include <string_view>

namespace Weave {

// As the manual lists them.
inline constexpr int ExitProblem = 1; // the daemon could not start, a command has not done its work
inline constexpr int ExitUsage = 2; // the command line or a setting is wrong

// Tells people what is wrong, and returns the exit code.
inline int complain(std::string_view sentence, int exitCode = ExitProblem)
{
    writeError(sentence);
    return exitCode;
}

} // namespace Weave
