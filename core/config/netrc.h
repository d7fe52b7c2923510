#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace Weave {

// The password of a machine in a netrc file's text; the entry `default` serves when no entry names
// the machine. Understands what Python's netrc module does, which the SDK reads the same file
// with: quoted tokens, backslashes, comments and macros. Text that makes no sense is passed over.
[[nodiscard]] std::optional<std::string> netrcPassword(std::string_view text,
                                                       std::string_view machine);

} // namespace Weave
