#pragma once

#include "common/result.h"

#include <string>
#include <string_view>

namespace Weave {

// Asks the daemon behind a socket one thing and gives back its reply line without the newline.
// Blocks for at most a few seconds; for the command line, not for the daemon.
[[nodiscard]] Result<std::string> ask(const std::string &socketPath, std::string_view requestLine);

// What is wrong when the reply is not one of ours.
[[nodiscard]] Error notASidecar(const std::string &socketPath);

} // namespace Weave
