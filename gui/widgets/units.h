#pragma once

#include <QLocale>
#include <QString>

namespace Weave {

// What a number on screen counts.
enum class Unit {
    Count,
    PerSecond,
    Bytes,
    Seconds,
};

// 1,234 | 3.4/s | 1.2 MiB | 12 ms, in the language of the locale.
[[nodiscard]] QString formatValue(double value, Unit unit, const QLocale &locale = QLocale());

// A duration for people: 12 s, 3 min, 2 h 5 min, 4 d.
[[nodiscard]] QString formatAge(double seconds);

// The smallest round number that is not below value: where an axis ends. In bytes a power of two.
[[nodiscard]] double roundedUp(double value, Unit unit);

} // namespace Weave
