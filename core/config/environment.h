#pragma once

#include <functional>
#include <optional>
#include <string>

namespace Weave {

// Environment variables by name, injected so that tests do not touch their own process's. Nothing
// but app/main reads the real ones.
using Environment = std::function<std::optional<std::string>(const char *name)>;

} // namespace Weave
