#include "widgets/logopener.h"

#include "client/daemonlog.h"
#include "widgets/privatefolder.h"

#include <QDesktopServices>
#include <QFile>
#include <QFileInfo>
#include <QUrl>

#include <utility>

namespace Weave {

LogOpener::LogOpener(QString ownLog, QObject *parent)
    : QObject(parent),
      m_ownLog(std::move(ownLog))
{
}

LogOpener::~LogOpener()
{
    m_journal.disconnect(this);
}

void LogOpener::open(qint64 pid, const DaemonLog &log)
{
    switch (log.kind) {
    case DaemonLog::Kind::File:
        openFile(log.place);
        return;
    case DaemonLog::Kind::Journal:
        openJournal(log);
        return;
    case DaemonLog::Kind::Terminal:
        Q_EMIT failed(
            tr("The sidecar was started by hand and writes to the terminal %1.").arg(log.place));
        return;
    case DaemonLog::Kind::Unknown:
        break;
    }
    if (QFileInfo::exists(m_ownLog))
        openFile(m_ownLog); // what the last one has said, and maybe why it ended
    else
        Q_EMIT failed(pid > 0 ? tr("Where the sidecar writes its log cannot be found out. It runs "
                                   "as process %1.")
                                    .arg(pid)
                              : tr("No sidecar runs, and this program has not started one yet."));
}

void LogOpener::openFile(const QString &path)
{
    if (!QDesktopServices::openUrl(QUrl::fromLocalFile(path)))
        Q_EMIT failed(tr("No program opens it. It is the file %1.").arg(path));
}

void LogOpener::openJournal(const DaemonLog &log)
{
    if (m_journal.state() != QProcess::NotRunning)
        return;
    QStringList command = log.journalCommand();
    const QString typed = command.join(u' ');
    m_copy = privateFolder() + QStringLiteral("/weave-sidecar-journal.log");
    QFile::remove(m_copy);
    m_journal.setStandardOutputFile(m_copy);
    m_journal.disconnect(this);
    connect(&m_journal, &QProcess::finished, this, [this, typed] { handleJournal(typed); });
    connect(&m_journal, &QProcess::errorOccurred, this,
            [this, typed](QProcess::ProcessError error) {
                if (error == QProcess::FailedToStart)
                    handleJournal(typed);
            });
    const QString program = command.takeFirst();
    m_journal.start(program, command);
}

void LogOpener::handleJournal(const QString &command)
{
    const bool isGood = m_journal.error() != QProcess::FailedToStart
        && m_journal.exitStatus() == QProcess::NormalExit && m_journal.exitCode() == 0
        && QFileInfo(m_copy).size() > 0;
    if (isGood)
        openFile(m_copy);
    else
        Q_EMIT failed(tr("The sidecar writes to systemd's journal. In a terminal, see it by: %1")
                          .arg(command));
}

} // namespace Weave
