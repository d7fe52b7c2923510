#pragma once

#include <cstdint>

namespace Weave {

// Raises the soft limit of open files to what the given number of client connections needs, as far
// as the hard limit allows. Returns for how many connections it is enough.
[[nodiscard]] std::uint64_t raiseFileLimit(std::uint64_t connections);

} // namespace Weave
