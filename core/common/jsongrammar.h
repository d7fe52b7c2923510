#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace Weave {

// RFC 8259 as a table, for the inside of objects and arrays: what a place means behind the two
// places before it. Two are enough: whether a string is a key shows in what is before it. A table
// of states would be smaller, but there each look-up waits for the one before it; these do not, and
// the processor makes several at once.
//
// A string is one place here: its opening quote.
class JsonGrammar
{
public:
    enum class Verdict : std::uint8_t { Good, PushObject, PushArray, Pop, Scalar, Key, Fail };
    enum class Container : std::uint8_t {
        Array,
        Object,
        WatchedObject, // tells of its keys: Verdict::Key at the colon, and not Good
    };

    // Behind the bracket that opens a container.
    void enter(Container container)
    {
        m_container = container;
        m_trail = container == Container::Array ? OpenArray : OpenObject;
    }
    // Behind the bracket that closes one: in the container around it.
    void leaveTo(Container container) { m_container = container; }

    // What the byte at the next place means.
    [[nodiscard]] Verdict next(char place)
    {
        m_trail = m_trail << ColumnBits | Columns[static_cast<unsigned char>(place)];
        return Verdicts[static_cast<std::size_t>(m_container)][m_trail & TrailMask];
    }
    // As if next() had not been called the last time.
    void undo() { m_trail >>= ColumnBits; }

    // What should have come instead of a place that failed.
    [[nodiscard]] const char *expectation() const
    {
        const unsigned last = m_trail >> ColumnBits & ColumnMask;
        if (endsValue(isObject(), m_trail >> 2 * ColumnBits & ColumnMask, last))
            return behindValue();
        if (last == String)
            return "expected ':' after a key";
        return isObject() && last != Colon ? "expected a string in double quotes"
                                           : "expected a value";
    }
    // What should have come behind a value.
    [[nodiscard]] const char *behindValue() const
    {
        return isObject() ? "expected ',' or '}' after an object member"
                          : "expected ',' or ']' after an array element";
    }

private:
    enum Column : std::uint8_t {
        Scalar,
        OpenObject,
        CloseObject,
        OpenArray,
        CloseArray,
        Colon,
        Comma,
        String,
    };
    static constexpr unsigned ColumnBits = 3;
    static constexpr unsigned ColumnMask = (1U << ColumnBits) - 1;
    static constexpr unsigned TrailMask = (1U << 3 * ColumnBits) - 1;
    using Table = std::array<Verdict, TrailMask + 1>;

    static constexpr bool endsValue(bool isObject, unsigned beforeLast, unsigned last)
    {
        return last == Scalar || last == CloseObject || last == CloseArray
            || (last == String && (!isObject || beforeLast == Colon));
    }

    static constexpr Verdict verdict(bool isObject, unsigned beforeLast, unsigned last,
                                     unsigned place)
    {
        const unsigned opening = isObject ? OpenObject : OpenArray;
        const unsigned closing = isObject ? CloseObject : CloseArray;
        if (endsValue(isObject, beforeLast, last)) {
            if (place == closing)
                return Verdict::Pop;
            return place == Comma ? Verdict::Good : Verdict::Fail;
        }
        if (last == String) // a key
            return place == Colon ? Verdict::Good : Verdict::Fail;
        if (last == opening && place == closing)
            return Verdict::Pop;
        if (place == String)
            return Verdict::Good;
        if (isObject && last != Colon)
            return Verdict::Fail;
        return place == Scalar    ? Verdict::Scalar
            : place == OpenObject ? Verdict::PushObject
            : place == OpenArray  ? Verdict::PushArray
                                  : Verdict::Fail;
    }

    [[nodiscard]] bool isObject() const { return m_container != Container::Array; }

    struct Tables;
    static const std::array<std::uint8_t, 256> Columns;
    static const std::array<Table, 3> Verdicts; // by Container

    Container m_container = Container::Array;
    std::uint32_t m_trail = 0; // the columns of the last places, the last one lowest
};

} // namespace Weave
