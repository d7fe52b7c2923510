#pragma once

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
    explicit DaemonLauncher(QString logFile, QObject *parent = nullptr);

    // weave-sidecar beside this program, or in PATH; empty when there is none.
    [[nodiscard]] static QString findProgram();

    // The key is handed over in the environment. Answers with failed() at once when there is
    // nothing to start, or when it has ended within a second.
    void start(const QStringList &arguments, const QString &apiKey);
    // Ends the daemon that this object started, by SIGTERM, and starts another when it has gone.
    // Calls that have not been delivered are in its spool.
    void restart(const QStringList &arguments, const QString &apiKey);
    void stop();

    // Whether the daemon with that pid is the one that this object has started.
    [[nodiscard]] bool owns(qint64 pid) const { return m_pid > 0 && pid == m_pid; }
    [[nodiscard]] bool isRunning() const;
    [[nodiscard]] QString logFile() const { return m_logFile; }

Q_SIGNALS:
    // text: what the daemon said last.
    void failed(const QString &text);

private:
    void checkAlive();
    void startAgain();
    [[nodiscard]] QString lastLogLine() const;

    const QString m_logFile;
    QString m_program;
    qint64 m_pid = 0;
    QTimer m_check; // soon after the start
    QTimer m_gone; // until the old one has ended
    QStringList m_nextArguments;
    QString m_nextKey;
};

} // namespace Weave
