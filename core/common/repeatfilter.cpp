#include "common/repeatfilter.h"

#include <algorithm>

namespace Weave {

namespace {

constexpr std::size_t MaxMessages = 512;

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

bool isPartOfNumber(char c)
{
    return isDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.';
}

// Without "12", "1.5s", "980ms" and the like.
std::string kindOf(const LogMessage &message)
{
    std::string kind = message.category + ": ";
    const std::string &text = message.text;
    for (std::size_t i = 0; i < text.size();) {
        if (!isDigit(text[i])) {
            kind += text[i++];
            continue;
        }
        while (i < text.size() && isPartOfNumber(text[i]))
            ++i;
    }
    return kind;
}

} // namespace

std::optional<std::uint64_t> RepeatFilter::pass(const LogMessage &message, TimePoint now)
{
    std::string kind = kindOf(message);
    if (!m_seen.contains(kind) && !makeRoom(now))
        kind = message.category;
    const auto [place, isNew] = m_seen.try_emplace(std::move(kind), Seen{now, 0, {}});
    Seen &seen = place->second;
    if (!isNew && now - seen.shownAt < m_interval) {
        ++seen.heldBack;
        seen.last = message;
        return std::nullopt;
    }
    const std::uint64_t heldBack = seen.heldBack;
    seen = {now, 0, {}};
    return heldBack;
}

// Whether one more can be remembered. What has been held back is never forgotten untold.
bool RepeatFilter::makeRoom(TimePoint now)
{
    if (m_seen.size() >= MaxMessages) {
        std::erase_if(m_seen, [&](const auto &entry) {
            return entry.second.heldBack == 0 && now - entry.second.shownAt >= m_interval;
        });
    }
    return m_seen.size() < MaxMessages;
}

std::vector<RepeatFilter::HeldBack> RepeatFilter::takeDue(TimePoint now)
{
    std::vector<HeldBack> due;
    for (auto &[kind, seen] : m_seen) {
        if (seen.heldBack == 0 || now - seen.shownAt < m_interval)
            continue;
        due.push_back({std::move(seen.last), seen.heldBack - 1});
        seen = {now, 0, {}};
    }
    return due;
}

std::vector<RepeatFilter::HeldBack> RepeatFilter::takeAll()
{
    std::vector<HeldBack> all;
    for (auto &[kind, seen] : m_seen) {
        if (seen.heldBack > 0)
            all.push_back({std::move(seen.last), seen.heldBack - 1});
    }
    m_seen.clear();
    return all;
}

std::optional<TimePoint> RepeatFilter::nextDue() const
{
    std::optional<TimePoint> next;
    for (const auto &[kind, seen] : m_seen) {
        const TimePoint due = seen.shownAt + m_interval;
        if (seen.heldBack > 0 && (!next || due < *next))
            next = due;
    }
    return next;
}

} // namespace Weave
