#include "app/doctor/clockcheck.h"

#include "common/duration.h"

#include <QLocale>
#include <QTimeZone>

#include <cmath>

namespace Weave {

namespace {

constexpr qint64 NoteSeconds = 60;
constexpr qint64 TrustSeconds = 300;

} // namespace

std::optional<QDateTime> parseHttpDate(const QByteArray &text)
{
    const QLocale english(QLocale::C);
    const QDateTime read = english.toDateTime(QString::fromLatin1(text).trimmed(),
                                              QStringLiteral("ddd, dd MMM yyyy hh:mm:ss 'GMT'"));
    if (!read.isValid())
        return std::nullopt;
    return QDateTime(read.date(), read.time(), QTimeZone::utc());
}

Findings judgeClock(const QByteArray &date, const QDateTime &answeredAt)
{
    constexpr const char *Check = "clock";
    constexpr const char *Set = "set the clock, and keep it so: timedatectl set-ntp true";
    const auto server = parseHttpDate(date);
    if (!server)
        return {};
    const qint64 ahead = server->secsTo(answeredAt);
    const qint64 seconds = std::abs(ahead);
    if (seconds <= NoteSeconds)
        return {ok(Check, "this machine's clock agrees with the backend's")};
    const std::string text = "this machine's clock is "
        + formatDuration(std::chrono::seconds(seconds)) + (ahead > 0 ? " ahead of" : " behind")
        + " the backend's";
    if (seconds <= TrustSeconds)
        return {warning("clock", text + "; calls stand at the wrong time in their traces", Set)};
    return {problem("clock",
                    text + "; calls stand at the wrong time, and certificates seem expired", Set)};
}

} // namespace Weave
