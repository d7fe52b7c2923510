#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace Weave {

// A request body as a list of places: head, items with commas between them, tail. Nothing is
// copied until the network asks, so four requests of 10 MiB in flight cost no 40 MiB.
class RequestBody
{
public:
    struct Item
    {
        std::string_view before;
        std::string_view payload; // in the spool
        std::string_view after;
        bool isContinued = false; // belongs to the item before it: no comma between them
    };

    // All views outlive the body.
    RequestBody(std::string_view head, std::string_view tail);

    void reserve(std::size_t items) { m_items.reserve(items); }
    // Before the first read.
    void add(const Item &item);

    [[nodiscard]] std::size_t size() const { return m_size; } // bytes
    [[nodiscard]] const std::vector<Item> &items() const { return m_items; }

    // Copies up to maxBytes from where the last read stopped; 0 at the end.
    std::size_t read(char *out, std::size_t maxBytes);
    // The same without copying what is large: appends to parts where the next bytes lie, as many as
    // scratch could hold. Small pieces are copied there, side by side. Returns the bytes in all.
    std::size_t gather(std::span<char> scratch, std::vector<std::string_view> &parts);
    // Where the next read starts. position <= size().
    void seek(std::size_t position);

private:
    [[nodiscard]] std::size_t pieceCount() const { return m_items.size() * 4 + 2; }
    [[nodiscard]] std::string_view piece(std::size_t index) const;
    std::size_t copyItem(std::span<char> out);
    void advance(std::size_t bytes);
    void enter(std::size_t index);

    std::string_view m_head;
    std::string_view m_tail;
    std::vector<Item> m_items;
    std::size_t m_size;
    std::size_t m_piece = 0; // that the next read starts in
    std::string_view m_rest; // of that piece
};

} // namespace Weave
