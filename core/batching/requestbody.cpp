#include "batching/requestbody.h"

#include <utility>

namespace Weave {

namespace {

// Below this a copy costs less than one more place for the kernel to look at.
constexpr std::size_t LargePiece = 2048;

} // namespace

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
    std::size_t done = 0;
    std::size_t copied = 0;
    bool isCopying = false; // the last part lies in scratch and goes on
    const auto noteCopied = [&](std::size_t length) {
        if (std::exchange(isCopying, true))
            parts.back() = {parts.back().data(), parts.back().size() + length};
        else
            parts.emplace_back(scratch.data() + copied, length);
        copied += length;
        done += length;
    };
    while (done != scratch.size() && m_piece != pieceCount()) {
        if (const std::size_t length = copyItem(scratch.subspan(copied, scratch.size() - done));
            length != 0) {
            noteCopied(length);
            continue;
        }
        const std::string_view rest = m_rest.substr(0, scratch.size() - done);
        advance(rest.size());
        if (rest.empty())
            continue; // a part without bytes could never be sent
        if (rest.size() >= LargePiece) {
            parts.push_back(rest);
            isCopying = false;
            done += rest.size();
            continue;
        }
        rest.copy(scratch.data() + copied, rest.size());
        noteCopied(rest.size());
    }
    return done;
}

// The next item as a whole, when it is small and there is room for it; else 0. Piece by piece, a
// call of 1 KiB takes twice as long.
std::size_t RequestBody::copyItem(std::span<char> out)
{
    if (m_piece % 4 != 1 || m_piece == pieceCount() - 1)
        return 0;
    const Item &item = m_items[m_piece / 4];
    const std::size_t size = item.before.size() + item.payload.size() + item.after.size();
    if (item.payload.size() >= LargePiece || size >= out.size())
        return 0;
    char *to = out.data();
    if (m_piece != 1 && !item.isContinued)
        *to++ = ',';
    to += item.before.copy(to, item.before.size());
    to += item.payload.copy(to, item.payload.size());
    to += item.after.copy(to, item.after.size());
    enter(m_piece + 4);
    return static_cast<std::size_t>(to - out.data());
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
