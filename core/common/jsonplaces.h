#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace Weave {

// Finds the places in a JSON text where something begins: brackets, commas, colons, the opening
// quote of each string, and the first byte of everything else that stands outside of strings. It
// looks at 64 bytes at a time and keeps a bit for each, so that what lies between the places costs
// next to nothing, and lists the places of some hundred bytes at once: whoever goes through a list
// makes the processor guess once, at its end, and not once a block.
//
// It checks what is inside of strings (escapes, control characters, UTF-8), and no grammar.
class JsonPlaces
{
public:
    // What stands behind the last place of the list, as often as Lookahead says: a zero byte that
    // lies outside of the text.
    static const char *sentinel() { return &Sentinel; }
    static constexpr std::size_t Lookahead = 4;
    static constexpr std::size_t BlockBytes = 64;
    // As many are listed at once at most.
    static constexpr std::size_t MaxPlaces = 448;

    explicit JsonPlaces(std::string_view text);
    JsonPlaces(const JsonPlaces &) = delete;
    JsonPlaces &operator=(const JsonPlaces &) = delete;

    [[nodiscard]] const char *const *first() const { return m_first; }
    [[nodiscard]] const char *const *last() const { return m_last; } // the first sentinel
    // Forgets what is listed before `first`, up to last(), and lists more. False when no more is to
    // come, because the text ends or because of an error.
    bool refill(const char *const *first);
    // Nothing is to come behind last().
    [[nodiscard]] bool isComplete() const { return m_block == m_end || m_errorText; }
    // Puts another place where `at` is in the list.
    void replace(const char *const *at, const char *place)
    {
        m_list[indexOf(at)] = place;
        m_bytes[indexOf(at)] = *place;
    }

    // Whether the processor has the instructions to list the bytes at the places as well.
    [[nodiscard]] bool hasBytes() const { return m_hasBytes; }
    // Those from `at` on, as many as there are places; one more in front of them and
    // BlockBytes + 2 behind them can be read.
    [[nodiscard]] const char *bytesAt(const char *const *at) const
    {
        return m_bytes.data() + indexOf(at);
    }

    // What is wrong inside of a string that begins at the last place, and where. Null when the
    // places end with the text.
    [[nodiscard]] const char *errorText() const { return m_errorText; }
    [[nodiscard]] const char *errorPlace() const { return m_errorPlace; }

private:
    struct Padded;
    struct Pass;

    // Full with so many; one block more fits behind them.
    static constexpr std::size_t Full = MaxPlaces - BlockBytes;
    static constexpr std::size_t Size = Full + BlockBytes + Lookahead;
    static constexpr char Sentinel = '\0';

    void fillAny();
    void fillAvx2();
    void fillAvx512();
    void checkInside(std::uint64_t escapeStarts, std::uint64_t special);
    [[nodiscard]] std::uint64_t beforeError(std::uint64_t places) const;
    void checkEscapes(std::uint64_t starts);
    void checkSpecial(std::uint64_t special);
    void fail(const char *text, const char *place, const char *from);
    [[nodiscard]] std::size_t indexOf(const char *const *at) const
    {
        return static_cast<std::size_t>(at - m_list.data());
    }

    // Without values at first: setting them would cost more than a short text does. In front of
    // the list is the place before its first.
    std::array<const char *, 1 + Size> m_list;
    std::array<char, 1 + MaxPlaces + BlockBytes + 2> m_bytes; // in the same order, when it has them
    bool m_hasBytes = false;
    const char *const m_begin;
    const char *m_block; // the next one; while it is looked at, that one
    const char *const m_end;
    const char *const *m_first;
    const char **m_last;
    // What one block leaves to the next.
    std::uint64_t m_escapeCarry = 0; // 1: its first byte is escaped
    std::uint64_t m_insideCarry = 0; // all ones: it begins inside of a string
    std::uint64_t m_otherCarry = 0; // 1: its first byte goes on with a number or the like
    const char *m_utf8End; // up to where characters beyond ASCII have been checked
    const char *m_errorText = nullptr;
    const char *m_errorPlace = nullptr;
    const char *m_errorFrom = nullptr; // nothing from here on is listed
};

} // namespace Weave
