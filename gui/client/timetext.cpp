#include "client/timetext.h"

#include <QDateTime>
#include <QLocale>

namespace Weave {

QString timeText(qint64 time, const QString &format)
{
    const QLocale locale;
    const QDateTime moment = QDateTime::fromMSecsSinceEpoch(time);
    return moment.date() == QDate::currentDate()
        ? locale.toString(moment.time(), format)
        : locale.toString(moment.date(), QLocale::ShortFormat);
}

QString fullTimeText(qint64 time)
{
    const QLocale locale;
    const QDateTime moment = QDateTime::fromMSecsSinceEpoch(time);
    return locale.toString(moment.date(), QLocale::ShortFormat) + u' '
        + locale.toString(moment.time(), QStringLiteral("HH:mm:ss"));
}

} // namespace Weave
