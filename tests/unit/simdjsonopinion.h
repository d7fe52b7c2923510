#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace Weave {

// What simdjson's DOM parser says about a text, to hold against what JsonCursor says.
class SimdjsonOpinion
{
public:
    SimdjsonOpinion();
    ~SimdjsonOpinion();
    SimdjsonOpinion(const SimdjsonOpinion &) = delete;
    SimdjsonOpinion &operator=(const SimdjsonOpinion &) = delete;

    [[nodiscard]] bool accepts(std::string_view text);

private:
    struct Parser;
    std::unique_ptr<Parser> m_parser;
};

// Replaces what JsonCursor takes on purpose and simdjson refuses: numbers that fit no 64-bit
// integer and no double, and surrogate escapes without their other half. Only for text that is
// well-formed otherwise.
[[nodiscard]] std::string withoutKnownDifferences(std::string_view text);

} // namespace Weave
