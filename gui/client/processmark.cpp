#include "client/processmark.h"

#include <QFile>

#include <cerrno>
#include <csignal>
#include <sys/types.h>
#include <utility>

namespace Weave {

namespace {

// In /proc/PID/stat (proc(5)), behind "pid (name)".
constexpr qsizetype State = 0;
constexpr qsizetype StartTime = 19;

} // namespace

ProcessMark::ProcessMark(qint64 pid, QString processes)
    : m_pid(pid),
      m_processes(std::move(processes)),
      m_startTime(stat().value(StartTime))
{
}

bool ProcessMark::isRunning() const
{
    if (m_pid <= 0 || (::kill(static_cast<pid_t>(m_pid), 0) != 0 && errno != EPERM))
        return false;
    const QList<QByteArray> now = stat();
    // A detached process is nobody's child, so it cannot be waited for. Where its new parent is
    // slow to do that, it has ended and still has its pid.
    return now.value(State) != "Z" && now.value(StartTime) == m_startTime;
}

// The name may have any bytes.
QList<QByteArray> ProcessMark::stat() const
{
    QFile file(m_processes + QStringLiteral("/%1/stat").arg(m_pid));
    if (!file.open(QIODevice::ReadOnly))
        return {};
    const QByteArray line = file.readAll();
    return line.mid(line.lastIndexOf(')') + 1).trimmed().split(' ');
}

} // namespace Weave
