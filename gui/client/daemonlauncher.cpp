#include "client/daemonlauncher.h"

#include "client/daemonlog.h"

#include <QCoreApplication>
#include <QDeadlineTimer>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QProcess>
#include <QStandardPaths>
#include <QThread>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <sys/types.h>
#include <utility>

namespace Weave {

namespace {

constexpr int CheckMs = 1000;
constexpr int PollMs = 100;
constexpr std::chrono::seconds LongestEnd{12}; // the daemon's own patience is 10 s
constexpr qint64 MaxLogBytes = qint64{8} * 1024 * 1024;

// A detached process is nobody's child, so it cannot be waited for. Where its new parent is slow to
// do that, it has ended and still has its pid.
bool isAlive(qint64 pid)
{
    if (::kill(static_cast<pid_t>(pid), 0) != 0 && errno != EPERM)
        return false;
    QFile state(QStringLiteral("/proc/%1/stat").arg(pid));
    if (!state.open(QIODevice::ReadOnly))
        return true;
    // "pid (name) state …"; the name may have any bytes.
    const QByteArray line = state.readAll();
    return line.mid(line.lastIndexOf(')') + 1).trimmed().left(1) != "Z";
}

} // namespace

DaemonLauncher::DaemonLauncher(QString logFile, QObject *parent)
    : QObject(parent),
      m_logFile(std::move(logFile))
{
    m_check.setSingleShot(true);
    m_check.setInterval(CheckMs);
    m_gone.setInterval(PollMs);
    connect(&m_check, &QTimer::timeout, this, &DaemonLauncher::checkAlive);
    connect(&m_gone, &QTimer::timeout, this, &DaemonLauncher::startAgain);
}

DaemonLauncher::~DaemonLauncher()
{
    if (!m_gone.isActive())
        return;
    blockSignals(true); // who would show what is wrong is on the way out
    const QDeadlineTimer patience(LongestEnd);
    while (isRunning() && !patience.hasExpired())
        QThread::msleep(PollMs);
    startAgain();
}

QString DaemonLauncher::findProgram()
{
    const QString name = QStringLiteral("weave-sidecar");
    const QFileInfo beside(QDir(QCoreApplication::applicationDirPath()), name);
    return beside.isExecutable() ? beside.absoluteFilePath() : QStandardPaths::findExecutable(name);
}

void DaemonLauncher::start(const Start &what)
{
    m_program = findProgram();
    if (m_program.isEmpty()) {
        Q_EMIT failed(tr("The program weave-sidecar is not installed."));
        return;
    }
    QDir().mkpath(QFileInfo(m_logFile).absolutePath());
    if (QFileInfo(m_logFile).size() > MaxLogBytes) {
        QFile::remove(m_logFile + QLatin1String(".1"));
        QFile::rename(m_logFile, m_logFile + QLatin1String(".1"));
    }
    m_logBegin = QFileInfo(m_logFile).size();
    QProcess process;
    process.setProgram(m_program);
    process.setArguments(what.arguments);
    process.setStandardInputFile(QProcess::nullDevice());
    process.setStandardOutputFile(m_logFile, QIODevice::Append);
    process.setStandardErrorFile(m_logFile, QIODevice::Append);
    // Relative paths in the settings lead to where they lead a service of this user's systemd.
    process.setWorkingDirectory(QDir::homePath());
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    if (what.hidesKey)
        environment.remove(QStringLiteral("WANDB_API_KEY"));
    if (!what.apiKey.isEmpty())
        environment.insert(QStringLiteral("WANDB_API_KEY"), what.apiKey);
    process.setProcessEnvironment(environment);
    if (!process.startDetached(&m_pid)) {
        m_pid = 0;
        Q_EMIT failed(tr("%1 cannot be started: %2").arg(m_program, process.errorString()));
        return;
    }
    m_check.start();
}

void DaemonLauncher::restart(const Start &what)
{
    m_next = what;
    stop();
    m_gone.start();
}

void DaemonLauncher::stop()
{
    m_check.stop();
    if (isRunning())
        ::kill(static_cast<pid_t>(m_pid), SIGTERM);
}

bool DaemonLauncher::recognize(qint64 pid)
{
    if (pid > 0 && pid != m_pid) {
        const DaemonLog log = DaemonLog::of(pid);
        if (log.kind == DaemonLog::Kind::File
            && log.place == QFileInfo(m_logFile).canonicalFilePath())
            m_pid = pid;
    }
    return owns(pid);
}

bool DaemonLauncher::isRunning() const
{
    return m_pid > 0 && isAlive(m_pid);
}

void DaemonLauncher::checkAlive()
{
    if (isRunning())
        return;
    m_pid = 0;
    const QString said = lastLogLine();
    Q_EMIT failed(said.isEmpty() ? tr("The sidecar ended at once.") : said);
}

void DaemonLauncher::startAgain()
{
    if (isRunning())
        return;
    m_gone.stop();
    start(std::exchange(m_next, {}));
}

QString DaemonLauncher::lastLogLine() const
{
    constexpr qint64 Tail = 4096;
    QFile file(m_logFile);
    if (!file.open(QIODevice::ReadOnly))
        return {};
    file.seek(std::max(m_logBegin, file.size() - Tail));
    const QList<QByteArray> lines = file.readAll().trimmed().split('\n');
    return QString::fromUtf8(lines.constLast()).trimmed();
}

} // namespace Weave
