#include "widgets/units.h"

#include <QCoreApplication>

#include <array>
#include <cmath>

namespace Weave {

namespace {

constexpr double Minute = 60;
constexpr double Hour = 3600;
constexpr double Day = 86400;

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(Weave::Units)
};

// At most three digits that say something: 0.12, 3.4, 56, 789.
QString shortNumber(double value, const QLocale &locale)
{
    const double size = std::abs(value);
    const int digits = size == std::floor(size) || size >= 100 ? 0
        : size >= 10                                           ? 0
        : size >= 1                                            ? 1
                                                               : 2;
    return locale.toString(value, 'f', digits);
}

QString formatSeconds(double value, const QLocale &locale)
{
    if (value >= 1 || value == 0)
        return Words::tr("%1 s").arg(shortNumber(value, locale));
    if (value >= 1e-3)
        return Words::tr("%1 ms").arg(shortNumber(value * 1e3, locale));
    return Words::tr("%1 µs").arg(shortNumber(value * 1e6, locale));
}

} // namespace

QString formatValue(double value, Unit unit, const QLocale &locale)
{
    switch (unit) {
    case Unit::Count:
        return shortNumber(value, locale);
    case Unit::PerSecond:
        return Words::tr("%1/s").arg(shortNumber(value, locale));
    case Unit::Bytes:
        return locale.formattedDataSize(std::llround(value), value < 1024 ? 0 : 1,
                                        QLocale::DataSizeIecFormat);
    case Unit::Seconds:
        return formatSeconds(value, locale);
    }
    return {};
}

QString formatAge(double seconds)
{
    const QLocale locale;
    const auto whole = [&locale](double value) {
        return locale.toString(static_cast<qlonglong>(value));
    };
    if (seconds < Minute)
        return Words::tr("%1 s").arg(whole(seconds));
    if (seconds < Hour)
        return Words::tr("%1 min").arg(whole(seconds / Minute));
    if (seconds < Day)
        return Words::tr("%1 h %2 min")
            .arg(whole(seconds / Hour), whole(std::fmod(seconds, Hour) / Minute));
    return Words::tr("%1 d %2 h").arg(whole(seconds / Day), whole(std::fmod(seconds, Day) / Hour));
}

double roundedUp(double value, Unit unit)
{
    if (!(value > 0))
        return unit == Unit::Bytes ? 1024 : 1;
    if (unit == Unit::Bytes)
        return std::exp2(std::ceil(std::log2(std::max(value, 1024.0))));
    const double power = std::pow(10.0, std::floor(std::log10(value)));
    constexpr std::array<double, 6> Steps{1, 2, 4, 6, 8, 10};
    for (const double step : Steps) {
        if (value <= step * power * (1 + 1e-9)) {
            const double top = step * power;
            return unit == Unit::Count ? std::max(top, 4.0) : top;
        }
    }
    return 10 * power;
}

} // namespace Weave
