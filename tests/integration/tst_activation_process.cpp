#include "fakes/calllines.h"
#include "fakes/fakeclient.h"
#include "fakes/httpclient.h"
#include "fakes/persistentclient.h"
#include "fakes/processfixture.h"
#include "fakes/servicesocket.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QSet>
#include <QTest>
#include <QUrl>

#include <arpa/inet.h>
#include <csignal>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace Weave;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

const QByteArray Line = startLine(startPayload("a/b", "1"));

struct ActivationFixture : ProcessFixture
{
    ActivationFixture()
        : socket(sidecar.socketPath())
    {
        sidecar.passSockets({socket.descriptor()});
    }

    // Ends the daemon, expecting a clean end, and leaves the socket.
    [[nodiscard]] bool stop()
    {
        sidecar.sendSignal(SIGTERM);
        return sidecar.waitForExit() == std::optional(0);
    }

    ServiceSocket socket;
};

} // namespace

// The real daemon with a socket that a service manager has made and keeps.
class ActivationProcessTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void takesTheSocketAndLeavesIt();
    void clientsWaitForTheFirstDaemon();
    void clientsWaitForTheNextDaemon();
    void restartsCostNoCall_data();
    void restartsCostNoCall();
    void lineThatIsCutIsNotAnswered();
    void outageDoesNotRefuse();
    void waitingFlushIsAnswered();
    void deafClientDoesNotKeepIt();
    void idleHttpClientEndsNoDrain();
    void memorySpoolRefusesAndLeavesTheSocket();
    void secondDaemonIsRefusedByTheSpool();
    void otherDescriptors_data();
    void otherDescriptors();
    void severalDescriptors();
    void socketOfAnotherProcess();
    void settingsOfTheSocketAreNotUsed();
};

void ActivationProcessTest::takesTheSocketAndLeavesIt()
{
    ActivationFixture f;
    struct stat before = {};
    QCOMPARE(::lstat(QFile::encodeName(f.sidecar.socketPath()).constData(), &before), 0);
    QVERIFY(f.start());
    QCOMPARE(f.sidecar.status().value(QLatin1String("socket")).toString(), f.sidecar.socketPath());
    FakeClient client(f.sidecar.socketPath());
    QCOMPARE(client.sendCalls(Line, 1), 1);
    QVERIFY(f.waitForDelivered(1));
    const QStringList files =
        QDir(f.folder.path()).entryList(QDir::AllEntries | QDir::System | QDir::NoDotAndDotDot);
    QVERIFY2(!files.contains(QStringLiteral("s.lock")) && !files.contains(QStringLiteral("s.new")),
             qPrintable(files.join(QLatin1Char(' '))));
    QVERIFY(f.stop());
    struct stat after = {};
    QCOMPARE(::lstat(QFile::encodeName(f.sidecar.socketPath()).constData(), &after), 0);
    QCOMPARE(after.st_ino, before.st_ino);
    QCOMPARE(after.st_mode, before.st_mode);
}

void ActivationProcessTest::clientsWaitForTheFirstDaemon()
{
    ActivationFixture f;
    FakeClient client(f.sidecar.socketPath());
    QVERIFY(client.send(Line + Line));
    QVERIFY(f.start());
    QCOMPARE(client.sendCalls(QByteArray(), 2), 2);
    QVERIFY(f.waitForDelivered(2));
}

void ActivationProcessTest::clientsWaitForTheNextDaemon()
{
    ActivationFixture f;
    QVERIFY(f.start());
    QVERIFY(f.stop());
    FakeClient client(f.sidecar.socketPath());
    QVERIFY(client.send(Line));
    QVERIFY(f.start());
    QCOMPARE(client.sendCalls(QByteArray(), 1), 1);
}

void ActivationProcessTest::restartsCostNoCall_data()
{
    QTest::addColumn<QStringList>("flags");
    QTest::addColumn<int>("linesAtOnce");
    QTest::addColumn<bool>("isBackendAway");
    const QStringList synced{QStringLiteral("--spool-sync"), QStringLiteral("always")};
    QTest::newRow("delivering") << QStringList() << 16 << false;
    QTest::newRow("one at a time") << QStringList() << 1 << true;
    QTest::newRow("many at once") << QStringList() << 64 << true;
    QTest::newRow("synced") << synced << 16 << true;
}

void ActivationProcessTest::restartsCostNoCall()
{
    QFETCH(QStringList, flags);
    QFETCH(int, linesAtOnce);
    QFETCH(bool, isBackendAway);
    constexpr int Restarts = 8;
    ActivationFixture f;
    f.sink.setScript(
        [&](const SinkRequest &) { return SinkAnswer{.status = isBackendAway ? 503 : 200}; });
    flags << QStringLiteral("--shutdown-timeout") << QStringLiteral("100ms");
    const QByteArray path = QFile::encodeName(f.sidecar.socketPath());
    std::vector<std::unique_ptr<PersistentClient>> clients;
    for (const char *name : {"ada", "bob", "eve"})
        clients.push_back(std::make_unique<PersistentClient>(path, name, linesAtOnce));
    for (int i = 0; i < Restarts; ++i) {
        QVERIFY2(f.start(flags), qPrintable(f.sidecar.standardError()));
        for (const auto &client : clients) {
            const int before = client->accepted();
            QTRY_VERIFY(client->accepted() > before + 2 * linesAtOnce);
        }
        QVERIFY(f.stop());
    }
    QVERIFY(f.start(flags)); // for those who are in the middle of something
    QList<QByteArray> accepted;
    for (const auto &client : clients) {
        client->stop();
        QVERIFY2(client->troubles().isEmpty(), client->troubles().join('\n').constData());
        QCOMPARE_GE(client->reconnects(), Restarts / 2);
        QCOMPARE_LT(client->longestRound(), 5s); // when the SDK gives up
        accepted << client->acceptedItems();
    }
    const bool wasAway = std::exchange(isBackendAway, false);
    QVERIFY(FakeClient(f.sidecar.socketPath())
                .ask(R"({"method":"retry"})")
                .value(QLatin1String("success"))
                .toBool());
    QVERIFY(f.waitForNumber(QStringLiteral("calls.pending"), 0));
    const QSet<QByteArray> delivered(f.sink.delivered().begin(), f.sink.delivered().end());
    for (const QByteArray &item : std::as_const(accepted))
        QVERIFY2(delivered.contains(item), item.constData());
    QCOMPARE(delivered.size(), accepted.size());
    // Nothing was in flight at a restart, so a call that came twice was accepted and not answered.
    if (wasAway)
        QCOMPARE(f.sink.delivered().size(), accepted.size());
    QCOMPARE(f.auditError(), QString());
}

// Its client has not written all of it, and writes it to the next daemon.
void ActivationProcessTest::lineThatIsCutIsNotAnswered()
{
    ActivationFixture f;
    QVERIFY(f.start());
    FakeClient client(f.sidecar.socketPath());
    QVERIFY(client.send(Line + Line.left(30)));
    QCOMPARE(client.sendCalls(QByteArray(), 1), 1);
    QVERIFY(f.stop());
    QVERIFY(client.waitForClose());
    QVERIFY(!client.send(Line.mid(30)));
    QVERIFY(f.start());
    QCOMPARE(f.sidecar.number(QStringLiteral("calls.refused.malformed")), 0);
}

// Calls are taken for as long as it tries to deliver, and stay in the spool.
void ActivationProcessTest::outageDoesNotRefuse()
{
    ActivationFixture f;
    QVERIFY(f.start());
    f.sink.enqueue({.isHanging = true});
    FakeClient client(f.sidecar.socketPath());
    QCOMPARE(client.sendCalls(Line, 1), 1);
    QTRY_COMPARE(f.sink.hangingCount(), 1);
    f.sidecar.sendSignal(SIGTERM);
    QTRY_VERIFY(f.sidecar.standardError().contains(QLatin1String("stopping")));
    QCOMPARE(client.sendCalls(startLine(startPayload("a/b", "2")), 1), 1);
    FakeClient late(f.sidecar.socketPath());
    QCOMPARE(late.sendCalls(startLine(startPayload("a/b", "3")), 1), 1);
    f.sink.answerHanging();
    QCOMPARE(f.sidecar.waitForExit(), std::optional(0));
    QVERIFY(f.start());
    QVERIFY(f.waitForDelivered(3));
    QVERIFY(f.waitForNumber(QStringLiteral("calls.pending"), 0));
}

void ActivationProcessTest::waitingFlushIsAnswered()
{
    ActivationFixture f;
    QVERIFY(f.start({QStringLiteral("--shutdown-timeout"), QStringLiteral("200ms")}));
    f.sink.setScript([](const SinkRequest &) { return SinkAnswer{.isHanging = true}; });
    FakeClient client(f.sidecar.socketPath());
    QCOMPARE(client.sendCalls(Line, 1), 1);
    QVERIFY(client.send("{\"method\":\"flush\"}\n"));
    QTRY_COMPARE(f.sink.hangingCount(), 1);
    const auto before = std::chrono::steady_clock::now();
    f.sidecar.sendSignal(SIGTERM);
    const QByteArray reply = client.readLine().value_or("nothing came");
    QVERIFY2(reply.contains(R"("pending":1)"), reply.constData());
    QCOMPARE(f.sidecar.waitForExit(), std::optional(0));
    QCOMPARE_LT(std::chrono::steady_clock::now() - before, 3s);
    QVERIFY(f.sidecar.standardError().contains(
        QLatin1String("left in the spool for the next start: 1 call")));
}

void ActivationProcessTest::deafClientDoesNotKeepIt()
{
    ActivationFixture f;
    QVERIFY(f.start());
    FakeClient client(f.sidecar.socketPath());
    const QByteArray question = "{\"method\":\"status\"}\n";
    // Until neither side takes any more: it reads no reply.
    while (client.sendSome(question.repeated(100)) > 0)
        QTest::qWait(1);
    const auto before = std::chrono::steady_clock::now();
    f.sidecar.sendSignal(SIGTERM);
    QCOMPARE(f.sidecar.waitForExit(), std::optional(0));
    QCOMPARE_LT(std::chrono::steady_clock::now() - before, 5s);
}

// What it would take now would be lost with it.
// Its connection ends at once, and what is pending is delivered all the same.
void ActivationProcessTest::idleHttpClientEndsNoDrain()
{
    ActivationFixture f;
    QVERIFY(f.start({QStringLiteral("--http"), QStringLiteral("127.0.0.1:0")}));
    f.sink.enqueue({.isHanging = true});
    QCOMPARE(FakeClient(f.sidecar.socketPath()).sendCalls(Line, 1), 1);
    QTRY_COMPARE(f.sink.hangingCount(), 1);
    const QJsonObject http = f.sidecar.status().value(QLatin1String("http")).toObject();
    const QUrl url(http.value(QLatin1String("url")).toString());
    HttpClient idle(static_cast<quint16>(url.port()));
    QCOMPARE(idle.ask("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n").value_or(HttpAnswer()).status,
             200);
    f.sidecar.sendSignal(SIGTERM);
    QVERIFY(idle.waitForClose());
    QTest::qWait(300);
    QVERIFY(f.sidecar.isRunning());
    f.sink.answerHanging();
    QCOMPARE(f.sidecar.waitForExit(), std::optional(0));
    QVERIFY(!f.sidecar.standardError().contains(QLatin1String("left in the spool")));
}

void ActivationProcessTest::memorySpoolRefusesAndLeavesTheSocket()
{
    ActivationFixture f;
    QVERIFY(f.start({QStringLiteral("--spool-dir"), QStringLiteral("none")}));
    f.sink.enqueue({.isHanging = true});
    FakeClient client(f.sidecar.socketPath());
    QCOMPARE(client.sendCalls(Line, 1), 1);
    QTRY_COMPARE(f.sink.hangingCount(), 1);
    f.sidecar.sendSignal(SIGTERM);
    QTRY_VERIFY(f.sidecar.standardError().contains(QLatin1String("stopping")));
    QVERIFY(!client.ask(Line).value(QLatin1String("success")).toBool(true));
    FakeClient next(f.sidecar.socketPath());
    QVERIFY(next.send(Line));
    f.sink.answerHanging();
    QCOMPARE(f.sidecar.waitForExit(), std::optional(0));
    QVERIFY(f.start({QStringLiteral("--spool-dir"), QStringLiteral("none")}));
    QCOMPARE(next.sendCalls(QByteArray(), 1), 1);
}

void ActivationProcessTest::secondDaemonIsRefusedByTheSpool()
{
    ActivationFixture f;
    QVERIFY(f.start());
    SidecarProcess second(f.sidecar.socketPath());
    second.passSockets({f.socket.descriptor()});
    QCOMPARE(
        second.runToEnd({QStringLiteral("--headless"), QStringLiteral("--backend"), f.sink.url()}),
        std::optional(1));
    QVERIFY2(second.standardError().contains(QLatin1String("--spool-dir")),
             qPrintable(second.standardError()));
    FakeClient client(f.sidecar.socketPath());
    QCOMPARE(client.sendCalls(Line, 1), 1);
}

void ActivationProcessTest::otherDescriptors_data()
{
    QTest::addColumn<QString>("kind");
    QTest::addColumn<QString>("reason");
    QTest::newRow("file") << QStringLiteral("file") << QStringLiteral("not a socket");
    QTest::newRow("datagrams") << QStringLiteral("datagrams") << QStringLiteral("stream socket");
    QTest::newRow("silent") << QStringLiteral("silent") << QStringLiteral("does not listen");
    QTest::newRow("TCP") << QStringLiteral("tcp") << QStringLiteral("not a Unix socket");
}

void ActivationProcessTest::otherDescriptors()
{
    QFETCH(QString, kind);
    QFETCH(QString, reason);
    ProcessFixture f;
    std::unique_ptr<ServiceSocket> socket;
    int descriptor = -1;
    if (kind == QLatin1String("file")) {
        descriptor = ::open("/dev/null", O_RDWR | O_CLOEXEC);
    } else if (kind == QLatin1String("tcp")) {
        descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address = {};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = ::htonl(INADDR_LOOPBACK);
        QCOMPARE(::bind(descriptor, reinterpret_cast<const sockaddr *>(&address), sizeof address),
                 0);
        QCOMPARE(::listen(descriptor, 5), 0);
    } else {
        const bool isDatagrams = kind == QLatin1String("datagrams");
        socket = std::make_unique<ServiceSocket>(f.sidecar.socketPath(),
                                                 isDatagrams ? SOCK_DGRAM : SOCK_STREAM, false);
        descriptor = ::fcntl(socket->descriptor(), F_DUPFD_CLOEXEC, 0);
    }
    f.sidecar.passSockets({descriptor});
    QCOMPARE(f.sidecar.runToEnd(
                 {QStringLiteral("--headless"), QStringLiteral("--backend"), f.sink.url()}),
             std::optional(1));
    ::close(descriptor);
    const QString error = f.sidecar.standardError();
    QVERIFY2(error.contains(reason), qPrintable(error));
    QVERIFY2(error.contains(QLatin1String("service manager")), qPrintable(error));
    QCOMPARE(error.count(QLatin1Char('\n')), 1);
}

void ActivationProcessTest::severalDescriptors()
{
    ActivationFixture f;
    const ServiceSocket other(f.path(QStringLiteral("other")));
    f.sidecar.passSockets({f.socket.descriptor(), other.descriptor()});
    QCOMPARE(f.sidecar.runToEnd(
                 {QStringLiteral("--headless"), QStringLiteral("--backend"), f.sink.url()}),
             std::optional(1));
    QVERIFY2(f.sidecar.standardError().contains(QLatin1String("2 sockets")),
             qPrintable(f.sidecar.standardError()));
}

// What a parent process has got and left in the environment.
void ActivationProcessTest::socketOfAnotherProcess()
{
    ProcessFixture f;
    f.sidecar.setEnvironment(QStringLiteral("LISTEN_FDS"), QStringLiteral("1"));
    f.sidecar.setEnvironment(QStringLiteral("LISTEN_PID"), QStringLiteral("1"));
    QVERIFY(f.start());
    FakeClient client(f.sidecar.socketPath());
    QCOMPARE(client.sendCalls(Line, 1), 1);
}

void ActivationProcessTest::settingsOfTheSocketAreNotUsed()
{
    constexpr const char *Warning = "not used, since the service manager has made the socket: ";
    ActivationFixture f;
    QVERIFY(f.start()); // which names the socket that it is
    QVERIFY(!f.sidecar.standardError().contains(QLatin1String(Warning)));
    QVERIFY(f.stop());
    const QString file = f.path(QStringLiteral("c.toml"));
    const QStringList flags{QStringLiteral("--config"), file};
    QVERIFY(f.writeFile(QStringLiteral("c.toml"), "socket-mode = \"0660\"\n"));
    QVERIFY(f.start(flags));
    const QString log = f.sidecar.standardError();
    QVERIFY2(log.contains(QLatin1String(Warning) + file + QStringLiteral(":1: socket-mode. ")),
             qPrintable(log));
    // It would not take effect at the next start either.
    QVERIFY(f.writeFile(QStringLiteral("c.toml"), "socket = \"/other\"\nsenders = 3\n"));
    const auto names = [&f](const char *key) {
        const QJsonObject reply = FakeClient(f.sidecar.socketPath()).ask(R"({"method":"reload"})");
        return reply.value(QLatin1String(key)).toVariant().toStringList();
    };
    QCOMPARE(names("changed"), QStringList{QStringLiteral("senders")});
    QCOMPARE(names("needs_restart"), QStringList());
    QCOMPARE(names("not_used"), QStringList{QStringLiteral("socket")});
    SidecarProcess command(f.sidecar.socketPath());
    QCOMPARE(command.runToEnd(
                 {QStringLiteral("reload"), QStringLiteral("--socket"), f.sidecar.socketPath()}),
             std::optional(0));
    QVERIFY2(command.standardOutput().contains(QLatin1String("  socket: not used")),
             qPrintable(command.standardOutput()));
    QTRY_VERIFY(f.sidecar.standardError().contains(QLatin1String(Warning) + "socket. "_L1));
}

QTEST_GUILESS_MAIN(ActivationProcessTest)
#include "tst_activation_process.moc"
