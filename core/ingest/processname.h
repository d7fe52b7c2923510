#pragma once

#include <string>
#include <sys/types.h>

namespace Weave {

// What people call the process: the program's name, and for an interpreter the script's as well
// ("python3 worker.py"). Empty when the system does not say. At most 80 bytes, without the
// arguments, which may hold secrets.
[[nodiscard]] std::string processName(pid_t process);

} // namespace Weave
