#include "client/settings.h"

#include <QFile>
#include <QLocale>
#include <QSettings>
#include <QTemporaryDir>
#include <QTest>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

using namespace Weave;
using namespace Qt::StringLiterals;

namespace {

// A home that has nothing in it, and a config file of its own.
Environment environmentWith(const QString &configFile)
{
    return [configFile](const char *name) -> std::optional<std::string> {
        if (std::string_view(name) == "WEAVE_SIDECAR_CONFIG")
            return configFile.toStdString();
        return std::string_view(name) == "HOME" ? std::optional<std::string>("/nowhere")
                                                : std::nullopt;
    };
}

} // namespace

class ClientSettingsTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates)); }
    void settingsAreKept();
    void settingsProblems();
    void settingsLeaveTheRestOfTheFile();
    void settingsInABrokenFile();
    void plainHttpIsAsked();
    void settingsHaveNames();
};

void ClientSettingsTest::settingsAreKept()
{
    const QTemporaryDir folder;
    const std::string home = folder.path().toStdString();
    const DaemonConfig config([&home](const char *name) -> std::optional<std::string> {
        return std::string_view(name) == "HOME" ? std::optional(home) : std::nullopt;
    });
    QCOMPARE(QString::fromStdString(config.path()),
             folder.filePath(u".config/weave-sidecar/config.toml"_s));
    QSettings store(folder.filePath(u"tray.ini"_s), QSettings::IniFormat);
    const Settings before = Settings::load(store, config);
    QVERIFY(before == Settings());
    Settings after = before;
    after.backend = u"https://trace.wandb.ai"_s;
    after.flushInterval = u"500ms"_s;
    after.allowHttp = u"true"_s;
    after.notifiesProblems = false;
    QVERIFY(config.change(after.changesFrom(before)).ok());
    after.save(store);
    QVERIFY(Settings::load(store, config) == after);
    // The daemon reads the same.
    const auto options = config.options();
    QVERIFY(options.ok());
    QCOMPARE(options->get("flush-interval").text, std::string("500ms"));
    QCOMPARE(options->get("backend").text, std::string("https://trace.wandb.ai"));
    QVERIFY(options->has("allow-http"));
}

void ClientSettingsTest::settingsLeaveTheRestOfTheFile()
{
    const QTemporaryDir folder;
    const QString path = folder.filePath(u"mine.toml"_s);
    const QByteArray text = "# mine\nsenders = 7\nbackend = \"https://a.test\" # ours\n"
                            "flush-interval = \"3s\"\n";
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write(text) == text.size());
    file.close();
    const DaemonConfig config(environmentWith(path));
    QSettings store(folder.filePath(u"tray.ini"_s), QSettings::IniFormat);
    const Settings before = Settings::load(store, config);
    QCOMPARE(before.backend, u"https://a.test"_s);
    Settings after = before;
    after.backend = u"https://b.test"_s;
    after.flushInterval.clear();
    const std::vector<ConfigChange> changes = after.changesFrom(before);
    QCOMPARE(changes.size(), 2U);
    const auto whole = config.resolved(changes, "key");
    QVERIFY(whole.ok());
    QCOMPARE(whole->backend.display(), std::string("https://b.test"));
    QCOMPARE(whole->flushInterval.count(), 1000);
    QCOMPARE(whole->senders, 7);
    QVERIFY(config.change(changes).ok());
    QVERIFY(file.open(QIODevice::ReadOnly));
    QCOMPARE(file.readAll(),
             QByteArray("# mine\nsenders = 7\nbackend = \"https://b.test\" # ours\n"));
    // Together two settings may be wrong that are right alone.
    QVERIFY(!config.resolved({{"http", "127.0.0.1:8319"}, {"backend", "http://127.0.0.1:8319"}}, {})
                 .ok());
}

// What stands in the way of changing it is said, and the file stays as it was.
void ClientSettingsTest::settingsInABrokenFile()
{
    const QTemporaryDir folder;
    const QString path = folder.filePath(u"mine.toml"_s);
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write("backend = \n") > 0);
    file.close();
    const DaemonConfig config(environmentWith(path));
    const auto options = config.options();
    QVERIFY(!options && options.error().message.find("mine.toml") != std::string::npos);
    QVERIFY(!config.change({{"backend", "https://b.test"}}).ok());
    QVERIFY(file.open(QIODevice::ReadOnly));
    QCOMPARE(file.readAll(), QByteArray("backend = \n"));
}

void ClientSettingsTest::settingsProblems()
{
    QCOMPARE(Settings::problemOf(u"backend"_s, u"https://trace.wandb.ai"_s), QString());
    QCOMPARE(Settings::problemOf(u"flush-interval"_s, u"2s"_s), QString());
    QCOMPARE(Settings::problemOf(u"flush-interval"_s, {}), QString());
    QCOMPARE(Settings::problemOf(u"http"_s, u"127.0.0.1:8319"_s), QString());
    QVERIFY(Settings::problemOf(u"backend"_s, u"trace"_s).contains(u"--backend"_s));
    QVERIFY(!Settings::problemOf(u"backend"_s, {}).isEmpty());
    QVERIFY(Settings::problemOf(u"flush-interval"_s, u"soon"_s).contains(u"--flush-interval"_s));
    QVERIFY(Settings::problemOf(u"spool-max-bytes"_s, u"-1"_s).contains(u"--spool-max-bytes"_s));
    QVERIFY(Settings::problemOf(u"http"_s, u"0.0.0.0:1"_s).contains(u"--http"_s));
}

void ClientSettingsTest::plainHttpIsAsked()
{
    QVERIFY(Settings::needsAllowHttp(u"http://trace.test"_s));
    QVERIFY(!Settings::needsAllowHttp(u"http://127.0.0.1:8080"_s));
    QVERIFY(!Settings::needsAllowHttp(u"https://trace.test"_s));
    QVERIFY(!Settings::needsAllowHttp(u"http://"_s));
    QVERIFY(!Settings::problemOf(u"backend"_s, u"http://trace.test"_s).isEmpty());
    QCOMPARE(Settings::problemOf(u"backend"_s, u"http://trace.test"_s, true), QString());
}

void ClientSettingsTest::settingsHaveNames()
{
    QCOMPARE(Settings::namesOf({u"socket"_s, u"http"_s}), u"Socket and HTTP address"_s);
    QCOMPARE(Settings::namesOf({u"api-key"_s, u"api-key-file"_s}), u"API key"_s);
    QCOMPARE(Settings::namesOf({u"log-format"_s}), u"log-format"_s); // not one of ours
}

QTEST_GUILESS_MAIN(ClientSettingsTest)
#include "tst_client_settings.moc"
