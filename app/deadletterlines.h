#pragma once

#include "common/result.h"

#include <array>
#include <functional>
#include <string>
#include <string_view>

namespace Weave {

// Behind the name of a file that `spool retry` works off. After an interrupted one it stays, and
// may hold calls that the daemon has got already.
constexpr std::string_view RetrySuffix = ".retry";

// The files of a spool that hold dead letters, the older one first, each behind what was taken out
// of its place. Any may be missing.
constexpr std::array<std::string_view, 4> DeadLetterFiles{
    "dead-letters.ndjson.old.retry", "dead-letters.ndjson.old", "dead-letters.ndjson.retry",
    "dead-letters.ndjson"};

// Every line of them. An error when there is no such folder, or something there cannot be read.
[[nodiscard]] Result<void>
forEachDeadLetter(const std::string &directory,
                  const std::function<void(const std::string &line)> &visit);

// The value of a string member of a dead letter's line, or of any member as its text; empty when
// there is none.
[[nodiscard]] std::string deadLetterMember(const std::string &line, std::string_view name);

} // namespace Weave
