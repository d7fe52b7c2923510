#pragma once

#include <string>
#include <string_view>

namespace Weave {

// Appends the text as a JSON string, quotes included. Bytes that are not UTF-8 become U+FFFD, so
// that what we write is always valid JSON.
void appendJsonString(std::string &out, std::string_view text);

// Takes the quotes' inside of a JSON string that JsonCursor has checked and appends its characters
// as UTF-8. A lone surrogate, which UTF-8 cannot carry, is kept as its three-byte form so that
// different ids stay different.
void appendDecodedJsonString(std::string &out, std::string_view inside);

// The length of the UTF-8 sequence at the front of text, or 0 when there is no valid one.
[[nodiscard]] std::size_t utf8SequenceLength(const char *text, const char *end);

} // namespace Weave
