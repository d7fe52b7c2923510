#pragma once

#include "common/clock.h"

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace Weave {

struct LogMessage
{
    int severity = 0; // as the log has it; makes no difference here
    std::string category;
    std::string text;
};

// Lets a log message through once in an interval, and sees to it that none is lost without its
// count being told. What differs only in words that begin with a digit is the same message: the
// next attempt, another count, another moment. Holds a bounded number of them; beyond that all of a
// category are the same, so that thousands of projects in trouble do not fill the disk.
class RepeatFilter
{
public:
    explicit RepeatFilter(Milliseconds interval = std::chrono::seconds(10))
        : m_interval(interval)
    {
    }

    // How many of the same were held back since the last one that was shown; nothing when this one
    // is to be held back, too.
    [[nodiscard]] std::optional<std::uint64_t> pass(const LogMessage &message, TimePoint now);

    struct HeldBack
    {
        LogMessage message; // the last of them
        std::uint64_t before = 0; // so many of the same before it
    };
    // Messages that were held back and whose interval is over. They count as shown now.
    [[nodiscard]] std::vector<HeldBack> takeDue(TimePoint now);
    // All that were held back.
    [[nodiscard]] std::vector<HeldBack> takeAll();
    // When takeDue() has something; nothing while nothing is held back.
    [[nodiscard]] std::optional<TimePoint> nextDue() const;

private:
    struct Seen
    {
        TimePoint shownAt;
        std::uint64_t heldBack = 0;
        LogMessage last; // of those held back
    };
    [[nodiscard]] bool makeRoom(TimePoint now);

    const Milliseconds m_interval;
    std::unordered_map<std::string, Seen> m_seen; // by what makes a message the same
};

} // namespace Weave
