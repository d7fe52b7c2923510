#include "client/diagnostics.h"

#include "common/logging.h"
#include "common/version.h"

#include <QDir>
#include <QRegularExpression>
#include <QSysInfo>

namespace Weave {

QString redacted(QString text)
{
    static const QRegularExpression userInfo(QStringLiteral("://[^/@\\s]*@"));
    static const QRegularExpression query(QStringLiteral("(https?://[^\\s?]*)\\?\\S*"));
    // Keys of W&B have 40 characters or more; project names and ids of calls have dashes.
    static const QRegularExpression key(QStringLiteral("\\b[A-Za-z0-9_]{36,}\\b"));
    static const QRegularExpression bearer(
        QStringLiteral("\\b(Bearer|Basic|api[-_ ]?key[:=]?)\\s+\\S+"),
        QRegularExpression::CaseInsensitiveOption);
    text.replace(userInfo, QStringLiteral("://…@"));
    text.replace(query, QStringLiteral("\\1?…"));
    text.replace(bearer, QStringLiteral("\\1 …"));
    text.replace(key, QStringLiteral("…"));
    if (const QString home = QDir::homePath(); home.size() > 1)
        text.replace(home, QStringLiteral("~"));
    return text;
}

QString diagnosticsText(const std::optional<Snapshot> &snapshot, const QString &absence,
                        const ProblemModel &problems)
{
    QStringList lines;
    const auto add = [&lines](const char *name, const QString &value) {
        lines << QLatin1String(name) + QLatin1String(": ") + value;
    };
    add("weave-sidecar-tray", toQString(version()));
    add("system",
        QSysInfo::prettyProductName() + QLatin1Char(' ') + QSysInfo::currentCpuArchitecture());
    add("qt", QString::fromLatin1(qVersion()));
    if (snapshot) {
        add("weave-sidecar", snapshot->version);
        add("uptime", QStringLiteral("%1 s").arg(snapshot->uptimeSeconds, 0, 'f', 0));
        add("socket", snapshot->socket);
        add("config files", snapshot->configFiles.join(QStringLiteral(", ")));
        add("backend", snapshot->backend);
        add("last error", snapshot->lastError);
        add("received", QString::number(snapshot->received));
        add("recovered", QString::number(snapshot->recovered));
        add("delivered", QString::number(snapshot->delivered));
        add("pending",
            QStringLiteral("%1, %2 bytes").arg(snapshot->pending).arg(snapshot->pendingBytes));
        add("dead-lettered", QString::number(snapshot->deadLettered));
        add("refused", QString::number(snapshot->refusedCalls()));
        add("spool",
            QStringLiteral("%1 %2, %3 of %4 bytes, %5 quarantined")
                .arg(snapshot->spoolKind, snapshot->spoolDirectory)
                .arg(snapshot->spoolUsedBytes)
                .arg(snapshot->spoolMaxBytes)
                .arg(snapshot->spoolQuarantined));
        add("connections", QString::number(snapshot->connections));
    } else {
        add("weave-sidecar", absence);
    }
    for (const ProblemModel::Problem &problem : problems.problems())
        add("problem",
            QStringLiteral("%1 x%2 %3 %4")
                .arg(problem.cause)
                .arg(problem.count)
                .arg(problem.title, problem.detail));
    return redacted(lines.join(QLatin1Char('\n')) + QLatin1Char('\n'));
}

} // namespace Weave
