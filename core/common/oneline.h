#pragma once

#include <algorithm>
#include <string>

namespace Weave {

// The words of a server, or a name, may have newlines in them, which would look like other lines,
// and what makes a terminal do things. Spaces take the place of both.
[[nodiscard]] inline std::string onOneLine(std::string text)
{
    std::replace_if(
        text.begin(), text.end(),
        [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; }, ' ');
    return text;
}

} // namespace Weave
