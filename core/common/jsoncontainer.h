#pragma once

#include "common/jsonplaces.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace Weave {

// The grammar of RFC 8259 for one object or array, 64 places at once. It works on the bytes at the
// places (JsonPlaces::bytesAt) and is in no doubt about what is well-formed; about everything else
// it says nothing, and JsonCursor looks place by place. The check of a chat's line of 1 KiB, with
// some 130 places, took 0.28 µs with it and 0.37 without.
//
// Needs the instructions that JsonPlaces::hasBytes() is about.
class JsonContainer
{
public:
    static constexpr std::size_t GroupPlaces = 64;

    // At most JsonPlaces::MaxPlaces bytes; the first is the opening bracket. One more byte in front
    // of them and GroupPlaces + 2 behind them can be read, and mean nothing. True when the closing
    // bracket is among them, nothing is nested deeper than maxDepth and all up to there is
    // well-formed, but for what its scalars are.
    [[nodiscard]] bool check(const char *bytes, std::size_t count, std::size_t maxDepth);

    // After check(): up to and with the closing bracket.
    [[nodiscard]] std::size_t places() const { return m_places; }
    // A bit for each place that begins a number or a literal, and for each key of the object itself
    // (not of those in it); a word for each group of places.
    [[nodiscard]] std::span<const std::uint64_t> scalars() const { return wordsOf(m_scalars); }
    [[nodiscard]] std::span<const std::uint64_t> keys() const { return wordsOf(m_keys); }

private:
    static constexpr std::size_t Groups = JsonPlaces::MaxPlaces / GroupPlaces;
    using Words = std::array<std::uint64_t, Groups>;

    struct Group;

    [[nodiscard]] std::span<const std::uint64_t> wordsOf(const Words &words) const
    {
        return {words.data(), (m_places + GroupPlaces - 1) / GroupPlaces};
    }

    // Without values at first: setting them would cost as much as a small object does.
    Words m_scalars;
    Words m_keys;
    std::size_t m_places = 0;
};

} // namespace Weave
