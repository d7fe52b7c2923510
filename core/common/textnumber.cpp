#include "common/textnumber.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace Weave {

Result<std::uint64_t> parseUnsigned(std::string_view text, int base)
{
    std::uint64_t value = 0;
    const char *end = text.data() + text.size();
    const auto [rest, status] = std::from_chars(text.data(), end, value, base);
    if (status == std::errc::result_out_of_range)
        return Error{ErrorCode::TooLarge, "the number is too large"};
    if (status != std::errc() || rest != end)
        return Error{ErrorCode::InvalidArgument, "not a whole number"};
    return value;
}

Result<double> parseDecimal(std::string_view text)
{
    const Error malformed{ErrorCode::InvalidArgument, "not a number"};
    constexpr std::size_t MaxLength = 30;
    if (text.size() > MaxLength)
        return malformed;
    // One division at the end: adding up tenths and hundredths would add up their errors, too.
    double digits = 0;
    double scale = 1;
    bool hasDigit = false;
    bool hasPoint = false;
    for (const char c : text) {
        if (c == '.' && !hasPoint) {
            hasPoint = true;
            continue;
        }
        if (c < '0' || c > '9')
            return malformed;
        hasDigit = true;
        digits = digits * 10 + (c - '0');
        if (hasPoint)
            scale *= 10;
    }
    if (!hasDigit)
        return malformed;
    return digits / scale;
}

std::string countOf(std::uint64_t count, std::string_view noun)
{
    std::string text = std::to_string(count) + " ";
    text += noun;
    return count == 1 ? text : text + "s";
}

std::string formatGrouped(std::uint64_t value)
{
    std::string text = std::to_string(value);
    for (std::size_t place = text.size(); place > 3;) {
        place -= 3;
        text.insert(place, 1, ',');
    }
    return text;
}

std::string formatDecimal(double value, int digits)
{
    std::int64_t unit = 1;
    for (int i = 0; i < digits; ++i)
        unit *= 10;
    const auto scaled = static_cast<std::int64_t>(std::llround(std::abs(value) * double(unit)));
    std::string fraction = std::to_string(scaled % unit);
    fraction.insert(
        0, static_cast<std::size_t>(digits) - std::min(fraction.size(), std::size_t(digits)), '0');
    std::string text = (value < 0 && scaled != 0 ? "-" : "") + std::to_string(scaled / unit);
    return digits == 0 ? text : text + "." + fraction;
}

} // namespace Weave
