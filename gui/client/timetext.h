#pragma once

#include <QString>

namespace Weave {

// When something was, ms since 1970: of today the time in this format, of another day the date,
// which takes as little room. A window may stay open for weeks.
[[nodiscard]] QString timeText(qint64 time, const QString &format);
// The same in full.
[[nodiscard]] QString fullTimeText(qint64 time);

} // namespace Weave
