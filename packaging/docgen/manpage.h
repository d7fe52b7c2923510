#pragma once

#include "common/result.h"
#include "docgen/program.h"

namespace Weave {

// The page that a template in mdoc(7) makes with the program's tables: @VERSION@ anywhere in a
// line, and lines that are @FLAGS@, @COMMANDS@, @COMMAND_FLAGS@ or @ENVIRONMENT@. An error names
// what is not known.
[[nodiscard]] Result<std::string> manPage(const ProgramSpec &program, std::string_view page);

// Plain text as lines of mdoc: a sentence a line, nothing in it that roff would read as its own.
[[nodiscard]] std::string mdocText(std::string_view text);

} // namespace Weave
