#include "integration/spooltest.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLocalServer>
#include <QLocalSocket>
#include <QTest>

#include <algorithm>
#include <csignal>
#include <unistd.h>

using namespace Weave;

// Dead letters that are handed to the real daemon once more.
class SpoolRetryProcessTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void deadLettersGoOutAgain();
    void anInterruptedRetryLosesNothing();
    void oneThatIsRefusedKeepsNoneBack();
    void anotherProgramsAnswerTakesNone();
    void whatCannotBePutBackIsKept();
    void isPutBackBehindHalfALine();
    void isPutBackForTheDaemon();
    void oneRetryAtATime();
    void strangersGetNone();

private:
    // Where the system tells of it.
    static bool hasConnected(const SidecarProcess &command)
    {
        const QDir descriptors(QStringLiteral("/proc/%1/fd").arg(command.pid()));
        const QFileInfoList entries =
            descriptors.entryInfoList(QDir::AllEntries | QDir::System | QDir::NoDotAndDotDot);
        return !descriptors.exists()
            || std::any_of(entries.begin(), entries.end(), [](const QFileInfo &entry) {
                   return entry.symLinkTarget().contains(QLatin1String("socket:"));
               });
    }
    // A retry that waits for a daemon that has been stopped.
    static void launchRetry(SidecarProcess &command)
    {
        command.launch({QStringLiteral("spool"), QStringLiteral("retry"),
                        QStringLiteral("--socket"), command.socketPath()});
    }
};

void SpoolRetryProcessTest::deadLettersGoOutAgain()
{
    ProcessFixture f;
    bool isMended = false;
    f.sink.setScript([&isMended](const SinkRequest &request) {
        if (!isMended && request.body.contains("\"3\""))
            return SinkAnswer{.status = 400, .body = R"({"reason":"three is \"bad\""})"};
        return SinkAnswer{};
    });
    QVERIFY(f.start({QStringLiteral("--flush-interval"), QStringLiteral("10ms")}));
    FakeClient client(f.sidecar.socketPath());
    QCOMPARE(client.sendCalls(callLines(0, 10), 10), 10);
    QVERIFY(f.waitForNumber(QStringLiteral("calls.dead_lettered"), 1));
    QVERIFY(f.waitForDelivered(9));
    const QString listed = spool(f, QStringLiteral("ls")).second;
    QVERIFY2(listed.contains(QLatin1String("1 call  the backend answered 400: three is \"bad\"")),
             qPrintable(listed));
    QCOMPARE(spool(f, QStringLiteral("export")).second.toUtf8(), items(3, 1).first() + '\n');
    QCOMPARE(spool(f, QStringLiteral("export"), {QStringLiteral("--dead-letters")}).second.toUtf8(),
             items(3, 1).first() + '\n');

    const QJsonObject listing =
        QJsonDocument::fromJson(
            spool(f, QStringLiteral("ls"), {QStringLiteral("--json")}).second.toUtf8())
            .object();
    QCOMPARE(listing.value(QLatin1String("directory")).toString(), spoolFolder(f));
    const QJsonArray dead = listing.value(QLatin1String("dead_letters")).toArray();
    QCOMPARE(dead.size(), 1);
    QCOMPARE(dead[0][QLatin1String("project")].toString(), QStringLiteral("a/b"));
    QCOMPARE(dead[0][QLatin1String("calls")].toInteger(), 1);
    QCOMPARE(dead[0][QLatin1String("reason")].toString(),
             QStringLiteral("the backend answered 400: three is \"bad\""));

    isMended = true;
    const auto [code, said] = spool(f, QStringLiteral("retry"));
    QCOMPARE(code, 0);
    QCOMPARE(said, QStringLiteral("handed to the daemon again: 1 dead letter\n"));
    QVERIFY(f.waitForDelivered(10));
    QCOMPARE(f.sink.delivered().constLast(), items(3, 1).first());
    QVERIFY(f.waitForNumber(Pending, 0));
    QCOMPARE(spool(f, QStringLiteral("export")).second, QString());
}

// However often it is killed: neither what it was about to hand over, nor what died meanwhile.
void SpoolRetryProcessTest::anInterruptedRetryLosesNothing()
{
    ProcessFixture f;
    QVERIFY(f.start({QStringLiteral("--flush-interval"), QStringLiteral("10ms")}));
    const QString letters = lettersFile(f);
    f.sidecar.sendSignal(SIGSTOP);
    for (int round = 0; round < 2; ++round) {
        write(letters, letter(round));
        SidecarProcess command(f.sidecar.socketPath());
        launchRetry(command);
        QTRY_VERIFY(QFile::exists(letters + QStringLiteral(".retry")));
        QTRY_VERIFY(hasConnected(command)); // the second finds that file there
        command.sendSignal(SIGKILL);
        QVERIFY(!command.waitForExit());
    }
    QCOMPARE(spool(f, QStringLiteral("export")).second.toUtf8(), items(0, 2).join('\n') + '\n');
    QVERIFY(spool(f, QStringLiteral("ls")).second.contains(QLatin1String("2 calls  no")));
    f.sidecar.sendSignal(SIGCONT);
    const auto [code, said] = spool(f, QStringLiteral("retry"));
    QCOMPARE(code, 0);
    QCOMPARE(said, QStringLiteral("handed to the daemon again: 2 dead letters\n"));
    QTRY_VERIFY(f.sink.delivered().contains(items(0, 1).first())
                && f.sink.delivered().contains(items(1, 1).first()));
    QCOMPARE(spool(f, QStringLiteral("export")).second, QString());
    QVERIFY(!QFile::exists(letters + QStringLiteral(".retry")));
}

void SpoolRetryProcessTest::oneThatIsRefusedKeepsNoneBack()
{
    ProcessFixture f;
    QVERIFY(f.start({QStringLiteral("--flush-interval"), QStringLiteral("10ms"),
                     QStringLiteral("--max-line-bytes"), QStringLiteral("1KiB")}));
    const QByteArray tooLong = letter(1).replace("\"a/b\"", '"' + QByteArray(1000, 'a') + "/b\"");
    write(lettersFile(f) + QStringLiteral(".old"), tooLong + letter(2));
    write(lettersFile(f), letter(3));
    SidecarProcess command(f.sidecar.socketPath());
    QCOMPARE(command.runToEnd({QStringLiteral("spool"), QStringLiteral("retry"),
                               QStringLiteral("--socket"), f.sidecar.socketPath()}),
             std::optional(1));
    QCOMPARE(command.standardOutput(),
             QStringLiteral("handed to the daemon again: 2 dead letters\n"));
    QVERIFY(command.standardError().contains(QLatin1String("--max-line-bytes")));
    QVERIFY(f.waitForDelivered(2));
    QCOMPARE(read(lettersFile(f) + QStringLiteral(".old")), tooLong);
    QVERIFY(!QFile::exists(lettersFile(f)));
}

void SpoolRetryProcessTest::anotherProgramsAnswerTakesNone()
{
    ProcessFixture f;
    QVERIFY(f.start());
    write(lettersFile(f), letter(1));
    const QString path = f.sidecar.socketPath() + QStringLiteral(".other");
    QLocalServer server;
    QVERIFY(server.listen(path));
    QObject::connect(&server, &QLocalServer::newConnection, &server,
                     [&server] { server.nextPendingConnection()->write("\n"); });
    SidecarProcess command(path);
    command.launch({QStringLiteral("spool"), QStringLiteral("retry"), QStringLiteral("--socket"),
                    path, QStringLiteral("--spool-dir"), spoolFolder(f)});
    QCOMPARE(command.waitForExit(), std::optional(1));
    QVERIFY(command.standardError().contains(QLatin1String("does not answer as a weave-sidecar")));
    QCOMPARE(read(lettersFile(f)), letter(1));
}

void SpoolRetryProcessTest::whatCannotBePutBackIsKept()
{
    ProcessFixture f;
    fillAndKill(f, 1);
    const QString letters = lettersFile(f);
    const QString taken = letters + QStringLiteral(".retry");
    write(taken, letter(7) + letter(8));
    QVERIFY(QDir().mkdir(letters)); // in the way
    QCOMPARE(spool(f, QStringLiteral("retry")).first, 1);
    QCOMPARE(read(taken), letter(7) + letter(8));
    QVERIFY(QDir().rmdir(letters));
    QCOMPARE(spool(f, QStringLiteral("retry")).first, 1); // there is no daemon
    QVERIFY(!QFile::exists(taken));
    QCOMPARE(read(letters), letter(7) + letter(8));

    f.sink.setScript({});
    QVERIFY(f.start({QStringLiteral("--flush-interval"), QStringLiteral("10ms")}));
    QCOMPARE(spool(f, QStringLiteral("retry")).first, 0);
    QVERIFY(f.waitForDelivered(3));
}

// As an earlier retry leaves it that was killed while it put a line back.
void SpoolRetryProcessTest::isPutBackBehindHalfALine()
{
    ProcessFixture f;
    fillAndKill(f, 1);
    const QString letters = lettersFile(f);
    write(letters, letter(6).chopped(5));
    write(letters + QStringLiteral(".retry"), letter(7) + letter(8));
    QCOMPARE(spool(f, QStringLiteral("retry")).first, 1); // there is no daemon
    QCOMPARE(read(letters), letter(6).chopped(5) + '\n' + letter(7) + letter(8));
}

// By root, who is not who the daemon runs as.
void SpoolRetryProcessTest::isPutBackForTheDaemon()
{
    constexpr unsigned Nobody = 65534;
    if (::geteuid() != 0)
        QSKIP("needs root");
    ProcessFixture f;
    fillAndKill(f, 1);
    const QString letters = lettersFile(f);
    write(letters, letter(7));
    QCOMPARE(::chown(letters.toUtf8().constData(), Nobody, Nobody), 0);
    QCOMPARE(spool(f, QStringLiteral("retry")).first, 1); // there is no daemon
    QCOMPARE(read(letters), letter(7));
    QCOMPARE(QFileInfo(letters).ownerId(), Nobody);
}

// The second would take the first one's file for that of an interrupted one, and remove it.
void SpoolRetryProcessTest::oneRetryAtATime()
{
    ProcessFixture f;
    QVERIFY(f.start({QStringLiteral("--flush-interval"), QStringLiteral("10ms")}));
    const QString letters = lettersFile(f);
    write(letters, letter(0));
    f.sidecar.sendSignal(SIGSTOP);
    SidecarProcess first(f.sidecar.socketPath());
    launchRetry(first);
    QTRY_VERIFY(QFile::exists(letters + QStringLiteral(".retry")));
    SidecarProcess second(f.sidecar.socketPath());
    launchRetry(second);
    QCOMPARE(second.waitForExit(), std::optional(1));
    QVERIFY2(second.standardError().contains(QLatin1String("another `weave-sidecar spool retry`")),
             qPrintable(second.standardError()));
    f.sidecar.sendSignal(SIGCONT);
    QCOMPARE(first.waitForExit(), std::optional(0));
    QVERIFY(f.waitForDelivered(1));
}

// Anybody may put a socket where the daemon's is looked for.
void SpoolRetryProcessTest::strangersGetNone()
{
    ProcessFixture f;
    QVERIFY(f.start());
    write(lettersFile(f), letter(1));
    if (::geteuid() != 0)
        QSKIP("only root can give a socket to somebody else");
    constexpr uid_t Stranger = 65534;
    QCOMPARE(::chown(f.sidecar.socketPath().toLocal8Bit().constData(), Stranger, Stranger), 0);
    const auto [code, said] = spool(f, QStringLiteral("retry"));
    QCOMPARE(code, 1);
    QVERIFY(QFile::exists(lettersFile(f)));
    QCOMPARE(f.sink.requestCount(), 0);
}

QTEST_GUILESS_MAIN(SpoolRetryProcessTest)
#include "tst_spoolretry_process.moc"
