#pragma once

#include "docgen/program.h"

namespace Weave {

// A completion script for fish 3.0 or newer.
[[nodiscard]] std::string fishCompletion(const ProgramSpec &program);

} // namespace Weave
