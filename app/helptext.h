#pragma once

#include <string>

namespace Weave {

// The page of --help, made from the option table and the command table.
[[nodiscard]] std::string helpText();

} // namespace Weave
