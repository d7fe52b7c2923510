// Lines as an SDK sends them for a traced chat completion, of an exact size. They are made once,
// before the clock starts; while it runs only the two ids in them are written anew.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace Weave {

// A call id is a fixed beginning (time and version, shared by one run) and 12 digits of its own.
constexpr std::size_t IdPrefixLength = 24;
constexpr std::size_t IdDigits = 12;

struct ChatLine
{
    std::string text; // the whole line with its newline
    std::size_t idAt = 0; // where the 12 digits of the call's id are
    std::size_t traceIdAt = 0;
};

constexpr std::size_t LeastLineSize = 1000;
constexpr std::size_t MostLineSize = 67'108'864;

// "0199b7a2-4c2e-7d31-8b5a-" for the given time, as in a UUIDv7.
std::string idPrefix(std::uint64_t unixMilliseconds);

// `size` lies within LeastLineSize and MostLineSize. Lines of different `variant` differ in their
// text. From 100 KB on most of the line is one image as a data URL, below it is several messages.
ChatLine makeCallStart(std::size_t size, unsigned variant, std::string_view idPrefix);
ChatLine makeCallEnd(std::size_t size, unsigned variant, std::string_view idPrefix);

// Writes the 12 digits that make the ids of call `number` its own. Different numbers below 2^48
// give different digits, and neighbours do not look alike.
void writeIdDigits(char *at, std::uint64_t number);

} // namespace Weave
