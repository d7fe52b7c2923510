// A growing run of bytes that is filled at its end and emptied from its front. std::vector would
// zero what a read is about to overwrite; for lines of 800 KB that is a pass over memory too many.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>

namespace Weave {

class ByteBuffer final
{
public:
    const char *data() const { return m_bytes.get() + m_begin; }
    std::size_t size() const { return m_end - m_begin; }
    bool isEmpty() const { return m_begin == m_end; }

    void append(const char *bytes, std::size_t count)
    {
        if (count == 0)
            return;
        std::memcpy(tail(count), bytes, count);
        commit(count);
    }

    // Room for `count` more bytes behind the last one; commit() says how many were written there.
    char *tail(std::size_t count)
    {
        if (m_capacity - m_end < count)
            makeRoom(count);
        return m_bytes.get() + m_end;
    }
    void commit(std::size_t count) { m_end += count; }

    void consume(std::size_t count)
    {
        m_begin += count;
        if (m_begin == m_end)
            m_begin = m_end = 0;
    }

private:
    void makeRoom(std::size_t count)
    {
        const std::size_t held = size();
        // Moving pays only when the front that it wins is at least as long as what is moved.
        if (m_begin >= held && held + count <= m_capacity) {
            std::memmove(m_bytes.get(), data(), held);
        } else {
            m_capacity = std::max(held + count, m_capacity * 2);
            auto bytes = std::make_unique_for_overwrite<char[]>(m_capacity);
            if (held > 0)
                std::memcpy(bytes.get(), data(), held);
            m_bytes = std::move(bytes);
        }
        m_begin = 0;
        m_end = held;
    }

    std::unique_ptr<char[]> m_bytes;
    std::size_t m_capacity = 0;
    std::size_t m_begin = 0;
    std::size_t m_end = 0;
};

} // namespace Weave
