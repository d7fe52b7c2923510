#include "widgets/daemonkeeper.h"

#include "common/logging.h"
#include "config/optiontable.h"
#include "config/socketlookup.h"

#include <QDir>
#include <QFileInfo>
#include <QPointer>
#include <QStandardPaths>

#include <algorithm>
#include <cstdlib>

namespace Weave {

namespace {

QString trayFile(const QString &name)
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

constexpr char KeyFile[] = "api-key-file";

} // namespace

DaemonKeeper::DaemonKeeper(const QString &socket, QObject *parent)
    : QObject(parent),
      m_socket(socket.isEmpty() ? QString() : QFileInfo(socket).absoluteFilePath()),
      m_store(trayFile(QStringLiteral("tray.ini")), QSettings::IniFormat),
      m_config(&variable),
      m_settings(Settings::load(m_store, m_config)),
      m_launcher(logFile()),
      m_keys(trayFile(QStringLiteral("api-key")))
{
    connect(&m_launcher, &DaemonLauncher::failed, this, &DaemonKeeper::startFailed);
}

QString DaemonKeeper::load()
{
    m_settings = Settings::load(m_store, m_config);
    return problem();
}

QString DaemonKeeper::problem() const
{
    const auto options = m_config.options();
    return options ? QString() : QString::fromStdString(options.error().message);
}

bool DaemonKeeper::isConfigured() const
{
    const auto options = m_config.options();
    return options && options->has("backend");
}

QString DaemonKeeper::socketPath() const
{
    if (!m_socket.isEmpty())
        return m_socket;
    const auto options = m_config.options();
    const std::string path =
        clientSocketPath(options ? *options : Options(), m_config.environment());
    // Below the folder that a daemon is started in, as a service is; QLocalSocket would look in
    // /tmp.
    return QDir::home().absoluteFilePath(QString::fromStdString(path));
}

QString DaemonKeeper::unusualSocketPath() const
{
    const QString path = socketPath();
    const std::vector<std::string> places = socketPlaces(m_config.environment());
    const bool isUsual =
        std::find(places.begin(), places.end(), path.toStdString()) != places.end();
    return isUsual ? QString() : path;
}

bool DaemonKeeper::hasRoomForOwnDaemon() const
{
    const auto options = m_config.options();
    return m_socket.isEmpty() && options && isRoomForOwnDaemon(*options, m_config.environment());
}

// With a key from the keychain, which a daemon cannot look into itself.
void DaemonKeeper::withStart(const std::function<void(const DaemonLauncher::Start &)> &use)
{
    m_keys.read([this, use](const QString &key, KeyStore::Place place) {
        DaemonLauncher::Start start;
        start.arguments << QStringLiteral("--headless");
        if (!m_socket.isEmpty())
            start.arguments << QStringLiteral("--socket") << m_socket;
        // A variable would win over the file, in which the user has put another key.
        start.hidesKey = place == KeyStore::Place::File && !ownKeyFileSetting().empty();
        if (!start.hidesKey)
            start.apiKey = key;
        use(start);
    });
}

void DaemonKeeper::startDaemon()
{
    withStart([this](const DaemonLauncher::Start &start) { m_launcher.start(start); });
}

void DaemonKeeper::restartDaemon()
{
    withStart([this](const DaemonLauncher::Start &start) { m_launcher.restart(start); });
}

bool DaemonKeeper::keep(const Settings &settings, const QString &key, SidecarClient &client)
{
    const auto before = m_config.options();
    m_before = before ? *before : Options();
    m_socketBefore = m_settings.socket;
    if (const auto changes = settings.changesFrom(m_settings); !changes.empty()) {
        if (const auto changed = m_config.change(changes); !changed) {
            Q_EMIT notKept(QString::fromStdString(changed.error().message));
            return false;
        }
    }
    m_settings = settings;
    m_settings.save(m_store);
    Q_EMIT kept();
    if (key.isEmpty())
        apply(false, client);
    else
        keepKey(key, client);
    return true;
}

// A daemon that somebody else has started, systemd for one, is given the key in a file that its
// config names. Where such a file is in use already, it stays.
void DaemonKeeper::keepKey(const QString &key, SidecarClient &client)
{
    const bool isOthers = client.isConnected()
        ? isReadBy(client) && !m_launcher.owns(client.snapshot().pid)
        : client.absence() == SidecarClient::Absence::Full && !m_launcher.isRunning();
    const bool isFile = isOthers || !ownKeyFileSetting().empty();
    const QPointer<SidecarClient> running(&client);
    m_keys.write(
        key, isFile ? KeyStore::Place::File : KeyStore::Place::Keychain,
        [this, running](const QString &problem, KeyStore::Place place) {
            if (!problem.isEmpty()) {
                Q_EMIT notKept(problem);
                return;
            }
            // A file that the config names for other reasons stays: what is in the keychain
            // is handed over in the environment, which wins.
            if (place == KeyStore::Place::File) {
                const auto changed = m_config.change({{KeyFile, m_keys.file().toStdString()}});
                if (!changed) {
                    Q_EMIT notKept(QString::fromStdString(changed.error().message));
                    return;
                }
            }
            if (running)
                apply(true, *running);
        });
}

void DaemonKeeper::apply(bool hasNewKey, SidecarClient &client)
{
    Applied applied;
    if (!client.isConnected()) {
        applied.isAnswered = !isSocketTaken(client);
        if (!applied.isAnswered)
            applied.problem = client.absenceText();
        else if (isConfigured())
            startDaemon();
        Q_EMIT this->applied(applied);
        return;
    }
    applied.pid = client.snapshot().pid;
    applied.isOurs = m_launcher.owns(applied.pid);
    const bool isRead = isReadBy(client);
    if (isRead && (!applied.isOurs || !hasNewKey)) {
        reload(applied, client);
        return;
    }
    if (isRead)
        restartDaemon(); // a key that it was started with in its environment would win
    Q_EMIT this->applied(applied);
}

// By somebody whom the client cannot talk to, so that another daemon could not listen there.
bool DaemonKeeper::isSocketTaken(const SidecarClient &client) const
{
    using Absence = SidecarClient::Absence;
    const auto absence = client.absence();
    return absence == Absence::Full || absence == Absence::NotUnderstood
        || (absence == Absence::NotPermitted && !hasRoomForOwnDaemon());
}

void DaemonKeeper::reload(Applied applied, SidecarClient &client)
{
    client.reload([this, applied](const DaemonReply &reply) mutable {
        applied.problem = reply.error;
        applied.isAnswered = reply.isAnswered;
        applied.needsRestart = reply.needsRestart;
        const auto now = m_config.options();
        for (const OptionSpec &spec : optionTable()) {
            const QString name = toQString(spec.name);
            const bool isNew = reply.error.isEmpty() && now
                && now->get(spec.name).text != m_before.get(spec.name).text;
            if (isNew && reply.notUsed.contains(name))
                applied.notUsed << name;
            else if (isNew && !reply.changed.contains(name) && !reply.needsRestart.contains(name))
                applied.overruled << name;
        }
        if (applied.notUsed.contains(QLatin1String("socket")))
            takeBackSocket();
        Q_EMIT this->applied(applied);
    });
}

// Clients would look where the line says, and the daemon does not listen there.
void DaemonKeeper::takeBackSocket()
{
    Settings before = m_settings;
    before.socket = m_socketBefore;
    if (const auto changed = m_config.change(before.changesFrom(m_settings)); changed)
        m_settings = before;
    else
        Q_EMIT notKept(QString::fromStdString(changed.error().message));
}

bool DaemonKeeper::isReadBy(const SidecarClient &client) const
{
    return !client.isConnected()
        || (!client.isReadOnly()
            && client.snapshot().configFiles.contains(QString::fromStdString(m_config.path())));
}

// The key file that the user's config names, if it is the one of the key store.
std::string DaemonKeeper::ownKeyFileSetting() const
{
    const auto options = m_config.options();
    if (!options)
        return {};
    const std::string &named = options->get(KeyFile).text;
    return named == m_keys.file().toStdString() ? named : std::string();
}

Result<Config> DaemonKeeper::configFor(const Settings &settings, const QString &key) const
{
    return m_config.resolved(settings.changesFrom(m_settings), key.toStdString());
}

QString DaemonKeeper::keySource(const Settings &settings) const
{
    const auto config = configFor(settings, {});
    return config && !config->credentials.apiKey.empty()
        ? QString::fromStdString(config->credentials.source)
        : QString();
}

} // namespace Weave
