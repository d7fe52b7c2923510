#pragma once

#include "client/daemonconfig.h"
#include "client/daemonlauncher.h"
#include "client/settings.h"
#include "client/sidecarclient.h"
#include "widgets/keystore.h"

#include <QObject>
#include <QSettings>
#include <QString>
#include <QStringList>

#include <functional>

namespace Weave {

// The settings, the key, and the daemon that goes by them: starts it, and tells one that runs of
// new settings.
class DaemonKeeper final : public QObject
{
    Q_OBJECT

public:
    // What became of new settings. Names are those of flags.
    struct Applied
    {
        QString problem; // why the running daemon goes on with its old settings
        bool isAnswered = true; // it said so itself; else it may have taken them
        QStringList needsRestart; // once it is started again
        QStringList overruled; // given on its command line or in its environment, which win
        QStringList notUsed; // of the socket, which systemd has made; they are not kept
        bool isOurs = false; // it can be started again from here
        qint64 pid = 0; // of the daemon that runs; 0 for none
    };

    // socket: instead of the one that the settings name; may be empty.
    explicit DaemonKeeper(const QString &socket, QObject *parent = nullptr);

    // From the files anew: they may have been edited meanwhile. Returns problem().
    QString load();
    // What is wrong with the config files, so that no daemon starts by them; empty when all is
    // well.
    [[nodiscard]] QString problem() const;
    [[nodiscard]] const Settings &settings() const { return m_settings; }
    [[nodiscard]] bool isConfigured() const;
    // Where a daemon is to be found: the socket that was named, else the first that is there of the
    // user's service, the system's, and the usual place.
    [[nodiscard]] QString socketPath() const;
    // The same for programs that look for it by themselves: empty where they find it.
    [[nodiscard]] QString unusualSocketPath() const;
    // Whether a daemon started here would be found, although the socket that was found lets nobody
    // in. It never is where a socket was named.
    [[nodiscard]] bool hasRoomForOwnDaemon() const;
    [[nodiscard]] DaemonLauncher &launcher() { return m_launcher; }
    [[nodiscard]] KeyStore &keys() { return m_keys; }
    [[nodiscard]] const DaemonConfig &config() const { return m_config; }

    void startDaemon();
    // The daemon that is ours, with all that has been kept.
    void restartDaemon();

    // Keeps the settings, and the key unless it is empty, and sees to it that the daemon behind the
    // client, if there is one, goes by them; applied() follows, or notKept(). False when the config
    // file could not be changed, and so nothing was.
    bool keep(const Settings &settings, const QString &key, SidecarClient &client);

    // Whether the daemon behind the client, if there is one, goes by these settings once it is told
    // to: it reads the same file, and this user may tell it.
    [[nodiscard]] bool isReadBy(const SidecarClient &client) const;
    // What a daemon would make of these settings. key: instead of the one it would find; may be
    // empty.
    [[nodiscard]] Result<Config> configFor(const Settings &settings, const QString &key) const;
    // Where the daemon would find a key by itself: "WANDB_API_KEY", "~/.netrc"; empty when nowhere.
    [[nodiscard]] QString keySource(const Settings &settings) const;

Q_SIGNALS:
    void kept();
    void applied(const Weave::DaemonKeeper::Applied &applied);
    void notKept(const QString &text);
    void startFailed(const QString &text);

private:
    void keepKey(const QString &key, SidecarClient &client);
    void apply(bool hasNewKey, SidecarClient &client);
    [[nodiscard]] bool isSocketTaken(const SidecarClient &client) const;
    void reload(Applied applied, SidecarClient &client);
    void takeBackSocket();
    void withStart(const std::function<void(const DaemonLauncher::Start &)> &use);
    [[nodiscard]] std::string ownKeyFileSetting() const;

    const QString m_socket;
    QSettings m_store;
    DaemonConfig m_config;
    Settings m_settings;
    Options m_before; // what a daemon was told before the last change
    QString m_socketBefore; // in the user's own file
    DaemonLauncher m_launcher;
    KeyStore m_keys;
};

} // namespace Weave
