#include "batching/requestbody.h"

#include <utility>

namespace Weave {

RequestBody::RequestBody(std::string_view head, std::string_view tail)
    : m_head(head),
      m_tail(tail),
      m_size(head.size() + tail.size()),
      m_rest(head)
{
}

void RequestBody::add(const Item &item)
{
    m_size += item.before.size() + item.payload.size() + item.after.size();
    if (!m_items.empty() && !item.isContinued)
        ++m_size;
    m_items.push_back(item);
}

// Piece 0 is the head; then four an item: comma, before, payload, after; the last is the tail.
std::string_view RequestBody::piece(std::size_t index) const
{
    if (index == 0)
        return m_head;
    if (index == pieceCount() - 1)
        return m_tail;
    const std::size_t itemIndex = (index - 1) / 4;
    const Item &item = m_items[itemIndex];
    switch ((index - 1) % 4) {
    case 0:
        return itemIndex == 0 || item.isContinued ? std::string_view() : std::string_view(",");
    case 1:
        return item.before;
    case 2:
        return item.payload;
    default:
        return item.after;
    }
}

std::size_t RequestBody::read(char *out, std::size_t maxBytes)
{
    std::size_t done = 0;
    while (done != maxBytes && m_piece != pieceCount()) {
        const std::size_t length = m_rest.copy(out + done, maxBytes - done);
        done += length;
        advance(length);
    }
    return done;
}

std::size_t RequestBody::gather(std::span<char> scratch, std::vector<std::string_view> &parts)
{
    // Below this a copy costs less than one more place for the kernel to look at.
    constexpr std::size_t LargePiece = 2048;
    std::size_t done = 0;
    std::size_t copied = 0;
    bool isCopying = false; // the last part lies in scratch and goes on
    while (done != scratch.size() && m_piece != pieceCount()) {
        const std::string_view rest = m_rest.substr(0, scratch.size() - done);
        advance(rest.size());
        done += rest.size();
        if (rest.empty())
            continue; // a part without bytes could never be sent
        if (rest.size() >= LargePiece) {
            parts.push_back(rest);
            isCopying = false;
            continue;
        }
        char *place = scratch.data() + copied;
        rest.copy(place, rest.size());
        copied += rest.size();
        if (std::exchange(isCopying, true))
            parts.back() = {parts.back().data(), parts.back().size() + rest.size()};
        else
            parts.emplace_back(place, rest.size());
    }
    return done;
}

// Within the piece, or behind it.
void RequestBody::advance(std::size_t bytes)
{
    m_rest.remove_prefix(bytes);
    if (m_rest.empty())
        enter(m_piece + 1);
}

void RequestBody::enter(std::size_t index)
{
    m_piece = index;
    m_rest = index == pieceCount() ? std::string_view() : piece(index);
}

void RequestBody::seek(std::size_t position)
{
    enter(0);
    while (m_piece != pieceCount() && position >= m_rest.size()) {
        position -= m_rest.size();
        enter(m_piece + 1);
    }
    m_rest.remove_prefix(position);
}

} // namespace Weave
