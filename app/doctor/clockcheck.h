#pragma once

#include "app/doctor/finding.h"

#include <QByteArray>
#include <QDateTime>

#include <optional>

namespace Weave {

// The time in a Date header (RFC 9110, 5.6.7, the form that servers write); nothing when it is
// none.
[[nodiscard]] std::optional<QDateTime> parseHttpDate(const QByteArray &text);

// This machine's clock against the server's, whose Date header was read at answeredAt. Nothing when
// the server told no time. TLS depends on the clock, and so does where calls stand in a trace.
[[nodiscard]] Findings judgeClock(const QByteArray &date, const QDateTime &answeredAt);

} // namespace Weave
