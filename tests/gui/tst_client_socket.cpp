#include "client/callmodel.h"
#include "client/sidecarclient.h"
#include "fakes/calllines.h"
#include "fakes/fakeclient.h"
#include "fakes/processfixture.h"

#include <QLocalServer>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <csignal>
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
    void looksSoonForOneThatIsStarted();
    void anotherUsersDaemon();
    void looksOnWhereItMayNotControl();
    void aFullDaemonIsOne();
    void followsTheSocket();
    void reloads();
    void somethingElseAnswers();
    void endlessLine();
    void repeatedEventsAreToldOnce();
    void requestsOfOneMomentAreAllTold();
    void theRealDaemon();
    void survivesARestart();
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

// It looks each two seconds by then.
void ClientSocketTest::looksSoonForOneThatIsStarted()
{
    const QTemporaryDir folder;
    SidecarClient client(folder.filePath(u"s"_s));
    QSignalSpy connected(&client, &SidecarClient::connected);
    QSignalSpy lost(&client, &SidecarClient::disconnected);
    QVERIFY(wait(client, lost));
    QTest::qWait(1950);
    FakeDaemon daemon(folder.filePath(u"s"_s));
    daemon.answer = Subscribed + Status;
    client.lookSoon();
    QTRY_COMPARE_WITH_TIMEOUT(connected.count(), 1, 1000);
    client.lookSoon(); // to no effect
    QTest::qWait(500);
    QVERIFY(client.isConnected());
    QCOMPARE(lost.count(), 1);
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
    // The daemon counts whom it refuses, and shows the number as somebody's attempts.
    const qsizetype lines = daemon.lines.size();
    client.setTopics(true, true, false);
    QTRY_VERIFY(daemon.lines.size() >= lines + 2);
    const auto isRefused = [](const QByteArray &line) { return line.contains("subscribe"); };
    QCOMPARE(std::count_if(daemon.lines.begin(), daemon.lines.end(), isRefused), 1);
    // Another daemon may let it in.
    daemon.stop();
    FakeDaemon other(folder.filePath(u"s"_s));
    other.answer = Subscribed + Status;
    QTRY_COMPARE(connected.count(), 2);
    QVERIFY(!client.isReadOnly());
    QVERIFY(other.lines.constFirst().contains("calls"));
}

// Whoever takes it for none starts a second one.
void ClientSocketTest::aFullDaemonIsOne()
{
    ProcessFixture f;
    QVERIFY(f.start({u"--max-connections"_s, u"2"_s}));
    SidecarClient client(f.sidecar.socketPath());
    QSignalSpy connected(&client, &SidecarClient::connected);
    QSignalSpy lost(&client, &SidecarClient::disconnected);
    {
        FakeClient one(f.sidecar.socketPath());
        FakeClient two(f.sidecar.socketPath());
        QVERIFY(wait(client, lost));
        QCOMPARE(lost[0][0].value<SidecarClient::Absence>(), SidecarClient::Absence::Full);
        QVERIFY2(client.absenceText().contains(u"max-connections"_s),
                 qPrintable(client.absenceText()));
        QVERIFY(!client.isReadOnly());
        QTest::qWait(900); // it is refused some times more, and says so once
        QCOMPARE(lost.count(), 1);
    }
    QTRY_COMPARE(connected.count(), 1);
    QVERIFY(!client.isReadOnly());
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
                    "\"needs_restart\":[\"spool-dir\",\"http\"],\"not_used\":[\"socket\"]}\n";
    DaemonReply reply;
    reply.error = u"none yet"_s;
    const auto keep = [&reply](const DaemonReply &answer) { reply = answer; };
    QObject parent;
    DaemonReply::ask(folder.filePath(u"s"_s), "reload", keep, &parent);
    QTRY_COMPARE(reply.error, QString());
    QCOMPARE(daemon.lines.constFirst(), "{\"method\":\"reload\"}\n");
    QCOMPARE(reply.changed, QStringList({u"flush-interval"_s}));
    QCOMPARE(reply.needsRestart, QStringList({u"spool-dir"_s, u"http"_s}));
    QCOMPARE(reply.notUsed, QStringList{u"socket"_s});
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

QTEST_GUILESS_MAIN(ClientSocketTest)
#include "tst_client_socket.moc"
