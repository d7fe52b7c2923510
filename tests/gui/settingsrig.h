#pragma once

#include "client/sidecarclient.h"
#include "fakes/calllines.h"
#include "fakes/fakeclient.h"
#include "fakes/httpsink.h"
#include "widgets/daemonkeeper.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

#include <memory>

namespace Weave {

// Of a daemon that was started with --max-connections 1. Null when it cannot be had.
inline std::unique_ptr<FakeClient> takeTheOnlyPlace(const QString &socket)
{
    std::unique_ptr<FakeClient> only;
    // The question whether it listens may still take the place.
    const bool isTaken = QTest::qWaitFor([&] {
        only = std::make_unique<FakeClient>(socket);
        return only->sendCalls(startLine(startPayload("a/b", "1")), 1) == 1;
    });
    return isTaken ? std::move(only) : nullptr;
}

// A home directory, and what the tray keeps the settings with in it.
class SettingsRig final
{
public:
    SettingsRig()
        : folder(QStringLiteral("/tmp/wsXXXXXX"))
    {
        qputenv("HOME", folder.path().toUtf8());
        qputenv("XDG_CONFIG_HOME", folder.filePath(QStringLiteral("config")).toUtf8());
        qputenv("XDG_STATE_HOME", folder.filePath(QStringLiteral("state")).toUtf8());
        for (const char *name : {"WANDB_API_KEY", "WEAVE_SIDECAR_BACKEND", "WEAVE_SIDECAR_SOCKET",
                                 "WEAVE_SIDECAR_CONFIG", "NETRC"})
            qunsetenv(name);
        socket = folder.filePath(QStringLiteral("s"));
        configFile = folder.filePath(QStringLiteral("config/weave-sidecar/config.toml"));
        sink.listen();
        makeKeeper();
    }

    ~SettingsRig()
    {
        if (client)
            keeper->launcher().recognize(client->snapshot().pid);
        keeper->launcher().stop();
        (void)QTest::qWaitFor([this] { return !keeper->launcher().isRunning(); }, 15'000);
    }

    // As another start of the tray does.
    void makeKeeper()
    {
        client.reset();
        keeper = std::make_unique<DaemonKeeper>(socket);
        keeper->keys().useFileOnly();
        client = std::make_unique<SidecarClient>(socket);
    }

    [[nodiscard]] bool writeConfig(const QByteArray &text) const
    {
        QFile file(configFile);
        return QDir().mkpath(QFileInfo(configFile).path()) && file.open(QIODevice::WriteOnly)
            && file.write(text) == text.size();
    }

    [[nodiscard]] bool connectClient() const
    {
        client->start();
        return QTest::qWaitFor([this] { return client->isConnected(); }, 10'000);
    }

    // Keeps the settings, and says what has become of it.
    DaemonKeeper::Applied keep(const Settings &settings, const QString &key = {}) const
    {
        DaemonKeeper::Applied result;
        result.problem = QStringLiteral("nothing was applied");
        bool isDone = false;
        QObject context;
        QObject::connect(keeper.get(), &DaemonKeeper::applied, &context,
                         [&](const DaemonKeeper::Applied &applied) {
                             result = applied;
                             isDone = true;
                         });
        QObject::connect(keeper.get(), &DaemonKeeper::notKept, &context, [&](const QString &text) {
            result.problem = text;
            isDone = true;
        });
        keeper->keep(settings, key, *client);
        (void)QTest::qWaitFor([&] { return isDone; }, 10'000);
        return result;
    }

    QTemporaryDir folder;
    QString socket;
    QString configFile;
    HttpSink sink;
    std::unique_ptr<DaemonKeeper> keeper;
    std::unique_ptr<SidecarClient> client;
};

} // namespace Weave
