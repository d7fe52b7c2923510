#pragma once

#include <QObject>
#include <QProcess>
#include <QString>

namespace Weave {

struct DaemonLog;

// Shows a daemon's log with the program that the desktop has for texts, wherever it is written: to
// a file, or to systemd's journal, whose end is copied into one.
class LogOpener final : public QObject
{
    Q_OBJECT

public:
    // ownLog: the log of daemons that this program has started.
    explicit LogOpener(QString ownLog, QObject *parent = nullptr);
    ~LogOpener() override;

    // pid: of the daemon that answers, 0 when none does; log: where it writes.
    void open(qint64 pid, const DaemonLog &log);

Q_SIGNALS:
    // There is nothing to open, or nothing that opens it; where the log is to be found instead.
    void failed(const QString &text);

private:
    void openFile(const QString &path);
    void openJournal(const DaemonLog &log);
    void handleJournal(const QString &command);

    const QString m_ownLog;
    QString m_copy; // of the journal's end
    QProcess m_journal;
};

} // namespace Weave
