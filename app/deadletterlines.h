#pragma once

#include <array>
#include <functional>
#include <string>
#include <string_view>

namespace Weave {

// The files of a spool that hold dead letters, the older one first. Either may be missing.
constexpr std::array<const char *, 2> DeadLetterFiles{"dead-letters.ndjson.old",
                                                      "dead-letters.ndjson"};

// Every line of them.
void forEachDeadLetter(const std::string &directory,
                       const std::function<void(const std::string &line)> &visit);

// The value of a string member of a dead letter's line, or of any member as its text; empty when
// there is none.
[[nodiscard]] std::string deadLetterMember(const std::string &line, std::string_view name);

} // namespace Weave
