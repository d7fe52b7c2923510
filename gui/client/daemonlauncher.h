#pragma once

#include "client/processmark.h"

#include <QObject>
#include <QProcessEnvironment>
#include <QString>
#include <QStringList>
#include <QTimer>

namespace Weave {

// Starts a daemon that goes on when this program ends, and stops the one it has started. What it
// writes goes to a log file.
class DaemonLauncher final : public QObject
{
    Q_OBJECT

public:
    struct Start
    {
        QStringList arguments;
        QString apiKey{}; // handed over in the environment; may be empty
        bool hidesKey = false; // the key of this program's own environment is not the daemon's
    };

    explicit DaemonLauncher(QString logFile, QObject *parent = nullptr);
    // Brings a restart() that is under way to its end, for which it may wait for some seconds.
    ~DaemonLauncher() override;

    // weave-sidecar beside this program, or in PATH; empty when there is none.
    [[nodiscard]] static QString findProgram();

    // Answers with failed() at once when there is nothing to start, or when it has ended within a
    // second. Waits, too, for the end of one that is being restarted; does nothing while one that
    // was started just now is on its way.
    void start(const Start &what);
    // Ends the daemon that is ours, by SIGTERM, and starts another when it has gone. Calls that
    // have not been delivered are in its spool.
    void restart(const Start &what);
    // Also in the middle of a restart: then none is started.
    void stop();

    // The daemon with this pid answers. Returns whether it is ours: this object has started it, or
    // one before it has, in an earlier run of this program; then it writes to our log.
    bool recognize(qint64 pid);
    [[nodiscard]] bool owns(qint64 pid) const { return pid > 0 && pid == m_daemon.pid(); }
    [[nodiscard]] bool isRunning() const { return m_daemon.isRunning(); }
    [[nodiscard]] QString logFile() const { return m_logFile; }

    // Makes a log of more than 8 MiB the older of two, of which the one before it goes. Happens at
    // each start, and once an hour while this object lives.
    void tidyLog();

Q_SIGNALS:
    // It listens in a moment, or failed() follows.
    void started();
    // text: what the daemon said last.
    void failed(const QString &text);

private:
    void checkAlive();
    void startAgain();
    [[nodiscard]] QString lastLogLine() const;

    const QString m_logFile;
    QString m_program;
    ProcessMark m_daemon; // the one that is ours
    qint64 m_logBegin = 0; // of what the daemon that was started last has said
    QTimer m_check; // soon after the start
    QTimer m_tidy;
    QTimer m_gone; // until the old one has ended
    Start m_next;
};

} // namespace Weave
