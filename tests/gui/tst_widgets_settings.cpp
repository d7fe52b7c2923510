#include "fakes/calllines.h"
#include "fakes/fakeclient.h"
#include "fakes/processfixture.h"
#include "fakes/servicesocket.h"
#include "gui/settingsrig.h"

#include <QDir>
#include <QFile>
#include <QJsonDocument>
#include <QLocalServer>
#include <QSet>
#include <QSignalSpy>
#include <QTest>
#include <QTimer>

#include <memory>

using namespace Weave;
using namespace Qt::StringLiterals;
using Applied = DaemonKeeper::Applied;

namespace {

QByteArray contents(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

// Sends calls all the time and notes which ones the daemon has taken.
class Sender final
{
public:
    explicit Sender(const QString &socket)
        : m_socket(socket)
    {
        QObject::connect(&m_timer, &QTimer::timeout, &m_timer, [this] { send(); });
        m_timer.start(1);
    }

    void stop() { m_timer.stop(); }

    QSet<QByteArray> taken;

private:
    void send()
    {
        if (m_isSending)
            return; // the reply is waited for with this loop
        m_isSending = true;
        if (!m_client)
            m_client = std::make_unique<FakeClient>(m_socket);
        const QByteArray id = QByteArray::number(++m_count);
        if (m_client->sendCalls(startLine(startPayload("a/b", id)), 1) == 1)
            taken.insert(id);
        else
            m_client.reset(); // the daemon has gone; an SDK sends the call itself
        m_isSending = false;
    }

    QString m_socket;
    std::unique_ptr<FakeClient> m_client;
    QTimer m_timer;
    int m_count = 0;
    bool m_isSending = false;
};

QSet<QByteArray> arrived(const HttpSink &sink)
{
    QSet<QByteArray> ids;
    for (const QByteArray &item : sink.delivered())
        ids.insert(
            QJsonDocument::fromJson(item)["req"_L1]["start"_L1]["id"_L1].toString().toUtf8());
    return ids;
}

QByteArray authorization(const QByteArray &key)
{
    return "Basic " + ("api:" + key).toBase64();
}

} // namespace

// Settings on their way to the daemon that goes by them: the real one, which this program has
// started, or somebody else.
class WidgetsSettingsTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void changesWhileCallsPass();
    void aNewKeyWhileCallsPass();
    void whatNeedsARestart();
    void theSocketIsFound();
    void aRelativeSocketIsFound();
    void aDaemonOfAnEarlierRun();
    void othersDaemonGetsTheKeyInAFile();
    void theSocketOfSystemd();
    void flagsWin();
    void aDaemonWithOtherFiles();
    void whatTheDaemonDoesNotTake();
    void noneIsStartedBesideAFullOne();
};

void WidgetsSettingsTest::changesWhileCallsPass()
{
    SettingsRig rig;
    const QByteArray before = "# mine\nsenders = 3\nflush-interval = \"20ms\" # short\nbackend = \""
        + rig.sink.url().toUtf8() + "\"\n";
    QVERIFY(rig.writeConfig(before));
    QCOMPARE(rig.keeper->load(), QString());
    rig.keeper->startDaemon();
    QVERIFY(rig.connectClient());
    const qint64 pid = rig.client->snapshot().pid;
    QVERIFY(rig.keeper->launcher().owns(pid));

    Sender sender(rig.socket);
    QTRY_VERIFY(sender.taken.size() > 100);
    HttpSink other;
    QVERIFY(other.listen());
    Settings settings = rig.keeper->settings();
    settings.backend = other.url();
    settings.flushInterval = u"30ms"_s;
    settings.maxConnections = u"77"_s;
    const Applied applied = rig.keep(settings);
    QCOMPARE(applied.problem, QString());
    QCOMPARE(applied.needsRestart, QStringList());
    QCOMPARE(applied.overruled, QStringList());
    const qsizetype taken = sender.taken.size();
    QTRY_VERIFY(sender.taken.size() > taken + 100);
    sender.stop();

    // The same daemon, with the new settings; the user's own lines are as they were.
    QTRY_COMPARE(rig.client->snapshot().maxConnections, 77);
    QCOMPARE(rig.client->snapshot().pid, pid);
    QVERIFY(contents(rig.configFile)
                .startsWith("# mine\nsenders = 3\nflush-interval = \"30ms\" # short\nbackend = \""
                            + other.url().toUtf8() + "\"\n"));
    QTRY_COMPARE(arrived(rig.sink) + arrived(other), sender.taken);
    QVERIFY(!arrived(other).isEmpty());
}

// A daemon of ours has the key from its environment, so it is started again. What it has taken is
// delivered by the next one.
void WidgetsSettingsTest::aNewKeyWhileCallsPass()
{
    SettingsRig rig;
    rig.sink.setScript([](const SinkRequest &request) {
        const bool isRight = request.headers.value("authorization") == authorization("right");
        return SinkAnswer{.status = isRight ? 200 : 401};
    });
    QVERIFY(rig.writeConfig("flush-interval = \"20ms\"\nbackend = \"" + rig.sink.url().toUtf8()
                            + "\"\n"));
    qputenv("WANDB_API_KEY", "wrong"); // the desktop's own; what is typed wins
    QCOMPARE(rig.keeper->load(), QString());
    rig.keeper->startDaemon();
    QVERIFY(rig.connectClient());
    const qint64 pid = rig.client->snapshot().pid;
    Sender sender(rig.socket);
    QTRY_VERIFY(sender.taken.size() > 100);
    QTRY_VERIFY(rig.client->snapshot().backendState == Snapshot::Backend::Paused);
    QCOMPARE(rig.sink.delivered().size(), 0);

    QCOMPARE(rig.keep(rig.keeper->settings(), u"right"_s).problem, QString());
    QTRY_VERIFY_WITH_TIMEOUT(rig.client->isConnected() && rig.client->snapshot().pid != pid,
                             15'000);
    const qsizetype taken = sender.taken.size();
    QTRY_VERIFY_WITH_TIMEOUT(sender.taken.size() > taken + 100, 10'000);
    sender.stop();
    QTRY_COMPARE_WITH_TIMEOUT(arrived(rig.sink), sender.taken, 10'000);
}

void WidgetsSettingsTest::whatNeedsARestart()
{
    SettingsRig rig;
    QVERIFY(rig.writeConfig("backend = \"" + rig.sink.url().toUtf8() + "\"\n"));
    QCOMPARE(rig.keeper->load(), QString());
    rig.keeper->startDaemon();
    QVERIFY(rig.connectClient());
    const qint64 pid = rig.client->snapshot().pid;
    Settings settings = rig.keeper->settings();
    settings.http = u"127.0.0.1:0"_s;
    settings.flushInterval = u"30ms"_s;
    const Applied applied = rig.keep(settings);
    QCOMPARE(applied.problem, QString());
    QCOMPARE(applied.needsRestart, QStringList{u"http"_s});
    QCOMPARE(applied.overruled, QStringList());
    QVERIFY(applied.isOurs);
    QCOMPARE(applied.pid, pid);
    QCOMPARE(rig.client->snapshot().httpUrl, QString());
    rig.keeper->restartDaemon();
    QTRY_VERIFY_WITH_TIMEOUT(rig.client->isConnected() && rig.client->snapshot().pid != pid,
                             15'000);
    QVERIFY(rig.client->snapshot().httpUrl.startsWith(u"http://127.0.0.1:"_s));
}

// What was named, else the service's socket where there is one, else the usual place.
void WidgetsSettingsTest::theSocketIsFound()
{
    SettingsRig rig;
    const auto socketOf = [](const QString &flag) { return DaemonKeeper(flag).socketPath(); };
    const QByteArray runtime = qgetenv("XDG_RUNTIME_DIR");
    qputenv("XDG_RUNTIME_DIR", rig.folder.path().toUtf8());
    const QString service = rig.folder.filePath(u"weave-sidecar/weave-sidecar.sock"_s);
    QVERIFY(socketOf({}) != service);
    QVERIFY(QDir().mkpath(QFileInfo(service).path()));
    QLocalServer server;
    QVERIFY(server.listen(service));
    QCOMPARE(socketOf({}), service);
    QCOMPARE(DaemonKeeper({}).unusualSocketPath(), QString());
    const QString named = rig.folder.filePath(u"mine"_s);
    QVERIFY(rig.writeConfig("socket = \"" + named.toUtf8() + "\"\n"));
    QCOMPARE(socketOf({}), named);
    QCOMPARE(DaemonKeeper({}).unusualSocketPath(), named);
    QCOMPARE(socketOf(u"/tmp/flag"_s), u"/tmp/flag"_s);
    qputenv("XDG_RUNTIME_DIR", runtime);
}

// A daemon takes it from its own folder, which is the user's home.
void WidgetsSettingsTest::aRelativeSocketIsFound()
{
    SettingsRig rig;
    QVERIFY(
        rig.writeConfig("socket = \"x.sock\"\nbackend = \"" + rig.sink.url().toUtf8() + "\"\n"));
    rig.socket.clear(); // or a flag would win
    rig.makeKeeper();
    rig.client = std::make_unique<SidecarClient>([&rig] { return rig.keeper->socketPath(); });
    rig.keeper->startDaemon();
    QVERIFY2(rig.connectClient(), qPrintable(rig.client->absenceText()));
    QVERIFY(rig.keeper->launcher().owns(rig.client->snapshot().pid));
}

// Quitting the tray and starting it again does not make the daemon somebody else's.
void WidgetsSettingsTest::aDaemonOfAnEarlierRun()
{
    SettingsRig rig;
    QVERIFY(rig.writeConfig("backend = \"" + rig.sink.url().toUtf8() + "\"\n"));
    rig.keeper->startDaemon();
    QVERIFY(rig.connectClient());
    const qint64 pid = rig.client->snapshot().pid;
    rig.makeKeeper();
    QVERIFY(!rig.keeper->launcher().owns(pid));
    QVERIFY(rig.connectClient());
    QVERIFY(rig.keeper->launcher().recognize(rig.client->snapshot().pid));
    QVERIFY(rig.keeper->launcher().owns(pid));
    QVERIFY(!rig.keeper->launcher().recognize(QCoreApplication::applicationPid()));
}

// One that systemd has started, for example: nobody hands it a key, so it reads one.
void WidgetsSettingsTest::othersDaemonGetsTheKeyInAFile()
{
    SettingsRig rig;
    rig.sink.setScript([](const SinkRequest &request) {
        const bool isRight = request.headers.value("authorization") == authorization("right");
        return SinkAnswer{.status = isRight ? 200 : 401};
    });
    QVERIFY(rig.writeConfig("flush-interval = \"20ms\"\nbackend = \"" + rig.sink.url().toUtf8()
                            + "\"\n"));
    SidecarProcess daemon(rig.socket);
    daemon.setEnvironment(u"WEAVE_SIDECAR_CONFIG"_s, rig.configFile);
    QVERIFY(daemon.start({}));
    QVERIFY(rig.connectClient());
    QVERIFY(!rig.keeper->launcher().recognize(rig.client->snapshot().pid));
    FakeClient client(rig.socket);
    QCOMPARE(client.sendCalls(startLine(startPayload("a/b", "1")), 1), 1);
    QTRY_VERIFY(rig.client->snapshot().backendState == Snapshot::Backend::Paused);

    const Applied applied = rig.keep(rig.keeper->settings(), u"right"_s);
    QCOMPARE(applied.problem, QString());
    QCOMPARE(applied.overruled, QStringList());
    QTRY_COMPARE(rig.sink.delivered().size(), 1);
    QCOMPARE(rig.client->snapshot().pid, daemon.pid());
    const QString keyFile = rig.folder.filePath(u"config/weave-sidecar/api-key"_s);
    QCOMPARE(contents(keyFile), QByteArray("right\n"));
    QCOMPARE(int(QFile::permissions(keyFile) & (QFile::ReadGroup | QFile::ReadOther)), 0);
    QVERIFY(contents(rig.configFile).contains("api-key-file = \"" + keyFile.toUtf8() + "\"\n"));
    QVERIFY(!contents(rig.configFile).contains("right\""));
    // Once more, into the same file.
    QCOMPARE(rig.keep(rig.keeper->settings(), u"other"_s).overruled, QStringList());
    QCOMPARE(contents(keyFile), QByteArray("other\n"));
}

// Its unit says where it is; a line that does not hold would lead every client astray.
void WidgetsSettingsTest::theSocketOfSystemd()
{
    SettingsRig rig;
    const QByteArray before = "backend = \"" + rig.sink.url().toUtf8() + "\"\n";
    QVERIFY(rig.writeConfig(before));
    QCOMPARE(rig.keeper->load(), QString());
    const ServiceSocket made(rig.socket);
    SidecarProcess daemon(rig.socket);
    daemon.passSockets({made.descriptor()});
    daemon.setEnvironment(u"WEAVE_SIDECAR_CONFIG"_s, rig.configFile);
    QVERIFY(daemon.start({}));
    QVERIFY(rig.connectClient());
    Settings settings = rig.keeper->settings();
    settings.socket = rig.folder.filePath(u"mine"_s);
    settings.flushInterval = u"30ms"_s;
    const Applied applied = rig.keep(settings);
    QCOMPARE(applied.problem, QString());
    QCOMPARE(applied.overruled, QStringList());
    QCOMPARE(applied.needsRestart, QStringList());
    QCOMPARE(applied.notUsed, QStringList{u"socket"_s});
    QCOMPARE(contents(rig.configFile), before + "flush-interval = \"30ms\"\n");
    QCOMPARE(rig.keeper->settings().socket, QString());
    // What is no news is not said again.
    settings = rig.keeper->settings();
    settings.flushInterval = u"40ms"_s;
    QCOMPARE(rig.keep(settings).notUsed, QStringList());
}

void WidgetsSettingsTest::flagsWin()
{
    SettingsRig rig;
    QVERIFY(rig.writeConfig("backend = \"" + rig.sink.url().toUtf8() + "\"\n"));
    QCOMPARE(rig.keeper->load(), QString());
    SidecarProcess daemon(rig.socket);
    daemon.setEnvironment(u"WEAVE_SIDECAR_CONFIG"_s, rig.configFile);
    daemon.setEnvironment(u"WANDB_API_KEY"_s, u"its-own"_s);
    QVERIFY(daemon.start({u"--flush-interval"_s, u"40ms"_s}));
    QVERIFY(rig.connectClient());
    Settings settings = rig.keeper->settings();
    settings.flushInterval = u"50ms"_s;
    settings.maxConnections = u"99"_s;
    settings.flushMaxCount = u"2000"_s; // as it has been anyway
    QCOMPARE(rig.keep(settings, u"typed"_s).overruled,
             QStringList({u"flush-interval"_s, u"api-key-file"_s}));
    QTRY_COMPARE(rig.client->snapshot().maxConnections, 99);
}

void WidgetsSettingsTest::aDaemonWithOtherFiles()
{
    SettingsRig rig;
    ProcessFixture fixture; // its daemon reads no file
    QVERIFY(fixture.start());
    rig.client = std::make_unique<SidecarClient>(fixture.sidecar.socketPath());
    QVERIFY(rig.connectClient());
    QVERIFY(!rig.keeper->isReadBy(*rig.client));
    Settings settings = rig.keeper->settings();
    settings.backend = rig.sink.url();
    const Applied applied = rig.keep(settings, u"key"_s);
    QCOMPARE(applied.problem, QString());
    QCOMPARE(applied.overruled, QStringList());
    QVERIFY(!applied.isOurs);
    QVERIFY(contents(rig.configFile).contains(rig.sink.url().toUtf8()));
}

// The file has been edited by hand meanwhile: the daemon's words are handed on, and it goes on.
void WidgetsSettingsTest::whatTheDaemonDoesNotTake()
{
    SettingsRig rig;
    QVERIFY(rig.writeConfig("backend = \"" + rig.sink.url().toUtf8() + "\"\n"));
    QCOMPARE(rig.keeper->load(), QString());
    rig.keeper->startDaemon();
    QVERIFY(rig.connectClient());
    const Settings settings = rig.keeper->settings();
    QVERIFY(rig.writeConfig("backend = \"" + rig.sink.url().toUtf8()
                            + "\"\nca-file = \"/no/such/file\"\n"));
    const Applied applied = rig.keep(settings);
    QVERIFY2(applied.problem.contains(u"/no/such/file"_s), qPrintable(applied.problem));
    QVERIFY(applied.isAnswered);
    QVERIFY(rig.writeConfig("sender = 3\n"));
    QVERIFY2(rig.keeper->load().contains(u"did you mean senders"_s),
             qPrintable(rig.keeper->load()));
    Settings other = settings;
    other.maxConnections = u"9"_s;
    QVERIFY(!rig.keep(other).problem.isEmpty());
    QCOMPARE(contents(rig.configFile), QByteArray("sender = 3\n"));
    QVERIFY(rig.client->isConnected());
}

// It would find the socket taken. The full one may read the same file, and then it needs the key.
void WidgetsSettingsTest::noneIsStartedBesideAFullOne()
{
    SettingsRig rig;
    SidecarProcess daemon(rig.socket);
    QVERIFY(daemon.start({u"--backend"_s, rig.sink.url(), u"--max-connections"_s, u"1"_s}));
    std::unique_ptr<FakeClient> only = takeTheOnlyPlace(rig.socket);
    QVERIFY(only);
    rig.client->start();
    QTRY_VERIFY(!rig.client->absenceText().isEmpty());
    Settings settings = rig.keeper->settings();
    settings.backend = rig.sink.url();
    QSignalSpy failed(rig.keeper.get(), &DaemonKeeper::startFailed);
    const Applied applied = rig.keep(settings, u"typed"_s);
    QVERIFY2(applied.problem.contains(u"max-connections"_s), qPrintable(applied.problem));
    QVERIFY(!applied.isAnswered);
    QVERIFY(contents(rig.configFile).contains("api-key-file"));
    QTest::qWait(1500); // what ends at once is told of within a second
    QCOMPARE(failed.count(), 0);
    QVERIFY(!rig.keeper->launcher().isRunning());
}

QTEST_MAIN(WidgetsSettingsTest)
#include "tst_widgets_settings.moc"
