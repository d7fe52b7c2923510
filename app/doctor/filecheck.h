#pragma once

#include "app/doctor/finding.h"
#include "app/doctor/identity.h"

#include <string>
#include <sys/types.h>

namespace Weave {

// The spool's folder: there or to be made, private, its owner's, and open to who asks. owner is
// whom the daemon runs as.
[[nodiscard]] Finding checkSpoolFolder(const std::string &path, uid_t owner, const Identity &me);

// A file that has the API key in it: for its owner's eyes alone.
[[nodiscard]] Finding checkKeyFile(const std::string &path, const Identity &me);

// A config file that is in use: nobody but its owner and root may change it. hasKey: it holds the
// API key.
[[nodiscard]] Finding checkConfigFile(const std::string &path, bool hasKey);

} // namespace Weave
