#pragma once

#include "common/clock.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace Weave {

// Lets a log message through once in ten seconds. What differs only in its digits is the same
// message: the next attempt, another count, another moment. Holds a bounded number of them.
class RepeatFilter
{
public:
    // How many of the same were held back since the last one that went through; nothing when this
    // one is to be held back, too.
    [[nodiscard]] std::optional<std::uint64_t> pass(std::string_view message, TimePoint now);

private:
    struct Seen
    {
        TimePoint shownAt;
        std::uint64_t heldBack = 0;
    };
    void forgetOld(TimePoint now);

    std::unordered_map<std::string, Seen> m_seen; // by the message without its digits
};

} // namespace Weave
