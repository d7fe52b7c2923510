#include "config/configreloader.h"

#include "unit/settings.h"
#include "unit/text.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <optional>

using namespace Weave;
using namespace Qt::StringLiterals;

namespace {

using Names = std::vector<std::string>;

// A daemon that runs, and what its files say now.
class Rig final
{
public:
    explicit Rig(Settings more = {})
    {
        options.set("backend", "https://trace.example", Options::Source::File);
        options.set("api-key", "first", Options::Source::File);
        for (const auto &[name, text] : more)
            set(name, text);
        config = *Config::resolve(options, environment);
        reloader.emplace(
            options, config,
            [this]() -> Result<Options> {
                if (!fault.empty())
                    return Error{ErrorCode::InvalidArgument, fault};
                return options;
            },
            environment);
    }

    void set(const char *name, const std::string &text)
    {
        options.set(name, text, Options::Source::File, "c.toml:1");
    }

    const Environment environment = environmentOf({{"HOME", "/home/ada"}});
    Options options;
    Config config;
    std::string fault;
    std::optional<ConfigReloader> reloader;
};

QString keyFile(const QTemporaryDir &folder, const QByteArray &key)
{
    QFile file(folder.filePath(u"key"_s));
    return file.open(QIODevice::WriteOnly) && file.write(key) > 0 ? file.fileName() : QString();
}

} // namespace

class TstConfigReloader final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void nothingChanges();
    void whatApplies();
    void whatNeedsARestart();
    void aRestartIsAskedForAgain();
    void backAgainNeedsNone();
    void socketOfTheServiceManager();
    void aFaultKeepsTheOldSettings();
    void theInstanceStays();
    void keyFileWithAnotherKey();
    void sameKeyInAnotherPlace();
    void keyThatAnotherOneWinsOver();
    void checkedTogetherWithWhatStays();
};

void TstConfigReloader::nothingChanges()
{
    Rig rig;
    const auto change = rig.reloader->reload();
    QVERIFY(change);
    QVERIFY(change->changed.empty());
    QVERIFY(change->needsRestart.empty());
}

void TstConfigReloader::whatApplies()
{
    Rig rig;
    rig.set("senders", "9");
    rig.set("api-key", "second");
    const auto change = rig.reloader->reload();
    QVERIFY(change);
    QVERIFY((change->changed == Names{"api-key", "senders"}));
    QVERIFY(change->needsRestart.empty());
    QCOMPARE(change->config.senders, 9);
    QCOMPARE(toBytes(change->config.credentials.apiKey), "second"_ba);
    // Told once.
    QVERIFY(rig.reloader->reload()->changed.empty());
}

void TstConfigReloader::whatNeedsARestart()
{
    Rig rig;
    rig.set("socket", "/other");
    rig.set("spool-sync", "always");
    rig.set("max-age", "1h");
    const auto change = rig.reloader->reload();
    QVERIFY(change);
    QVERIFY((change->changed == Names{"max-age"}));
    QVERIFY((change->needsRestart == Names{"socket", "spool-sync"}));
    QVERIFY(change->notUsed.empty()); // the socket is the daemon's own
    QCOMPARE(toBytes(change->config.socketPath), "/tmp/weave_sidecar.sock"_ba);
    QVERIFY(change->config.spoolSync == SpoolSync::Lazy);
    QVERIFY(change->config.maxAge == std::chrono::hours(1));
}

void TstConfigReloader::aRestartIsAskedForAgain()
{
    Rig rig;
    rig.set("socket", "/other");
    QVERIFY(rig.reloader->reload());
    QVERIFY((rig.reloader->reload()->needsRestart == Names{"socket"}));
}

void TstConfigReloader::backAgainNeedsNone()
{
    Rig rig;
    rig.set("socket", "/other");
    QVERIFY(rig.reloader->reload());
    rig.set("socket", "/tmp/weave_sidecar.sock");
    QVERIFY(rig.reloader->reload()->needsRestart.empty());
}

// What is set of it holds at no time, so that no restart is asked for.
void TstConfigReloader::socketOfTheServiceManager()
{
    Rig rig({{"socket-mode", "0660"}, {"socket", "/run/theirs"}});
    QVERIFY((rig.reloader->leaveSocketToServiceManager("/run/theirs")
             == Names{"c.toml:1: socket-mode"}));
    rig.set("socket", "/other");
    rig.set("socket-mode", "0600");
    rig.set("spool-sync", "always");
    const auto change = rig.reloader->reload();
    QVERIFY(change);
    QVERIFY((change->needsRestart == Names{"spool-sync"}));
    QVERIFY((change->notUsed == Names{"socket", "socket-mode"}));
    QVERIFY(change->changed.empty());
    rig.set("socket", "/run/theirs"); // for clients
    QVERIFY((rig.reloader->reload()->notUsed == Names{"socket-mode"}));
    Rig other({{"socket", "/other"}});
    QVERIFY(
        (other.reloader->leaveSocketToServiceManager("/run/theirs") == Names{"c.toml:1: socket"}));
    Rig none;
    QVERIFY(none.reloader->leaveSocketToServiceManager("/run/theirs").empty());
    QVERIFY(none.reloader->reload()->notUsed.empty());
}

void TstConfigReloader::aFaultKeepsTheOldSettings()
{
    Rig rig;
    rig.set("senders", "0");
    const auto refused = rig.reloader->reload();
    QVERIFY(!refused);
    QVERIFY(toBytes(refused.error().message).startsWith("c.toml:1: senders: \"0\""));
    rig.set("senders", "4");
    rig.fault = "c.toml: line 1: unknown setting";
    QCOMPARE(toBytes(rig.reloader->reload().error().message), toBytes(rig.fault));
    rig.fault.clear();
    rig.set("senders", "5");
    // Against what the daemon runs with, not against what was refused.
    QVERIFY((rig.reloader->reload()->changed == Names{"senders"}));
}

// A request that comes back to the daemon is known by its name.
void TstConfigReloader::theInstanceStays()
{
    Rig rig;
    rig.set("senders", "9");
    QCOMPARE(toBytes(rig.reloader->reload()->config.instance), toBytes(rig.config.instance));
}

void TstConfigReloader::keyFileWithAnotherKey()
{
    const QTemporaryDir folder;
    QFile file(folder.filePath(u"key"_s));
    const auto write = [&file](const QByteArray &key) {
        QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
        file.write(key);
        file.close();
    };
    write("first");
    const QByteArray path = file.fileName().toUtf8();
    Rig rig({{"api-key-file", path.constData()}});
    QVERIFY(rig.reloader->reload()->changed.empty());
    write("second");
    const auto change = rig.reloader->reload();
    QVERIFY((change->changed == Names{"api-key-file"}));
    QCOMPARE(toBytes(change->config.credentials.apiKey), "second"_ba);
}

// Who moves the key into a file is not told that something else wins.
void TstConfigReloader::sameKeyInAnotherPlace()
{
    const QTemporaryDir folder;
    const QString key = keyFile(folder, "first");
    Rig rig;
    rig.set("api-key-file", key.toStdString());
    QVERIFY((rig.reloader->reload()->changed == Names{"api-key-file"}));
    rig.options.replace("api-key-file", {});
    QVERIFY((rig.reloader->reload()->changed == Names{"api-key-file"}));
}

// Where a key in the environment wins, nobody is told that the key has changed.
void TstConfigReloader::keyThatAnotherOneWinsOver()
{
    const QTemporaryDir folder;
    const QString key = keyFile(folder, "second");
    Rig rig;
    rig.options.set("api-key", "environment's", Options::Source::Variable);
    QCOMPARE(rig.reloader->reload()->changed.size(), std::size_t(1));
    rig.set("api-key-file", key.toStdString());
    QVERIFY(rig.reloader->reload()->changed.empty());
}

// The new backend is the HTTP door that is open now; the file moves the door away from there.
void TstConfigReloader::checkedTogetherWithWhatStays()
{
    Rig rig({{"http", "127.0.0.1:8319"}});
    rig.set("http", "127.0.0.1:8320");
    rig.set("backend", "http://127.0.0.1:8319");
    const auto refused = rig.reloader->reload();
    QVERIFY(!refused);
    QVERIFY(toBytes(refused.error().message).contains("own --http address"));
}

QTEST_APPLESS_MAIN(TstConfigReloader)
#include "tst_configreloader.moc"
