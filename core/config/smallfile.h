#pragma once

#include "common/result.h"

#include <cstddef>
#include <string>

namespace Weave {

// What a pipe in the place of a file may cost. It is waited for below a second; then a program that
// has nothing else to do goes on waiting for one that somebody writes to, as for a password manager
// in `<(…)`.
enum class PipeWait { Short, WhileWritten };

// The text of a file of settings, keys or certificates, of at most this size: more is a mistake
// such as /dev/zero. It never blocks but on the disk and as PipeWait says. The error gives the
// reason alone.
[[nodiscard]] Result<std::string> readSmallFile(const std::string &path, std::size_t maxBytes,
                                                PipeWait wait = PipeWait::Short);

} // namespace Weave
