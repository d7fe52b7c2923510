#include "widgets/daemonkeeper.h"

#include "config/backendaddress.h"
#include "config/credentials.h"
#include "config/options.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>
#include <QStandardPaths>

#include <cstdlib>

namespace Weave {

namespace {

QString configFile(const QString &name)
{
    return QStandardPaths::writableLocation(QStandardPaths::GenericConfigLocation)
        + QStringLiteral("/weave-sidecar/") + name;
}

// Beside the spool. Qt knows this place from 6.7 on.
QString logFile()
{
    const QString given = qEnvironmentVariable("XDG_STATE_HOME");
    const QString folder =
        given.isEmpty() ? QDir::homePath() + QStringLiteral("/.local/state") : given;
    return folder + QStringLiteral("/weave-sidecar/daemon.log");
}

std::optional<std::string> variable(const char *name)
{
    const char *const value = std::getenv(name);
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

Options environmentOptions()
{
    Options options;
    options.readEnvironment(&variable);
    return options;
}

Credentials credentialsFor(const QString &backend)
{
    const auto address = parseBackend(backend.toStdString(), true);
    if (!address)
        return {};
    const auto found = findCredentials(environmentOptions(), *address, &variable);
    return found ? *found : Credentials();
}

} // namespace

DaemonKeeper::DaemonKeeper(const QString &socket, QObject *parent)
    : QObject(parent),
      m_socket(socket.isEmpty() ? QString() : QFileInfo(socket).absoluteFilePath()),
      m_store(configFile(QStringLiteral("tray.ini")), QSettings::IniFormat),
      m_settings(Settings::load(m_store)),
      m_launcher(logFile()),
      m_keys(configFile(QStringLiteral("api-key")))
{
    connect(&m_launcher, &DaemonLauncher::failed, this, &DaemonKeeper::failed);
}

QString DaemonKeeper::socketPath() const
{
    if (!m_socket.isEmpty())
        return m_socket;
    return m_settings.socket.isEmpty()
        ? QString::fromStdString(environmentOptions().get("socket").text)
        : m_settings.socket;
}

QStringList DaemonKeeper::arguments() const
{
    Settings settings = m_settings;
    settings.socket = socketPath();
    return settings.arguments();
}

QStringList DaemonKeeper::spoolFlags() const
{
    QStringList flags{QStringLiteral("--socket"), socketPath()};
    if (!m_settings.spoolDir.isEmpty())
        flags << QStringLiteral("--spool-dir") << m_settings.spoolDir;
    return flags;
}

void DaemonKeeper::startDaemon()
{
    applyKept(false);
}

void DaemonKeeper::applyKept(bool isRestart)
{
    m_keys.read([this, isRestart](const QString &key) {
        if (isRestart)
            m_launcher.restart(arguments(), key);
        else
            m_launcher.start(arguments(), key);
    });
}

void DaemonKeeper::keep(const Settings &settings, const QString &key, qint64 runningPid)
{
    const bool isChanged = !key.isEmpty() || settings.needsRestart(m_settings);
    m_settings = settings;
    m_settings.save(m_store);
    const bool isOurs = m_launcher.owns(runningPid);
    const auto apply = [this, isChanged, isOurs, runningPid] {
        if (runningPid == 0)
            applyKept(false);
        else if (isOurs && isChanged)
            applyKept(true);
    };
    if (key.isEmpty()) {
        apply();
        return;
    }
    m_keys.write(key, [this, apply](const QString &problem) {
        if (!problem.isEmpty())
            Q_EMIT failed(problem);
        apply();
    });
}

QString DaemonKeeper::keySource(const QString &backend)
{
    const Credentials credentials = credentialsFor(backend);
    return credentials.apiKey.empty() ? QString() : QString::fromStdString(credentials.source);
}

QString DaemonKeeper::foundKey(const QString &backend)
{
    return QString::fromStdString(credentialsFor(backend).apiKey);
}

} // namespace Weave
