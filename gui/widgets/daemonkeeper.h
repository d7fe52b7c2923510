#pragma once

#include "client/daemonlauncher.h"
#include "client/settings.h"
#include "widgets/keystore.h"

#include <QObject>
#include <QSettings>
#include <QString>

#include <functional>

namespace Weave {

// The settings, the key, and the daemon that is started with them.
class DaemonKeeper final : public QObject
{
    Q_OBJECT

public:
    // socket: instead of the one in the settings; may be empty.
    explicit DaemonKeeper(const QString &socket, QObject *parent = nullptr);

    [[nodiscard]] const Settings &settings() const { return m_settings; }
    [[nodiscard]] bool isConfigured() const { return !m_settings.backend.isEmpty(); }
    // Where the daemon listens that belongs to the settings.
    [[nodiscard]] QString socketPath() const;
    // The flags of `weave-sidecar spool`.
    [[nodiscard]] QStringList spoolFlags() const;
    [[nodiscard]] DaemonLauncher &launcher() { return m_launcher; }
    [[nodiscard]] KeyStore &keys() { return m_keys; }

    void startDaemon();

    // Keeps the settings, and the key unless it is empty. runningPid: of the daemon that answers
    // now, 0 for none. It is started anew when it is ours and the settings need it.
    void keep(const Settings &settings, const QString &key, qint64 runningPid);

    // Where the daemon would find a key by itself: "WANDB_API_KEY", "~/.netrc"; empty when nowhere.
    [[nodiscard]] static QString keySource(const QString &backend);
    // That key.
    [[nodiscard]] static QString foundKey(const QString &backend);

Q_SIGNALS:
    void failed(const QString &text);

private:
    [[nodiscard]] QStringList arguments() const;
    void applyKept(bool isRestart);

    QString m_socket;
    QSettings m_store;
    Settings m_settings;
    DaemonLauncher m_launcher;
    KeyStore m_keys;
};

} // namespace Weave
