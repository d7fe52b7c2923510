#pragma once

#include "docgen/program.h"

namespace Weave {

// A completion function for zsh, to be found on $fpath as _PROGRAM.
[[nodiscard]] std::string zshCompletion(const ProgramSpec &program);

} // namespace Weave
