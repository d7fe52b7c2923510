#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace Weave {

// Bytes that all connections may hold together, of unfinished lines and of lines that wait. Without
// it a thousand clients that each stop in the middle of a long line could hold a thousand times the
// line limit.
class ByteBudget
{
public:
    explicit ByteBudget(std::size_t limit)
        : m_limit(limit)
    {
    }

    [[nodiscard]] bool tryTake(std::size_t bytes)
    {
        if (bytes > m_limit - m_used)
            return false;
        m_used += bytes;
        return true;
    }
    void giveBack(std::size_t bytes) { m_used -= bytes; }
    [[nodiscard]] std::size_t used() const { return m_used; }
    [[nodiscard]] std::size_t left() const { return m_limit - m_used; }

private:
    std::size_t m_limit;
    std::size_t m_used = 0;
};

struct Frame
{
    enum class Status {
        Line, // text is a whole line without its newline
        TooLong, // a line went over the limit; its bytes are gone, the next line is intact
        OverBudget, // the same, because unfinished lines hold all the memory there is for them
        Incomplete, // all bytes are used up; feed more
    };
    Status status = Status::Incomplete;
    std::string_view text;
};

// Cuts a stream of bytes into lines. A line that lies whole in the bytes that were fed is given
// out in place; only what a read leaves unfinished is copied. Blank lines are passed over.
class FrameReader
{
public:
    // budget outlives the reader.
    FrameReader(std::size_t maxLineBytes, ByteBudget &budget);
    ~FrameReader();
    FrameReader(const FrameReader &) = delete;
    FrameReader &operator=(const FrameReader &) = delete;

    // How many of so many bytes may be fed, so that there is memory to park them: less than that
    // while lines of others hold all there is.
    [[nodiscard]] std::size_t mostToFeed(std::size_t bytes) const;
    // Lends bytes until next() has said Incomplete or park() was called. Only when isDrained().
    void feed(std::string_view bytes);
    // The next line; its text lives until the next call of any member.
    [[nodiscard]] Frame next();
    // After the stream has ended: the last line, when its newline is missing.
    [[nodiscard]] Frame finish();

    // Copies what next() has not given out yet, so that the lender may have its bytes back.
    void park();
    [[nodiscard]] bool isDrained() const { return m_input.empty(); }
    // Whether the beginning of a line waits for its end.
    [[nodiscard]] bool hasUnfinishedLine() const
    {
        return isSkipping() || (!m_unfinished.empty() && !m_unfinishedWasGiven);
    }

private:
    enum class Skip { No, TooLong, OverBudget };

    [[nodiscard]] bool isSkipping() const { return m_skip != Skip::No; }
    void keepUnfinished(std::string_view part);
    [[nodiscard]] bool reserve(std::size_t bytes);
    void forgetUnfinished();
    void forgetParked();
    [[nodiscard]] Frame endSkip();

    const std::size_t m_maxLineBytes;
    ByteBudget &m_budget;
    std::size_t m_budgetTaken = 0; // for m_unfinished
    std::string_view m_input; // lent or m_parked, not looked at yet
    std::string m_parked;
    std::size_t m_parkedTaken = 0; // of the budget
    std::string m_unfinished; // a line whose newline has not come yet
    bool m_unfinishedWasGiven = false;
    Skip m_skip = Skip::No;
};

} // namespace Weave
