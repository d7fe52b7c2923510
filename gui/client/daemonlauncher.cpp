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
#include <chrono>
#include <csignal>
#include <sys/types.h>
#include <utility>

namespace Weave {

namespace {

constexpr int CheckMs = 1000;
constexpr int PollMs = 100;
constexpr std::chrono::seconds LongestEnd{12}; // the daemon's own patience is 10 s
constexpr std::chrono::hours TidyInterval{1};
constexpr qint64 MaxLogBytes = qint64{8} * 1024 * 1024;

} // namespace

DaemonLauncher::DaemonLauncher(QString logFile, QObject *parent)
    : QObject(parent),
      m_logFile(std::move(logFile))
{
    m_check.setSingleShot(true);
    m_check.setInterval(CheckMs);
    m_gone.setInterval(PollMs);
    m_tidy.start(TidyInterval);
    connect(&m_check, &QTimer::timeout, this, &DaemonLauncher::checkAlive);
    connect(&m_gone, &QTimer::timeout, this, &DaemonLauncher::startAgain);
    connect(&m_tidy, &QTimer::timeout, this, &DaemonLauncher::tidyLog);
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
    if (m_gone.isActive()) { // another one before the old one has ended would find its socket taken
        m_next = what;
        return;
    }
    if (m_check.isActive() && isRunning())
        return; // on its way
    m_program = findProgram();
    if (m_program.isEmpty()) {
        Q_EMIT failed(tr("The program weave-sidecar is not installed."));
        return;
    }
    QDir().mkpath(QFileInfo(m_logFile).absolutePath());
    tidyLog();
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
    qint64 pid = 0;
    const bool isStarted = process.startDetached(&pid);
    m_daemon = ProcessMark(isStarted ? pid : 0);
    if (!isStarted) {
        Q_EMIT failed(tr("%1 cannot be started: %2").arg(m_program, process.errorString()));
        return;
    }
    m_check.start();
    Q_EMIT started();
}

// A daemon that is running goes on writing to the same file, to its end, so that it is copied and
// emptied; what it says in between is lost.
void DaemonLauncher::tidyLog()
{
    if (QFileInfo(m_logFile).size() <= MaxLogBytes)
        return;
    const QString older = m_logFile + QLatin1String(".1");
    const QString copy = older + QLatin1String(".new");
    QFile::remove(copy);
    if (!QFile::copy(m_logFile, copy)) { // the disk is full, for one
        QFile::remove(copy);
        return;
    }
    QFile::remove(older);
    if (QFile::rename(copy, older) && QFile::resize(m_logFile, 0))
        m_logBegin = 0;
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
    m_gone.stop();
    if (isRunning())
        ::kill(static_cast<pid_t>(m_daemon.pid()), SIGTERM);
}

bool DaemonLauncher::recognize(qint64 pid)
{
    if (pid > 0 && !(owns(pid) && isRunning())) {
        const DaemonLog log = DaemonLog::of(pid);
        if (log.kind == DaemonLog::Kind::File
            && log.place == QFileInfo(m_logFile).canonicalFilePath())
            m_daemon = ProcessMark(pid);
        else if (owns(pid))
            m_daemon = {}; // ours has ended, and another one was given its pid
    }
    return owns(pid);
}

void DaemonLauncher::checkAlive()
{
    if (isRunning())
        return;
    m_daemon = {};
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
