#pragma once

#include "app/commandline.h"
#include "app/doctor/finding.h"

namespace Weave {

// Looks at everything that a daemon needs which is told these flags, this environment and the
// config files, and at the running one. Takes some ten seconds a step at most where nothing
// answers; needs a QCoreApplication.
[[nodiscard]] Findings diagnose(const Options &flags, const Environment &environment);

// `weave-sidecar doctor`: prints what diagnose() finds. Returns the exit code: 1 with a problem.
[[nodiscard]] int runDoctor(const CommandLine &line, const Environment &environment);

} // namespace Weave
