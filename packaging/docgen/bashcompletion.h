#pragma once

#include "docgen/program.h"

namespace Weave {

// A completion script for bash 3.2 or newer; files are offered from bash 4 on.
[[nodiscard]] std::string bashCompletion(const ProgramSpec &program);

} // namespace Weave
