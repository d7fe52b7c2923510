#include "client/daemonlog.h"

#include <QFile>
#include <QFileInfo>

namespace Weave {

namespace {

// "weave-sidecar.service" of "0::/user.slice/…/user@1000.service/app.slice/weave-sidecar.service".
// What a login or a terminal has started lies in a scope instead.
DaemonLog unitOf(const QString &folder)
{
    QFile file(folder + QStringLiteral("/cgroup"));
    if (!file.open(QIODevice::ReadOnly))
        return {};
    const QList<QByteArray> lines = file.readAll().split('\n');
    for (const QByteArray &line : lines) {
        const QString path = QString::fromUtf8(line.mid(line.lastIndexOf(':') + 1)).trimmed();
        const QString unit = path.section(u'/', -1);
        if (unit.endsWith(QLatin1String(".service")) && !unit.startsWith(QLatin1String("user@")))
            return {DaemonLog::Kind::Journal, unit, path.contains(QLatin1String("/user@"))};
    }
    return {};
}

} // namespace

DaemonLog DaemonLog::of(qint64 pid, const QString &processes)
{
    const QString folder = processes + u'/' + QString::number(pid);
    const QString target = QFile::symLinkTarget(folder + QStringLiteral("/fd/2"));
    if (target.startsWith(QLatin1String("/dev/pts/"))
        || target.startsWith(QLatin1String("/dev/tty")))
        return {Kind::Terminal, target, false};
    if (QFileInfo(target).isFile())
        return {Kind::File, target, false};
    return unitOf(folder);
}

QStringList DaemonLog::journalCommand() const
{
    QStringList command{QStringLiteral("journalctl")};
    if (isUserUnit)
        command << QStringLiteral("--user");
    return command << QStringLiteral("--unit") << place << QStringLiteral("--lines=2000")
                   << QStringLiteral("--no-pager");
}

} // namespace Weave
