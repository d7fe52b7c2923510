#include "common/repeatfilter.h"

#include <algorithm>

namespace Weave {

namespace {

constexpr Milliseconds Interval{10'000};
constexpr std::size_t MaxMessages = 512;

} // namespace

std::optional<std::uint64_t> RepeatFilter::pass(std::string_view message, TimePoint now)
{
    std::string key(message);
    std::erase_if(key, [](char c) { return c >= '0' && c <= '9'; });
    if (m_seen.size() >= MaxMessages && !m_seen.contains(key))
        forgetOld(now);
    const auto [place, isNew] = m_seen.try_emplace(std::move(key), Seen{now, 0});
    Seen &seen = place->second;
    if (!isNew && now - seen.shownAt < Interval) {
        ++seen.heldBack;
        return std::nullopt;
    }
    const std::uint64_t heldBack = seen.heldBack;
    seen = {now, 0};
    return heldBack;
}

// So many different messages within the interval are shown all the same.
void RepeatFilter::forgetOld(TimePoint now)
{
    std::erase_if(m_seen,
                  [now](const auto &entry) { return now - entry.second.shownAt >= Interval; });
    if (m_seen.size() >= MaxMessages)
        m_seen.clear();
}

} // namespace Weave
