#include "fakes/sidecarprocess.h"

#include "fakes/fakeclient.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>
#include <QTest>

#include <csignal>
#include <sys/resource.h>
#include <unistd.h>

namespace Weave {

namespace {

using namespace std::chrono_literals;

constexpr int StartTimeoutMs = 10'000;
const QString Binary = QStringLiteral(WEAVE_SIDECAR_BINARY);

// In the child. Through high numbers first: a descriptor may have another one's final place.
void passDescriptors(const QList<int> &descriptors)
{
    constexpr int First = 3;
    constexpr int Aside = 100;
    for (qsizetype i = 0; i < descriptors.size(); ++i)
        ::dup2(descriptors.at(i), Aside + static_cast<int>(i));
    for (qsizetype i = 0; i < descriptors.size(); ++i) {
        ::dup2(Aside + static_cast<int>(i), First + static_cast<int>(i));
        ::close(Aside + static_cast<int>(i));
    }
}

QByteArray readProc(qint64 pid, const char *name)
{
    QFile file(QStringLiteral("/proc/%1/%2").arg(pid).arg(QLatin1String(name)));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

} // namespace

SidecarProcess::SidecarProcess(QString socketPath)
    : m_socketPath(std::move(socketPath)),
      m_environment(QProcessEnvironment::systemEnvironment())
{
    for (const char *name :
         {"WANDB_API_KEY", "NETRC", "XDG_CONFIG_HOME", "XDG_RUNTIME_DIR", "WEAVE_SIDECAR_BACKEND",
          "WEAVE_SIDECAR_SOCKET", "WEAVE_SIDECAR_HTTP", "WEAVE_SIDECAR_METRICS", "http_proxy",
          "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "all_proxy", "NOTIFY_SOCKET",
          "WATCHDOG_USEC", "WATCHDOG_PID", "JOURNAL_STREAM", "CREDENTIALS_DIRECTORY"})
        m_environment.remove(QLatin1String(name));
    m_environment.insert(QStringLiteral("HOME"), QFileInfo(m_socketPath).path());
    m_environment.insert(QStringLiteral("WEAVE_SIDECAR_CONFIG"), QStringLiteral("none"));
}

SidecarProcess::~SidecarProcess()
{
    if (m_process.state() == QProcess::NotRunning)
        return;
    m_process.kill();
    m_process.waitForFinished(5000);
}

void SidecarProcess::setEnvironment(const QString &name, const QString &value)
{
    m_environment.insert(name, value);
}

void SidecarProcess::launch(const QStringList &arguments)
{
    m_standardError.clear();
    m_standardOutput.clear();
    m_process.setProcessEnvironment(m_environment);
    if (m_fileLimit > 0 || !m_passed.isEmpty()) {
        m_process.setChildProcessModifier([files = m_fileLimit, passed = m_passed] {
            const rlimit limit{files, files};
            if (files > 0)
                ::setrlimit(RLIMIT_NOFILE, &limit);
            passDescriptors(passed);
        });
    }
    if (m_passed.isEmpty()) {
        m_process.start(Binary, arguments);
    } else {
        // The daemon has to be named by its own process id, which only a shell can know here.
        const QString script =
            QStringLiteral("export LISTEN_PID=$$ LISTEN_FDS=%1; exec \"$0\" \"$@\"")
                .arg(m_passed.size());
        m_process.start(QStringLiteral("/bin/sh"),
                        QStringList{QStringLiteral("-c"), script, Binary} + arguments);
    }
    m_process.waitForStarted(StartTimeoutMs);
}

bool SidecarProcess::start(const QStringList &arguments)
{
    QStringList all{QStringLiteral("--headless")};
    if (m_passed.isEmpty())
        all << QStringLiteral("--socket") << m_socketPath;
    launch(all + arguments);
    // Anybody can connect before its other doors are open, and where a socket is passed before the
    // daemon is there.
    const bool answers =
        QTest::qWaitFor([this] { return !isRunning() || !status().isEmpty(); }, StartTimeoutMs);
    return answers && isRunning();
}

std::optional<int> SidecarProcess::runToEnd(const QStringList &arguments)
{
    launch(arguments);
    return waitForExit(10s);
}

bool SidecarProcess::isRunning() const
{
    return m_process.state() != QProcess::NotRunning;
}

QString SidecarProcess::standardError()
{
    QCoreApplication::processEvents(); // which takes in what is in the pipe
    m_standardError += QString::fromUtf8(m_process.readAllStandardError());
    return m_standardError;
}

QString SidecarProcess::standardOutput()
{
    m_standardOutput += QString::fromUtf8(m_process.readAllStandardOutput());
    return m_standardOutput;
}

void SidecarProcess::sendSignal(int signal)
{
    if (isRunning())
        ::kill(static_cast<pid_t>(m_process.processId()), signal);
}

std::optional<int> SidecarProcess::waitForExit(std::chrono::milliseconds timeout)
{
    if (!QTest::qWaitFor([this] { return !isRunning(); }, static_cast<int>(timeout.count())))
        return std::nullopt;
    if (m_process.exitStatus() != QProcess::NormalExit)
        return std::nullopt;
    return m_process.exitCode();
}

QJsonObject SidecarProcess::status() const
{
    FakeClient client(m_socketPath);
    return client.ask(R"({"method":"status"})").value(QLatin1String("status")).toObject();
}

QJsonObject SidecarProcess::statusByCommand() const
{
    QProcess command;
    command.setProcessEnvironment(m_environment);
    command.start(Binary,
                  {QStringLiteral("status"), QStringLiteral("--json"), QStringLiteral("--socket"),
                   m_socketPath});
    if (!command.waitForFinished(10'000) || command.exitCode() != 0)
        return {};
    const QJsonObject reply = QJsonDocument::fromJson(command.readAllStandardOutput()).object();
    return reply.value(QLatin1String("status")).toObject();
}

qint64 SidecarProcess::number(const QString &dottedPath) const
{
    QJsonValue value = status();
    for (const QString &key : dottedPath.split(QLatin1Char('.')))
        value = value.toObject().value(key);
    return value.isDouble() ? static_cast<qint64>(value.toDouble()) : -1;
}

qint64 SidecarProcess::residentBytes() const
{
    const QList<QByteArray> fields = readProc(pid(), "statm").split(' ');
    return fields.value(1).toLongLong() * ::sysconf(_SC_PAGESIZE);
}

std::chrono::milliseconds SidecarProcess::processorTime() const
{
    const QByteArray text = readProc(pid(), "stat");
    // Behind the name, which may have spaces in it: utime and stime are fields 14 and 15.
    const QList<QByteArray> fields = text.mid(text.lastIndexOf(')') + 2).split(' ');
    const qint64 ticks = fields.value(11).toLongLong() + fields.value(12).toLongLong();
    return std::chrono::milliseconds(ticks * 1000 / ::sysconf(_SC_CLK_TCK));
}

int SidecarProcess::openFiles() const
{
    const QDir folder(QStringLiteral("/proc/%1/fd").arg(pid()));
    return static_cast<int>(
        folder.entryList(QDir::AllEntries | QDir::System | QDir::NoDotAndDotDot).size());
}

} // namespace Weave
