#pragma once

#include <string_view>

namespace Weave {

// Files to which lines are appended, perhaps by several processes.

// Whether a file that is open for reading has half a line at its end: what wrote it was killed in
// the middle. The next line has to begin one of its own, or it is lost with that half.
[[nodiscard]] bool endsWithinLine(int descriptor);

// Writes a whole line to the end of a file, opened to be appended to, or nothing: half a line would
// spoil the next one, too. False with errno when it could not; a disk on which even taking back
// fails keeps half a line, and so does a file to which somebody else has added meanwhile.
[[nodiscard]] bool appendWhole(int descriptor, std::string_view line);

} // namespace Weave
