#pragma once

#include <QByteArray>
#include <QList>
#include <QString>

namespace Weave {

// Means one process, also when it has ended: a later one that has been given its pid is not taken
// for it, where the system tells when a process was started (Linux).
class ProcessMark
{
public:
    // No process.
    ProcessMark() = default;
    // The one that has this pid now. processes: the folder that the kernel describes them in.
    explicit ProcessMark(qint64 pid, QString processes = QStringLiteral("/proc"));

    [[nodiscard]] qint64 pid() const { return m_pid; } // 0: no process
    [[nodiscard]] bool isRunning() const;

private:
    [[nodiscard]] QList<QByteArray> stat() const;

    qint64 m_pid = 0;
    QString m_processes;
    QByteArray m_startTime; // in the kernel's own words; empty where it does not tell
};

} // namespace Weave
