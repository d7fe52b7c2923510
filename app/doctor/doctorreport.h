#pragma once

#include "app/doctor/finding.h"

#include <string>
#include <string_view>

namespace Weave {

// For people: a line a finding, below it what to do, at the end how many.
[[nodiscard]] std::string doctorText(const Findings &findings);

// For programs: {"version":…,"findings":[{"level","check","text","advice"}],"warnings":N,
// "problems":N}.
[[nodiscard]] std::string doctorJson(const Findings &findings, std::string_view version);

[[nodiscard]] bool hasProblem(const Findings &findings);

} // namespace Weave
