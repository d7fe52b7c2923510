#include "config/config.h"

#include "unit/configresolving.h"

#include <QDir>
#include <QTemporaryDir>
#include <QTest>

#include <grp.h>
#include <unistd.h>

using namespace Weave;
using namespace Qt::StringLiterals;

namespace {

constexpr std::uint64_t MiB = std::uint64_t{1024} * 1024;

} // namespace

// Where the daemon is found on its machine, and where it keeps its files.
class TstConfigPlaces final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void filesAreAbsolute();
    void metrics();
    void socketPath();
    void spoolDirectory_data();
    void spoolDirectory();
    void spoolDirectoryWithoutAHome();
    void spoolDirectoryOfCommands();
    void tildeIsNoFolder_data();
    void tildeIsNoFolder();
    void spoolInMemory();
    void socketGroup();
    void badSocketGroup();
};

// doctor and the tray are told of them, and run elsewhere.
void TstConfigPlaces::filesAreAbsolute()
{
    const Config config = configOf({{"config", "c.toml"}});
    QCOMPARE(config.files.size(), std::size_t(1));
    QCOMPARE(toBytes(config.files.front()), QDir::current().filePath(u"c.toml"_s).toUtf8());
}

void TstConfigPlaces::metrics()
{
    QVERIFY(!configOf({}).metrics);
    const Config tcp = configOf({{"metrics", "127.0.0.1:8320"}});
    QVERIFY(tcp.metrics && tcp.metrics->tcp);
    QCOMPARE(tcp.metrics->tcp->port, quint16{8320});
    QVERIFY(!tcp.http); // neither is the other
    const Config unixSocket = configOf({{"metrics", "unix:/run/m"}});
    QCOMPARE(toBytes(unixSocket.metrics->unixPath), "/run/m"_ba);

    for (const auto &[metrics, backend, word] :
         {std::tuple("nonsense", Backend, "--metrics: \"nonsense\": "),
          std::tuple("0.0.0.0:1", Backend, "--metrics-allow-remote"),
          std::tuple("unix:/tmp/weave_sidecar.sock", Backend, "--socket"),
          std::tuple("127.0.0.1:1", "http://localhost:1/traces", "--backend: ")}) {
        const auto config = resolve({{"metrics", metrics}, {"backend", backend}});
        QVERIFY(!config.ok());
        QVERIFY2(messageOf(config).contains(word), messageOf(config).constData());
    }
    // One flag does not open what the other is for.
    QVERIFY(!resolve({{"metrics", "0.0.0.0:1"}, {"http-allow-remote", "true"}}).ok());
    QVERIFY(!resolve({{"http", "0.0.0.0:1"}, {"metrics-allow-remote", "true"}}).ok());
    QVERIFY(resolve({{"metrics", "0.0.0.0:1"}, {"metrics-allow-remote", "true"}}).ok());
}

void TstConfigPlaces::socketPath()
{
    QCOMPARE(toBytes(configOf({{"socket", "/run/user/1000/weave.sock"}}).socketPath),
             "/run/user/1000/weave.sock"_ba);
    const auto config = resolve({{"socket", ""}});
    QVERIFY(!config.ok());
    QVERIFY2(messageOf(config).startsWith("--socket: "), messageOf(config).constData());
}

void TstConfigPlaces::spoolDirectory_data()
{
    QTest::addColumn<QByteArray>("given");
    QTest::addColumn<QByteArray>("stateHome");
    QTest::addColumn<QByteArray>("directory");
#if defined(Q_OS_MACOS)
    const QByteArray usual = QByteArray(Home) + "/Library/Application Support/weave-sidecar/spool";
#else
    const QByteArray usual = QByteArray(Home) + "/.local/state/weave-sidecar/spool";
    QTest::newRow("XDG_STATE_HOME") << ""_ba
                                    << "/var/state"_ba
                                    << "/var/state/weave-sidecar/spool"_ba;
#endif
    QTest::newRow("default") << ""_ba
                             << ""_ba << usual;
    QTest::newRow("XDG_STATE_HOME that is not absolute") << ""_ba
                                                         << "state"_ba << usual;
    QTest::newRow("given") << "/var/spool/weave"_ba
                           << "/var/state"_ba
                           << "/var/spool/weave"_ba;
    QTest::newRow("given, not absolute") << "calls"_ba
                                         << "/var/state"_ba
                                         << "calls"_ba;
}

void TstConfigPlaces::spoolDirectory()
{
    QFETCH(QByteArray, given);
    QFETCH(QByteArray, stateHome);
    QFETCH(QByteArray, directory);
    Options options = optionsOf({{"backend", Backend}});
    if (!given.isEmpty())
        options.set("spool-dir", given.toStdString(), Options::Source::Flag);
    const auto config =
        resolve(options, {{"HOME", Home}, {"XDG_STATE_HOME", stateHome.constData()}});
    QVERIFY2(config.ok(), messageOf(config).constData());
    QCOMPARE(toBytes(config->spoolDirectory), directory);
}

void TstConfigPlaces::spoolDirectoryWithoutAHome()
{
    const auto config = resolve(optionsOf({{"backend", Backend}}), Settings{});
    QVERIFY(!config.ok());
    QVERIFY(config.error().code == ErrorCode::InvalidArgument);
    QVERIFY2(messageOf(config).startsWith("--spool-dir: "), messageOf(config).constData());
    for (const char *given : {"/var/spool/weave", "none"}) {
        const auto told =
            resolve(optionsOf({{"backend", Backend}, {"spool-dir", given}}), Settings{});
        QVERIFY2(told.ok(), messageOf(told).constData());
    }
}

// The system's service has its spool elsewhere than a daemon that root starts by hand.
void TstConfigPlaces::spoolDirectoryOfCommands()
{
    const QTemporaryDir folder;
    const std::string state = folder.path().toStdString();
    const std::string system = state + "/system";
    const Environment variables = environmentOf({{"XDG_STATE_HOME", state}, {"HOME", state}});
    const auto found = [&](const Options &options) {
        return toBytes(clientSpoolDirectory(options, variables, system));
    };
    const QByteArray usual = toBytes(Weave::spoolDirectory(Options(), variables));
    QCOMPARE(found(Options()), usual); // neither is there
    QVERIFY(QDir().mkpath(QString::fromStdString(system)));
    QCOMPARE(found(Options()), toBytes(system));
    QCOMPARE(found(optionsOf({{"spool-dir", "/given"}})), "/given"_ba);
    QVERIFY(found(optionsOf({{"spool-dir", "none"}})).isEmpty());
    QVERIFY(QDir().mkpath(QString::fromUtf8(usual)));
    QCOMPARE(found(Options()), usual);
}

void TstConfigPlaces::tildeIsNoFolder_data()
{
    QTest::addColumn<QByteArray>("flag");
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("socket") << "socket"_ba
                            << "~/s"_ba;
    QTest::newRow("spool") << "spool-dir"_ba
                           << "~/spool"_ba;
    QTest::newRow("home itself") << "spool-dir"_ba
                                 << "~"_ba;
    QTest::newRow("another user's") << "spool-dir"_ba
                                    << "~ada/spool"_ba;
    QTest::newRow("key") << "api-key-file"_ba
                         << "~/.weave-key"_ba;
    QTest::newRow("certificates") << "ca-file"_ba
                                  << "~/ca.pem"_ba;
    QTest::newRow("file") << "backend"_ba
                          << "file:~/calls"_ba;
    QTest::newRow("metrics") << "metrics"_ba
                             << "unix:~/m"_ba;
}

void TstConfigPlaces::tildeIsNoFolder()
{
    QFETCH(QByteArray, flag);
    QFETCH(QByteArray, text);
    const auto config = resolve({{flag.constData(), text.constData()}});
    QVERIFY(!config.ok());
    const QByteArray message = messageOf(config);
    QVERIFY2(message.startsWith("--" + flag + ": \"" + text + "\": "), message.constData());
    QVERIFY2(message.endsWith("write the whole path"), message.constData());
    QVERIFY(resolve({{"spool-dir", "~backup"}}).ok()); // a name like any other
}

// Memory is dearer than disk: the default is smaller, but what is given counts.
void TstConfigPlaces::spoolInMemory()
{
    const auto config = resolve({{"spool-dir", "none"}});
    QVERIFY2(config.ok(), messageOf(config).constData());
    QVERIFY(config->spoolDirectory.empty());
    QCOMPARE(config->spoolMaxBytes, 64 * MiB);
    QCOMPARE(configOf({{"spool-dir", "none"}, {"spool-max-bytes", "1GiB"}}).spoolMaxBytes,
             1024 * MiB);
    QCOMPARE(configOf({{"spool-dir", "none"}, {"spool-max-bytes", "2MiB"}}).spoolMaxBytes, 2 * MiB);
    const auto bad = resolve({{"spool-dir", "none"}, {"spool-max-bytes", "1"}});
    QVERIFY2(messageOf(bad).startsWith("--spool-max-bytes: "), messageOf(bad).constData());
}

void TstConfigPlaces::socketGroup()
{
    const auto byNumber = resolve({{"socket-mode", "0660"}, {"socket-group", "4242"}});
    QVERIFY2(byNumber.ok(), messageOf(byNumber).constData());
    QVERIFY(byNumber->socketGroup == gid_t{4242});
    QVERIFY(configOf({{"socket-mode", "0660"}, {"socket-group", "0"}}).socketGroup == gid_t{0});

    const struct group *own = ::getgrgid(::getgid());
    if (!own)
        QSKIP("this process's group has no name");
    const gid_t id = own->gr_gid;
    const auto byName =
        resolve({{"socket-mode", "0660"}, {"socket-group", QByteArray(own->gr_name).constData()}});
    QVERIFY2(byName.ok(), messageOf(byName).constData());
    QVERIFY(byName->socketGroup == id);
}

void TstConfigPlaces::badSocketGroup()
{
    // The largest number means "no group" to chown().
    for (const char *name : {"no-such-group-here", "-1", "4294967295", "4294967296", "wheel "}) {
        const auto config = resolve({{"socket-group", name}});
        QVERIFY2(!config.ok(), name);
        const QByteArray message = messageOf(config);
        QVERIFY2(message.startsWith("--socket-group: \"" + QByteArray(name) + "\": "),
                 message.constData());
    }
    // It would be of no use.
    const QByteArray closed = messageOf(resolve({{"socket-group", "0"}}));
    QVERIFY2(closed.startsWith("--socket-group: \"0\": "), closed.constData());
    QVERIFY2(closed.contains("--socket-mode 0660"), closed.constData());
}

QTEST_GUILESS_MAIN(TstConfigPlaces)
#include "tst_configplaces.moc"
