#include "client/sidecarclient.h"
#include "fakes/calllines.h"
#include "fakes/fakeclient.h"
#include "fakes/processfixture.h"
#include "widgets/actions.h"
#include "widgets/autostart.h"
#include "widgets/backendform.h"
#include "widgets/daemonkeeper.h"
#include "widgets/daemonview.h"
#include "widgets/deadletterbox.h"
#include "widgets/mainwindow.h"
#include "widgets/problemspage.h"
#include "widgets/sdkhint.h"
#include "widgets/settingsdialog.h"
#include "widgets/settingsflow.h"
#include "widgets/windowpages.h"

#include <QApplication>
#include <QDir>
#include <QFile>
#include <QJsonDocument>
#include <QLabel>
#include <QLocalServer>
#include <QPlainTextEdit>
#include <QPointer>
#include <QPushButton>
#include <QScopeGuard>
#include <QSet>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QTimer>

#include <algorithm>
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

// A home directory, and what the tray keeps the settings with in it.
class Rig final
{
public:
    Rig()
        : folder(u"/tmp/wsXXXXXX"_s)
    {
        qputenv("HOME", folder.path().toUtf8());
        qputenv("XDG_CONFIG_HOME", folder.filePath(u"config"_s).toUtf8());
        qputenv("XDG_STATE_HOME", folder.filePath(u"state"_s).toUtf8());
        for (const char *name : {"WANDB_API_KEY", "WEAVE_SIDECAR_BACKEND", "WEAVE_SIDECAR_SOCKET",
                                 "WEAVE_SIDECAR_CONFIG", "NETRC"})
            qunsetenv(name);
        socket = folder.filePath(u"s"_s);
        configFile = folder.filePath(u"config/weave-sidecar/config.toml"_s);
        sink.listen();
        makeKeeper();
    }

    ~Rig()
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
    Applied keep(const Settings &settings, const QString &key = {}) const
    {
        Applied result;
        result.problem = u"nothing was applied"_s;
        bool isDone = false;
        QObject context;
        QObject::connect(keeper.get(), &DaemonKeeper::applied, &context,
                         [&](const Applied &applied) {
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

// Settings from the dialog to the daemon that goes by them: the real one, which this program has
// started, or somebody else.
class WidgetsSettingsTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void changesWhileCallsPass();
    void aNewKeyWhileCallsPass();
    void whatNeedsARestart();
    void theSocketIsFound();
    void aDaemonOfAnEarlierRun();
    void othersDaemonGetsTheKeyInAFile();
    void flagsWin();
    void aDaemonWithOtherFiles();
    void whatTheDaemonDoesNotTake();
    void whatCannotBeKeptStaysInTheDialog();
    void theTestOfADialogEndsWithIt();
    void linesForAShell();
    void deadLettersAreSentAgain();
};

void WidgetsSettingsTest::changesWhileCallsPass()
{
    Rig rig;
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
    Rig rig;
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
    Rig rig;
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
    Rig rig;
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

// Quitting the tray and starting it again does not make the daemon somebody else's.
void WidgetsSettingsTest::aDaemonOfAnEarlierRun()
{
    Rig rig;
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
    Rig rig;
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

void WidgetsSettingsTest::flagsWin()
{
    Rig rig;
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
    Rig rig;
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
    Rig rig;
    QVERIFY(rig.writeConfig("backend = \"" + rig.sink.url().toUtf8() + "\"\n"));
    QCOMPARE(rig.keeper->load(), QString());
    rig.keeper->startDaemon();
    QVERIFY(rig.connectClient());
    const Settings settings = rig.keeper->settings();
    QVERIFY(rig.writeConfig("backend = \"" + rig.sink.url().toUtf8()
                            + "\"\nca-file = \"/no/such/file\"\n"));
    const Applied applied = rig.keep(settings);
    QVERIFY2(applied.problem.contains(u"/no/such/file"_s), qPrintable(applied.problem));
    QVERIFY(rig.writeConfig("sender = 3\n"));
    QVERIFY2(rig.keeper->load().contains(u"did you mean senders"_s),
             qPrintable(rig.keeper->load()));
    Settings other = settings;
    other.maxConnections = u"9"_s;
    QVERIFY(!rig.keep(other).problem.isEmpty());
    QCOMPARE(contents(rig.configFile), QByteArray("sender = 3\n"));
    QVERIFY(rig.client->isConnected());
}

// By the buttons, in a spool whose place only the daemon knows.
void WidgetsSettingsTest::deadLettersAreSentAgain()
{
    ProcessFixture f;
    bool isMended = false;
    f.sink.setScript([&isMended](const SinkRequest &request) {
        const bool isBad = !isMended && request.body.contains("\"3\"");
        return SinkAnswer{.status = isBad ? 400 : 200, .body = R"({"reason":"three is bad"})"};
    });
    QVERIFY(f.start({u"--spool-dir"_s, f.path(u"elsewhere"_s)}));
    FakeClient sender(f.sidecar.socketPath());
    for (const char *id : {"2", "3"})
        QCOMPARE(sender.sendCalls(startLine(startPayload("a/b", id)), 1), 1);
    QVERIFY(f.waitForNumber(u"calls.dead_lettered"_s, 1));

    Actions actions;
    MainWindow window(actions);
    DaemonView daemon([&f] { return f.sidecar.socketPath(); });
    auto *const pages = new WindowPages(window, daemon);
    daemon.client().start();
    window.show();
    window.showPage(&pages->problems());
    DeadLetterBox &box = pages->problems().deadLetters();
    const auto buttons = box.findChildren<QPushButton *>();
    QCOMPARE(buttons.size(), 2);
    QPushButton *const retry = buttons[1];
    QTRY_VERIFY_WITH_TIMEOUT(retry->isEnabled(), 10'000);
    const auto says = [&box](const QString &text) {
        for (const QLabel *const label : box.findChildren<QLabel *>()) {
            if (label->isVisible() && label->text().contains(text))
                return true;
        }
        return false;
    };
    QVERIFY(says(u"three is bad"_s));
    isMended = true;
    retry->click();
    QTRY_VERIFY(says(u"handed to the sidecar once more"_s));
    QTRY_VERIFY(says(u"No call was given up."_s));
    QVERIFY(!retry->isEnabled());
    QVERIFY(f.waitForDelivered(2));
    QCOMPARE(f.auditError(), QString());
}

// The next dialog may show another address.
void WidgetsSettingsTest::whatCannotBeKeptStaysInTheDialog()
{
    Rig rig;
    qputenv("WEAVE_SIDECAR_CONFIG", "none"); // so that there is no file to keep them in
    const auto unset = qScopeGuard([] { qunsetenv("WEAVE_SIDECAR_CONFIG"); });
    rig.makeKeeper();
    Autostart autostart(rig.folder.path());
    SettingsFlow flow(*rig.keeper, *rig.client, autostart);
    flow.openSettings(nullptr);
    QPointer<SettingsDialog> dialog;
    for (QWidget *const each : QApplication::topLevelWidgets()) {
        if (auto *const found = qobject_cast<SettingsDialog *>(each))
            dialog = found;
    }
    QVERIFY(dialog);
    const QString backend = u"file:"_s + rig.folder.filePath(u"calls"_s);
    dialog->form().setBackend(backend);
    Q_EMIT dialog->saveRequested();
    QVERIFY(dialog->isVisible());
    QCOMPARE(dialog->settings().backend, backend);
    const QList<QLabel *> labels = dialog->findChildren<QLabel *>();
    QVERIFY(std::any_of(labels.begin(), labels.end(), [](const QLabel *label) {
        return label->text().contains(u"WEAVE_SIDECAR_CONFIG"_s);
    }));
    dialog->close();
}

void WidgetsSettingsTest::theTestOfADialogEndsWithIt()
{
    Rig rig;
    rig.sink.setScript([](const SinkRequest &) { return SinkAnswer{.isHanging = true}; });
    QVERIFY(rig.writeConfig("backend = \"" + rig.sink.url().toUtf8() + "\"\n"));
    Autostart autostart(rig.folder.path());
    SettingsFlow flow(*rig.keeper, *rig.client, autostart);
    QPointer<SettingsDialog> dialog;
    const auto open = [&flow, &dialog] {
        flow.openSettings(nullptr);
        for (QWidget *const each : QApplication::topLevelWidgets()) {
            if (auto *const found = qobject_cast<SettingsDialog *>(each))
                dialog = found;
        }
    };
    open();
    QVERIFY(dialog);
    Q_EMIT dialog->form().testRequested();
    QTRY_COMPARE(rig.sink.requestCount(), 1);
    dialog->close();
    QTRY_VERIFY(!dialog);
    open();
    QVERIFY(dialog);
    rig.sink.answerHanging();
    QTest::qWait(300);
    for (const QLabel *const label : dialog->form().findChildren<QLabel *>())
        QVERIFY2(!label->text().contains(u"127.0.0.1 "_s), qPrintable(label->text()));
    dialog->close();
}

void WidgetsSettingsTest::linesForAShell()
{
    const auto linesWith = [](const QString &socket) {
        const SdkHint hint(QString(), socket);
        return hint.findChild<QPlainTextEdit *>()->toPlainText();
    };
    QVERIFY(linesWith(u"/run/a-b/s.sock"_s)
                .endsWith(u"\nexport WEAVE_SIDECAR_SOCKET=/run/a-b/s.sock"_s));
    QVERIFY(linesWith(u"/home/Ada's PC/$s"_s)
                .endsWith(u"\nexport WEAVE_SIDECAR_SOCKET='/home/Ada'\\''s PC/$s'"_s));
}

QTEST_MAIN(WidgetsSettingsTest)
#include "tst_widgets_settings.moc"
