#include "forwarding/retryafter.h"

#include "common/textnumber.h"

#include <algorithm>
#include <array>

namespace Weave {

namespace {

using namespace std::chrono;

constexpr std::array<std::string_view, 12> Months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

constexpr std::array<std::string_view, 7> Days{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};

// A header may ask for centuries; a larger number means the same to every caller.
constexpr std::uint64_t MaxSeconds = 366ULL * 24 * 3600;

std::optional<unsigned> number(std::string_view text)
{
    const auto parsed = parseUnsigned(text);
    if (!parsed || *parsed > 9999)
        return std::nullopt;
    return static_cast<unsigned>(*parsed);
}

// "Sun, 06 Nov 1994 08:49:37 GMT", the only form that RFC 9110 lets a server send.
// In seconds: the system clock's own nanoseconds end in the year 2262.
std::optional<sys_seconds> parseHttpDate(std::string_view text)
{
    constexpr std::string_view Shape = "???, ?? ??? ???? ??:??:?? GMT";
    const bool hasShape = text.size() == Shape.size()
        && std::equal(Shape.begin(), Shape.end(), text.begin(),
                      [](char wanted, char given) { return wanted == '?' || wanted == given; });
    if (!hasShape || std::find(Days.begin(), Days.end(), text.substr(0, 3)) == Days.end())
        return std::nullopt;
    const auto monthPlace = std::find(Months.begin(), Months.end(), text.substr(8, 3));
    const auto d = number(text.substr(5, 2));
    const auto y = number(text.substr(12, 4));
    const auto hour = number(text.substr(17, 2));
    const auto minute = number(text.substr(20, 2));
    const auto second = number(text.substr(23, 2));
    if (monthPlace == Months.end() || !d || !y || !hour || !minute || !second || *hour > 23
        || *minute > 59 || *second > 60) // 60: a leap second
        return std::nullopt;
    const auto m = static_cast<unsigned>(monthPlace - Months.begin()) + 1U;
    const year_month_day date{year(static_cast<int>(*y)), month(m), day(*d)};
    if (!date.ok())
        return std::nullopt;
    return sys_days(date) + hours(*hour) + minutes(*minute) + seconds(*second);
}

} // namespace

std::optional<Milliseconds> parseRetryAfter(std::string_view value, system_clock::time_point now)
{
    while (value.starts_with(' '))
        value.remove_prefix(1);
    while (value.ends_with(' '))
        value.remove_suffix(1);
    if (!value.empty() && value.find_first_not_of("0123456789") == std::string_view::npos) {
        const auto asked = parseUnsigned(value);
        return seconds(asked ? std::min(*asked, MaxSeconds) : MaxSeconds);
    }
    const auto date = parseHttpDate(value);
    if (!date)
        return std::nullopt;
    return std::max(Milliseconds(0),
                    ceil<milliseconds>(time_point_cast<milliseconds>(*date)
                                       - time_point_cast<milliseconds>(now)));
}

} // namespace Weave
