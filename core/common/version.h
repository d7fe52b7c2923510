#pragma once

#include <string_view>

namespace Weave {

// "0.1.0", from the CMake project.
[[nodiscard]] std::string_view version();

} // namespace Weave
