#include "common/bytesize.h"

#include "common/textnumber.h"

#include <array>
#include <cmath>

namespace Weave {

namespace {

struct Unit
{
    std::string_view name;
    double bytes;
};

constexpr double Kibi = KiB;

constexpr std::array<Unit, 10> Units{{
    {"KiB", Kibi},
    {"MiB", Kibi *Kibi},
    {"GiB", Kibi *Kibi *Kibi},
    {"TiB", Kibi *Kibi *Kibi *Kibi},
    {"kB", 1e3},
    {"KB", 1e3},
    {"MB", 1e6},
    {"GB", 1e9},
    {"TB", 1e12},
    {"B", 1},
}};

// What a decimal fraction may be short of the whole number that was meant.
constexpr double Hair = 1e-3;

constexpr double MaxBytes = 1e15; // a petabyte; far below where a double stops being exact

} // namespace

Result<std::uint64_t> parseByteSize(std::string_view text)
{
    const Error malformed{ErrorCode::InvalidArgument, "not a size such as 10485760, 10MB or 10MiB"};
    const std::size_t numberLength = text.find_first_not_of("0123456789.");
    const std::string_view number = text.substr(0, numberLength);
    if (numberLength == std::string_view::npos) {
        const auto bytes = parseUnsigned(text);
        return bytes && *bytes <= static_cast<std::uint64_t>(MaxBytes) ? bytes : malformed;
    }
    const auto value = parseDecimal(number);
    if (!value)
        return malformed;
    std::string_view unitName = text.substr(numberLength);
    if (unitName.starts_with(' '))
        unitName.remove_prefix(1);
    for (const Unit &unit : Units) {
        if (unitName != unit.name)
            continue;
        const double bytes = std::floor(*value * unit.bytes + Hair);
        if (bytes > MaxBytes)
            return Error{ErrorCode::TooLarge, "the size is too large"};
        return static_cast<std::uint64_t>(bytes);
    }
    return malformed;
}

std::string formatByteSize(std::uint64_t bytes)
{
    constexpr std::array<const char *, 5> Names{"B", "KiB", "MiB", "GiB", "TiB"};
    double value = static_cast<double>(bytes);
    std::size_t unit = 0;
    constexpr double RoundsUp = 1023.95; // to 1024.0, which is one of the next unit
    while (value >= (unit == 0 ? Kibi : RoundsUp) && unit + 1 < Names.size()) {
        value /= Kibi;
        ++unit;
    }
    const double rounded = std::round(value * 10) / 10;
    const bool isWhole = unit == 0 || rounded == std::floor(rounded);
    return formatDecimal(value, isWhole ? 0 : 1) + " " + Names.at(unit);
}

} // namespace Weave
