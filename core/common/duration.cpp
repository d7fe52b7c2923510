#include "common/duration.h"

#include "common/textnumber.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

namespace Weave {

namespace {

struct Unit
{
    std::string_view name;
    double milliseconds;
};

// "ms" before "m": the longest name wins.
constexpr std::array<Unit, 5> Units{{
    {"ms", 1.0},
    {"us", 0.001},
    {"h", 3'600'000.0},
    {"m", 60'000.0},
    {"s", 1'000.0},
}};

// A hundred years; anything above is a typing error and would overflow later sums.
constexpr double MaxMilliseconds = 100.0 * 365 * 24 * 3'600'000.0;

// Takes "12", "1.5" or ".5" off the front; false when there is none.
bool takeNumber(std::string_view &text, double &number)
{
    const std::size_t length = std::min(text.find_first_not_of("0123456789."), text.size());
    const auto parsed = parseDecimal(text.substr(0, length));
    if (!parsed)
        return false;
    number = *parsed;
    text.remove_prefix(length);
    return true;
}

const Unit *takeUnit(std::string_view &text)
{
    for (const Unit &unit : Units) {
        if (text.starts_with(unit.name)) {
            text.remove_prefix(unit.name.size());
            return &unit;
        }
    }
    return nullptr;
}

} // namespace

Result<Milliseconds> parseDuration(std::string_view text)
{
    const Error malformed{ErrorCode::InvalidArgument,
                          "not a duration such as 500ms, 1s, 1m30s or 1.5h"};
    if (text == "0")
        return Milliseconds(0);
    if (text.empty())
        return malformed;
    double total = 0;
    while (!text.empty()) {
        double number = 0;
        if (!takeNumber(text, number))
            return malformed;
        const Unit *unit = takeUnit(text);
        if (!unit)
            return malformed;
        total += number * unit->milliseconds;
    }
    if (total > MaxMilliseconds)
        return Error{ErrorCode::TooLarge, "the duration is too long"};
    // A hair above a whole number is what adding up decimal fractions leaves, not a millisecond.
    constexpr double Hair = 1e-6;
    return Milliseconds(static_cast<std::int64_t>(std::ceil(total - Hair)));
}

std::string formatDuration(Milliseconds duration)
{
    std::int64_t rest = duration.count();
    if (rest == 0)
        return "0s";
    std::string text;
    const auto take = [&](std::int64_t size, const char *name) {
        if (rest >= size) {
            text += std::to_string(rest / size) + name;
            rest %= size;
        }
    };
    take(3'600'000, "h");
    take(60'000, "m");
    take(1'000, "s");
    take(1, "ms");
    return text;
}

} // namespace Weave
