#include "protocol/framereader.h"

#include "common/bytesize.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace Weave {

namespace {

// Up to this size what is kept needs no budget, and its buffer is kept for the next time.
constexpr std::size_t FreeBytes = 64 * KiB;

// A call with an image in it.
constexpr std::size_t LongLineBytes = 1 * MiB;

bool isBlank(std::string_view line)
{
    return line.empty()
        || (static_cast<unsigned char>(line.front()) <= ' '
            && line.find_first_not_of(" \t\r") == std::string_view::npos);
}

} // namespace

FrameReader::FrameReader(std::size_t maxLineBytes, ByteBudget &budget)
    : m_maxLineBytes(maxLineBytes),
      m_budget(budget)
{
}

FrameReader::~FrameReader()
{
    m_budget.giveBack(m_budgetTaken + m_parkedTaken);
}

// An unfinished line that comes to need budget with these bytes needs it for its beginning, too.
std::size_t FrameReader::mostToFeed(std::size_t bytes) const
{
    return m_budget.left() >= bytes + FreeBytes ? bytes : std::min(bytes, FreeBytes);
}

void FrameReader::feed(std::string_view bytes)
{
    m_input = bytes;
}

Frame FrameReader::next()
{
    if (m_unfinishedWasGiven)
        forgetUnfinished();
    while (!m_input.empty()) {
        const void *found = std::memchr(m_input.data(), '\n', m_input.size());
        if (!found) {
            // Of what was parked this is all that is left, and is counted as unfinished now.
            m_budget.giveBack(std::exchange(m_parkedTaken, 0));
            keepUnfinished(m_input);
            m_input = {};
            break;
        }
        const auto length =
            static_cast<std::size_t>(static_cast<const char *>(found) - m_input.data());
        const std::string_view part = m_input.substr(0, length);
        m_input.remove_prefix(length + 1);
        if (m_unfinished.empty() && !isSkipping()) {
            if (length > m_maxLineBytes)
                return {Frame::Status::TooLong, {}};
            if (isBlank(part))
                continue;
            return {Frame::Status::Line, part};
        }
        keepUnfinished(part);
        if (isSkipping())
            return endSkip();
        m_unfinishedWasGiven = true;
        if (isBlank(m_unfinished)) {
            forgetUnfinished();
            continue;
        }
        return {Frame::Status::Line, m_unfinished};
    }
    forgetParked();
    return {};
}

Frame FrameReader::finish()
{
    if (m_unfinishedWasGiven)
        forgetUnfinished();
    if (isSkipping())
        return endSkip();
    if (isBlank(m_unfinished))
        return {};
    m_unfinishedWasGiven = true;
    return {Frame::Status::Line, m_unfinished};
}

void FrameReader::park()
{
    if (m_unfinishedWasGiven)
        forgetUnfinished();
    std::string copy(m_input); // which may lie in m_parked
    forgetParked();
    m_parked = std::move(copy);
    m_input = m_parked;
    if (m_parked.size() > FreeBytes && m_budget.tryTake(m_parked.size()))
        m_parkedTaken = m_parked.size();
}

void FrameReader::forgetParked()
{
    m_parked.clear();
    if (m_parked.capacity() > FreeBytes)
        m_parked.shrink_to_fit();
    m_budget.giveBack(std::exchange(m_parkedTaken, 0));
}

void FrameReader::keepUnfinished(std::string_view part)
{
    if (isSkipping())
        return;
    const std::size_t total = m_unfinished.size() + part.size();
    if (total > m_maxLineBytes)
        m_skip = Skip::TooLong;
    else if (!reserve(total))
        m_skip = Skip::OverBudget;
    if (isSkipping()) {
        forgetUnfinished();
        return;
    }
    // A line that is long already is growing longer: room for more at once saves copying it again
    // and again. What is not used of it is never touched, and so takes no memory.
    if (total > FreeBytes && m_unfinished.capacity() < LongLineBytes)
        m_unfinished.reserve(std::min(m_maxLineBytes, LongLineBytes));
    m_unfinished.append(part);
}

bool FrameReader::reserve(std::size_t bytes)
{
    if (bytes <= FreeBytes || bytes <= m_budgetTaken)
        return true;
    if (!m_budget.tryTake(bytes - m_budgetTaken))
        return false;
    m_budgetTaken = bytes;
    return true;
}

void FrameReader::forgetUnfinished()
{
    m_unfinishedWasGiven = false;
    m_unfinished.clear();
    if (m_unfinished.capacity() > FreeBytes)
        m_unfinished.shrink_to_fit();
    m_budget.giveBack(m_budgetTaken);
    m_budgetTaken = 0;
}

Frame FrameReader::endSkip()
{
    const bool tooLong = m_skip == Skip::TooLong;
    m_skip = Skip::No;
    return {tooLong ? Frame::Status::TooLong : Frame::Status::OverBudget, {}};
}

} // namespace Weave
