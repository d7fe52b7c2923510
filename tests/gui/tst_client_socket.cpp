#include "client/callmodel.h"
#include "client/daemonlauncher.h"
#include "client/processmark.h"
#include "client/sidecarclient.h"
#include "fakes/calllines.h"
#include "fakes/fakeclient.h"
#include "fakes/processfixture.h"

#include <QDir>
#include <QFileInfo>
#include <QLocalServer>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <csignal>
#include <fcntl.h>
#include <functional>
#include <memory>

using namespace Weave;
using namespace Qt::StringLiterals;

namespace {

// What a daemon might say, word for word.
class FakeDaemon
{
public:
    explicit FakeDaemon(const QString &path)
    {
        QLocalServer::removeServer(path);
        m_isListening = m_server.listen(path);
        QObject::connect(&m_server, &QLocalServer::newConnection, &m_server, [this] {
            QLocalSocket *socket = m_server.nextPendingConnection();
            QObject::connect(socket, &QLocalSocket::readyRead, socket, [this, socket] {
                while (socket->canReadLine()) {
                    lines << socket->readLine();
                    socket->write(answerTo ? answerTo(lines.constLast()) : answer);
                }
            });
        });
    }

    [[nodiscard]] bool isListening() const { return m_isListening; }

    void stop()
    {
        m_server.close();
        for (QLocalSocket *const socket : m_server.findChildren<QLocalSocket *>())
            socket->abort();
    }

    QByteArray answer;
    std::function<QByteArray(const QByteArray &line)> answerTo;
    QByteArrayList lines;

private:
    QLocalServer m_server;
    bool m_isListening = false;
};

const QByteArray Subscribed = "{\"success\":true}\n";
const QByteArray Status = "{\"event\":\"status\",\"status\":{\"version\":\"1\",\"pid\":5,"
                          "\"calls\":{\"delivered\":3}}}\n";

bool wait(SidecarClient &client, QSignalSpy &spy)
{
    client.start();
    return spy.count() > 0 || spy.wait(5000); // that nobody listens is known at once
}

} // namespace

class ClientSocketTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void nobodyThere();
    void comesWhenTheDaemonComes();
    void anotherUsersDaemon();
    void looksOnWhereItMayNotControl();
    void followsTheSocket();
    void reloads();
    void somethingElseAnswers();
    void endlessLine();
    void repeatedEventsAreToldOnce();
    void requestsOfOneMomentAreAllTold();
    void theRealDaemon();
    void survivesARestart();
    void startsADaemon();
    void askedWhileItRestarts();
    void startsWhatFails();
    void quotesNoEarlierDaemon();
    void keepsItsLogSmall();
    void failsInSilenceAtTheEnd();
};

void ClientSocketTest::nobodyThere()
{
    const QTemporaryDir folder;
    SidecarClient client(folder.filePath(u"s"_s));
    QSignalSpy lost(&client, &SidecarClient::disconnected);
    QVERIFY(wait(client, lost));
    QCOMPARE(lost[0][0].value<SidecarClient::Absence>(), SidecarClient::Absence::NoDaemon);
    QVERIFY(client.absenceText().contains(folder.filePath(u"s"_s)));
    // It is said once, however often it is tried.
    QTest::qWait(900);
    QCOMPARE(lost.count(), 1);
    QString error;
    client.pause([&error](const SidecarClient::Done &done) { error = done.error; });
    QTRY_VERIFY(!error.isEmpty());
}

void ClientSocketTest::comesWhenTheDaemonComes()
{
    const QTemporaryDir folder;
    SidecarClient client(folder.filePath(u"s"_s));
    QSignalSpy connected(&client, &SidecarClient::connected);
    QSignalSpy lost(&client, &SidecarClient::disconnected);
    QVERIFY(wait(client, lost));
    auto daemon = std::make_unique<FakeDaemon>(folder.filePath(u"s"_s));
    QVERIFY(daemon->isListening());
    daemon->answer = Subscribed + Status;
    QTRY_COMPARE(connected.count(), 1);
    QCOMPARE(client.snapshot().delivered, 3);
    QVERIFY(daemon->lines.constFirst().contains("subscribe"));
    QVERIFY(daemon->lines.constFirst().contains("flushes"));
    QVERIFY(!daemon->lines.constFirst().contains("calls"));
    daemon.reset();
    QTRY_COMPARE(lost.count(), 2);
    QVERIFY(!client.isConnected());
}

void ClientSocketTest::anotherUsersDaemon()
{
    const QTemporaryDir folder;
    FakeDaemon daemon(folder.filePath(u"s"_s));
    daemon.answer = "{\"success\":false,\"error\":\"only root and the user that the daemon runs as "
                    "(uid 7) may do this\"}\n";
    SidecarClient client(folder.filePath(u"s"_s));
    QSignalSpy lost(&client, &SidecarClient::disconnected);
    QVERIFY(wait(client, lost));
    QCOMPARE(lost[0][0].value<SidecarClient::Absence>(), SidecarClient::Absence::NotPermitted);
}

// A group may be let in to hand over calls; its members see how things are and no more.
void ClientSocketTest::looksOnWhereItMayNotControl()
{
    const QTemporaryDir folder;
    FakeDaemon daemon(folder.filePath(u"s"_s));
    daemon.answerTo = [](const QByteArray &line) -> QByteArray {
        return line.contains("status")
            ? "{\"success\":true,\"status\":{\"pid\":5,\"calls\":{\"delivered\":3}}}\n"
            : "{\"success\":false,\"error\":\"only root and uid 7 may do this\"}\n";
    };
    SidecarClient client(folder.filePath(u"s"_s));
    QSignalSpy connected(&client, &SidecarClient::connected);
    QSignalSpy snapshots(&client, &SidecarClient::snapshotArrived);
    QVERIFY(wait(client, connected));
    QVERIFY(client.isReadOnly());
    QVERIFY2(client.readOnlyReason().contains(u"uid 7"_s), qPrintable(client.readOnlyReason()));
    QCOMPARE(client.snapshot().delivered, 3);
    QTRY_VERIFY(snapshots.count() >= 3); // it goes on looking
    QCOMPARE(daemon.lines.count("{\"method\":\"status\"}\n"), snapshots.count());
    QCOMPARE(connected.count(), 1);
}

// The daemon of the settings may be one that systemd starts later, at another place.
void ClientSocketTest::followsTheSocket()
{
    const QTemporaryDir folder;
    QString path = folder.filePath(u"one"_s);
    FakeDaemon one(folder.filePath(u"one"_s));
    FakeDaemon two(folder.filePath(u"two"_s));
    one.answer = two.answer = Subscribed + Status;
    SidecarClient client([&path] { return path; });
    QSignalSpy connected(&client, &SidecarClient::connected);
    QSignalSpy snapshots(&client, &SidecarClient::snapshotArrived);
    QVERIFY(wait(client, connected));
    path = folder.filePath(u"two"_s);
    client.setTopics(true, false, false); // which connects anew, to the daemon that it has
    QTRY_COMPARE(snapshots.count(), 2);
    QCOMPARE(client.socketPath(), folder.filePath(u"one"_s));
    one.stop();
    QTRY_COMPARE(connected.count(), 2);
    QCOMPARE(client.socketPath(), path);
}

void ClientSocketTest::reloads()
{
    const QTemporaryDir folder;
    FakeDaemon daemon(folder.filePath(u"s"_s));
    daemon.answer = "{\"success\":true,\"changed\":[\"flush-interval\"],"
                    "\"needs_restart\":[\"socket\",\"http\"]}\n";
    DaemonReply reply;
    reply.error = u"none yet"_s;
    const auto keep = [&reply](const DaemonReply &answer) { reply = answer; };
    QObject parent;
    DaemonReply::ask(folder.filePath(u"s"_s), "reload", keep, &parent);
    QTRY_COMPARE(reply.error, QString());
    QCOMPARE(daemon.lines.constFirst(), "{\"method\":\"reload\"}\n");
    QCOMPARE(reply.changed, QStringList({u"flush-interval"_s}));
    QCOMPARE(reply.needsRestart, QStringList({u"socket"_s, u"http"_s}));
    daemon.answer = "{\"success\":false,\"error\":\"line 3: no\"}\n";
    DaemonReply::ask(folder.filePath(u"s"_s), "reload", keep, &parent);
    QTRY_COMPARE(reply.error, u"line 3: no"_s);
}

void ClientSocketTest::somethingElseAnswers()
{
    const QTemporaryDir folder;
    FakeDaemon daemon(folder.filePath(u"s"_s));
    daemon.answer = "220 smtp.test\n";
    SidecarClient client(folder.filePath(u"s"_s));
    QSignalSpy lost(&client, &SidecarClient::disconnected);
    QVERIFY(wait(client, lost));
    QCOMPARE(lost[0][0].value<SidecarClient::Absence>(), SidecarClient::Absence::NotUnderstood);
}

void ClientSocketTest::endlessLine()
{
    const QTemporaryDir folder;
    FakeDaemon daemon(folder.filePath(u"s"_s));
    daemon.answer = Subscribed + QByteArray(9 * 1024 * 1024, 'x');
    SidecarClient client(folder.filePath(u"s"_s));
    QSignalSpy lost(&client, &SidecarClient::disconnected);
    QVERIFY(wait(client, lost));
    QCOMPARE(lost[0][0].value<SidecarClient::Absence>(), SidecarClient::Absence::NotUnderstood);
}

void ClientSocketTest::repeatedEventsAreToldOnce()
{
    const QTemporaryDir folder;
    FakeDaemon daemon(folder.filePath(u"s"_s));
    daemon.answer = Subscribed
        + "{\"event\":\"flush\",\"time\":5,\"calls\":1,\"outcome\":\"delivered\"}\n" + Status;
    SidecarClient client(folder.filePath(u"s"_s));
    QSignalSpy flushes(&client, &SidecarClient::flushArrived);
    QSignalSpy connected(&client, &SidecarClient::connected);
    QSignalSpy snapshots(&client, &SidecarClient::snapshotArrived);
    QVERIFY(wait(client, connected));
    client.setTopics(true, true, false);
    QTRY_COMPARE(snapshots.count(), 2);
    QVERIFY(daemon.lines.constLast().contains("calls"));
    QVERIFY(!daemon.lines.constLast().contains("payloads"));
    QCOMPARE(flushes.count(), 1);
    QCOMPARE(connected.count(), 1); // to its user it was never away
}

// Several end in the same millisecond, and a clock may be set back.
void ClientSocketTest::requestsOfOneMomentAreAllTold()
{
    const QTemporaryDir folder;
    FakeDaemon daemon(folder.filePath(u"s"_s));
    const auto flush = [](int time, const QByteArray &project) {
        return "{\"event\":\"flush\",\"time\":" + QByteArray::number(time) + ",\"project\":\""
            + project + "\",\"outcome\":\"delivered\"}\n";
    };
    const QByteArray first = flush(5, "a") + flush(5, "b");
    const QByteArray later = flush(5, "c") + flush(2, "d");
    daemon.answer = Subscribed + first + Status + later;
    SidecarClient client(folder.filePath(u"s"_s));
    QSignalSpy flushes(&client, &SidecarClient::flushArrived);
    QVERIFY(wait(client, flushes));
    QTRY_COMPARE(flushes.count(), 4);
    // A new subscription begins with what was told already.
    daemon.answer = Subscribed + first + later + flush(1, "e") + Status + flush(1, "f");
    client.setTopics(true, true, false);
    QTRY_COMPARE(flushes.count(), 6);
    QStringList projects;
    for (const QList<QVariant> &arguments : flushes)
        projects << arguments[0].value<FlushEvent>().project;
    QCOMPARE(projects.join(QString()), u"abcdef"_s);
}

void ClientSocketTest::theRealDaemon()
{
    ProcessFixture f;
    QVERIFY(f.start());
    SidecarClient client(f.sidecar.socketPath());
    client.setTopics(true, true, true);
    QSignalSpy connected(&client, &SidecarClient::connected);
    QSignalSpy flushes(&client, &SidecarClient::flushArrived);
    QSignalSpy clients(&client, &SidecarClient::clientsArrived);
    CallModel calls;
    connect(&client, &SidecarClient::callArrived, &calls, &CallModel::add);
    QVERIFY(wait(client, connected));
    QCOMPARE(client.snapshot().socket, f.sidecar.socketPath());

    int answers = 0;
    const auto good = [&answers](const SidecarClient::Done &done) {
        answers += done.error.isEmpty();
    };
    client.pause(good);
    QTRY_COMPARE(answers, 1);
    FakeClient sender(f.sidecar.socketPath());
    QCOMPARE(sender.sendCalls(startLine(startPayload("a/b", "1")), 1), 1);
    QTRY_COMPARE(calls.callCount(), 1);
    QTRY_VERIFY(client.snapshot().isPausedByUser);
    QTRY_COMPARE(client.snapshot().pending, 1);
    QString error;
    client.flush([&error](const SidecarClient::Done &done) { error = done.error; });
    QTRY_VERIFY(error.contains(u"paused"_s));
    client.resume(good);
    QTRY_COMPARE(answers, 2);
    client.flush(good);
    QTRY_COMPARE(answers, 3);
    client.retryNow(good);
    QTRY_COMPARE(answers, 4);
    QTRY_COMPARE(client.snapshot().delivered, 1);
    QTRY_COMPARE(flushes.count(), 1);
    QCOMPARE(flushes[0][0].value<FlushEvent>().outcome, u"delivered"_s);
    const auto list = clients.constLast()[0].value<QList<ClientSnapshot>>();
    QVERIFY(std::any_of(list.begin(), list.end(), [](const ClientSnapshot &one) {
        return one.pid == QCoreApplication::applicationPid();
    }));
    QCOMPARE(f.auditError(), QString());
}

void ClientSocketTest::survivesARestart()
{
    ProcessFixture f;
    QVERIFY(f.start());
    SidecarClient client(f.sidecar.socketPath());
    QSignalSpy connected(&client, &SidecarClient::connected);
    QSignalSpy lost(&client, &SidecarClient::disconnected);
    QVERIFY(wait(client, connected));
    f.sidecar.sendSignal(SIGTERM);
    QVERIFY(f.sidecar.waitForExit().has_value());
    QTRY_COMPARE(lost.count(), 1);
    QVERIFY(f.start());
    QTRY_COMPARE(connected.count(), 2);
}

void ClientSocketTest::startsADaemon()
{
    const QTemporaryDir folder;
    const QString socket = folder.filePath(u"s"_s);
    const QStringList arguments{u"--headless"_s,
                                u"--socket"_s,
                                socket,
                                u"--backend"_s,
                                "file:"_L1 + folder.filePath(u"calls"_s),
                                u"--spool-dir"_s,
                                folder.filePath(u"spool"_s)};
    if (DaemonLauncher::findProgram().isEmpty())
        QSKIP("weave-sidecar is not beside this program");
    DaemonLauncher launcher(folder.filePath(u"log/daemon.log"_s));
    SidecarClient client(socket);
    QSignalSpy connected(&client, &SidecarClient::connected);
    launcher.start({arguments, u"some-key"_s});
    QVERIFY(wait(client, connected));
    const qint64 pid = client.snapshot().pid;
    QVERIFY(launcher.owns(pid));
    if (QFileInfo::exists(u"/proc/self/cwd"_s)) // file:calls.ndjson is the user's, not the root's
        QCOMPARE(QFile::symLinkTarget(u"/proc/%1/cwd"_s.arg(pid)),
                 QFileInfo(QDir::homePath()).canonicalFilePath());
    // The log may be emptied under it.
    QFile output(u"/proc/%1/fdinfo/2"_s.arg(pid));
    if (output.open(QIODevice::ReadOnly)) {
        const auto lines = output.readAll().split('\n');
        const auto flags = std::find_if(lines.begin(), lines.end(), [](const QByteArray &line) {
            return line.startsWith("flags:");
        });
        QVERIFY((flags->mid(6).trimmed().toInt(nullptr, 8) & O_APPEND) != 0);
    }
    launcher.restart({arguments, u"some-key"_s});
    QTRY_COMPARE_WITH_TIMEOUT(connected.count(), 2, 15'000);
    QVERIFY(client.snapshot().pid != pid);
    QVERIFY(launcher.owns(client.snapshot().pid));
    QVERIFY(QFile::exists(launcher.logFile()));
    // Whoever quits in the middle of a restart does not leave the machine without a daemon.
    const qint64 second = client.snapshot().pid;
    auto quitting = std::make_unique<DaemonLauncher>(launcher.logFile());
    QVERIFY(quitting->recognize(second));
    quitting->restart({arguments, u"some-key"_s});
    quitting.reset();
    QTRY_COMPARE_WITH_TIMEOUT(connected.count(), 3, 15'000);
    QVERIFY(client.snapshot().pid != second);
    QVERIFY(launcher.recognize(client.snapshot().pid));
    launcher.stop();
    QTRY_VERIFY_WITH_TIMEOUT(!launcher.isRunning(), 15'000);
}

// A daemon that delivers until its end takes seconds to go.
void ClientSocketTest::askedWhileItRestarts()
{
    const QTemporaryDir folder;
    const QString socket = folder.filePath(u"s"_s);
    const DaemonLauncher::Start what{{u"--headless"_s, u"--socket"_s, socket, u"--backend"_s,
                                      "file:"_L1 + folder.filePath(u"calls"_s), u"--spool-dir"_s,
                                      folder.filePath(u"spool"_s)}};
    if (DaemonLauncher::findProgram().isEmpty())
        QSKIP("weave-sidecar is not beside this program");
    DaemonLauncher launcher(folder.filePath(u"log/daemon.log"_s));
    const QSignalSpy failed(&launcher, &DaemonLauncher::failed);
    SidecarClient client(socket);
    QSignalSpy connected(&client, &SidecarClient::connected);
    launcher.start(what);
    QVERIFY(wait(client, connected));

    const ProcessMark first(client.snapshot().pid);
    QCOMPARE(::kill(static_cast<pid_t>(first.pid()), SIGSTOP), 0);
    launcher.restart(what);
    launcher.start(what); // by somebody who does not want to wait
    QTest::qWait(1500); // what ends at once is told of within a second
    QCOMPARE(::kill(static_cast<pid_t>(first.pid()), SIGCONT), 0);
    QTRY_COMPARE_WITH_TIMEOUT(connected.count(), 2, 15'000);
    QVERIFY(launcher.owns(client.snapshot().pid));
    QCOMPARE(failed.count(), 0);

    const ProcessMark second(client.snapshot().pid);
    QCOMPARE(::kill(static_cast<pid_t>(second.pid()), SIGSTOP), 0);
    launcher.restart(what);
    launcher.stop();
    QCOMPARE(::kill(static_cast<pid_t>(second.pid()), SIGCONT), 0);
    QTRY_VERIFY_WITH_TIMEOUT(!second.isRunning(), 15'000);
    QTest::qWait(500); // another one would have been started by now
    QVERIFY(!launcher.isRunning());
    launcher.stop();
}

void ClientSocketTest::startsWhatFails()
{
    const QTemporaryDir folder;
    if (DaemonLauncher::findProgram().isEmpty())
        QSKIP("weave-sidecar is not beside this program");
    DaemonLauncher launcher(folder.filePath(u"daemon.log"_s));
    QSignalSpy failed(&launcher, &DaemonLauncher::failed);
    launcher.start({{u"--backend"_s, u"nonsense"_s}});
    QVERIFY(failed.wait(5000));
    QVERIFY(failed[0][0].toString().contains(u"--backend"_s));
}

// One that is killed has no last words, and those of the one before are not its own.
void ClientSocketTest::quotesNoEarlierDaemon()
{
    const QTemporaryDir folder;
    if (DaemonLauncher::findProgram().isEmpty())
        QSKIP("weave-sidecar is not beside this program");
    QFile log(folder.filePath(u"daemon.log"_s));
    QVERIFY(log.open(QIODevice::WriteOnly) && log.write("stopping with 0 calls pending\n") > 0);
    log.close();
    DaemonLauncher launcher(log.fileName());
    QSignalSpy failed(&launcher, &DaemonLauncher::failed);
    launcher.start({{u"--headless"_s, u"--config"_s, u"none"_s, u"--log-level"_s, u"error"_s,
                     u"--backend"_s, u"file:/dev/null"_s, u"--spool-dir"_s, u"none"_s,
                     u"--socket"_s, folder.filePath(u"s"_s)}});
    bool isKilled = false;
    for (const QString &process : QDir(u"/proc"_s).entryList(QDir::Dirs)) {
        if (launcher.owns(process.toLongLong()))
            isKilled = ::kill(process.toInt(), SIGKILL) == 0;
    }
    if (!isKilled)
        QSKIP("there is no /proc to find it in");
    QVERIFY(failed.wait(5000));
    QCOMPARE(failed[0][0].toString(), u"The sidecar ended at once."_s);
}

// By a daemon that goes on writing.
void ClientSocketTest::keepsItsLogSmall()
{
    const QTemporaryDir folder;
    const QString log = folder.filePath(u"daemon.log"_s);
    QFile daemon(log);
    QVERIFY(daemon.open(QIODevice::Append | QIODevice::Unbuffered));
    DaemonLauncher launcher(log);
    const QByteArray little(1000, 'x');
    const QByteArray much(8 * 1024 * 1024, 'x');
    QVERIFY(daemon.write(little) > 0);
    launcher.tidyLog();
    QCOMPARE(QFileInfo(log).size(), little.size());
    for (int i = 0; i < 2; ++i) {
        QVERIFY(daemon.write(much) > 0);
        launcher.tidyLog();
        QCOMPARE(QFileInfo(log).size(), 0);
        QCOMPARE(QFileInfo(log + u".1"_s).size(), little.size() + much.size());
        QVERIFY(daemon.write(little) > 0);
        QCOMPARE(QFileInfo(log).size(), little.size());
    }
}

// Those who would say so are gone, or half gone, when a launcher goes with its owner.
void ClientSocketTest::failsInSilenceAtTheEnd()
{
    const QTemporaryDir folder;
    auto launcher = std::make_unique<DaemonLauncher>(folder.path()); // no file to write to
    int failures = 0;
    connect(launcher.get(), &DaemonLauncher::failed, this, [&failures] { ++failures; });
    launcher->start({});
    QCOMPARE(failures, 1);
    launcher->restart({});
    launcher.reset();
    QCOMPARE(failures, 1);
}

QTEST_GUILESS_MAIN(ClientSocketTest)
#include "tst_client_socket.moc"
