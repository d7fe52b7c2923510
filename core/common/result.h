#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace Weave {

// What kind of thing went wrong; stable, so that callers can branch on it. The sentence beside it
// is for people: it says what happened, to what, and what to do.
enum class ErrorCode {
    InvalidArgument, // a flag, a file or a field holds a value that is not allowed
    Malformed, // bytes that are not what their format promises
    TooLarge, // over a limit that is named in the message
    Full, // no room now; the same call may succeed later
    InUse, // somebody else holds it
    NotFound,
    Io, // the operating system said no; the message has its words
    Unavailable, // the peer does not answer
};

struct Error
{
    ErrorCode code;
    std::string message;

    [[nodiscard]] Error withPrefix(std::string_view prefix) const
    {
        std::string text(prefix);
        text += message;
        return {code, std::move(text)};
    }
};

// A value or the reason why there is none. Errors travel as values through every layer; no
// exception crosses one.
template <class T>
class [[nodiscard]] Result
{
public:
    Result(T value)
        : m_state(std::in_place_index<0>, std::move(value))
    {
    }
    // A value to be filled where it stays.
    explicit Result(std::in_place_t)
        : m_state(std::in_place_index<0>)
    {
    }
    Result(Error error)
        : m_state(std::in_place_index<1>, std::move(error))
    {
    }

    [[nodiscard]] bool ok() const { return m_state.index() == 0; }
    explicit operator bool() const { return ok(); }

    // Only when ok().
    [[nodiscard]] T &value() { return *std::get_if<0>(&m_state); }
    [[nodiscard]] const T &value() const { return *std::get_if<0>(&m_state); }
    T &operator*() { return value(); }
    const T &operator*() const { return value(); }
    T *operator->() { return &value(); }
    const T *operator->() const { return &value(); }

    // Only when not ok().
    [[nodiscard]] const Error &error() const { return *std::get_if<1>(&m_state); }

private:
    std::variant<T, Error> m_state;
};

template <>
class [[nodiscard]] Result<void>
{
public:
    Result() = default;
    Result(Error error)
        : m_error(std::in_place_index<1>, std::move(error))
    {
    }

    [[nodiscard]] bool ok() const { return m_error.index() == 0; }
    explicit operator bool() const { return ok(); }
    [[nodiscard]] const Error &error() const { return *std::get_if<1>(&m_error); }

private:
    std::variant<std::monostate, Error> m_error;
};

} // namespace Weave
