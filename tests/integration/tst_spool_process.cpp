#include "fakes/calllines.h"
#include "fakes/fakeclient.h"
#include "fakes/processfixture.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLocalServer>
#include <QLocalSocket>
#include <QTest>

#include <csignal>
#include <unistd.h>

using namespace Weave;
using namespace std::chrono_literals;

namespace {

const QByteArray Flush = R"({"method":"flush"})";
const QString Pending = QStringLiteral("calls.pending");

QByteArray callLines(int first, int count)
{
    QByteArray lines;
    for (int i = first; i < first + count; ++i)
        lines += startLine(startPayload("a/b", QByteArray::number(i)));
    return lines;
}

QList<QByteArray> items(int first, int count)
{
    QList<QByteArray> expected;
    for (int i = first; i < first + count; ++i)
        expected << startItem(startPayload("a/b", QByteArray::number(i)));
    return expected;
}

} // namespace

// The spool of the real daemon, across its ends and by the command line.
class SpoolProcessTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void killedItLosesNothing();
    void stoppedWithoutABackendItKeepsEverything();
    void inMemoryItSaysWhatIsLost();
    void olderThanMaxAgeIsGivenUp();
    void listsAndExportsWhatWaits();
    void deadLettersGoOutAgain();
    void anInterruptedRetryLosesNothing();
    void oneThatIsRefusedKeepsNoneBack();
    void anotherProgramsAnswerTakesNone();
    void whatCannotBePutBackIsKept();
    void isPutBackBehindHalfALine();
    void isPutBackForTheDaemon();
    void oneRetryAtATime();
    void verifyFindsDamage();
    void halfALineIsNoCall();
    void aFullDiskSpoilsTheExport();
    void purgeLeavesWhatWaits();
    void wrongUse();
    void whatCannotBeReadOrRemovedIsNamed();

private:
    // Runs `weave-sidecar spool ACTION` on the fixture's spool; the exit code, and what it printed.
    static std::pair<int, QString> spool(ProcessFixture &f, const QString &action,
                                         const QStringList &flags = {})
    {
        SidecarProcess command(f.sidecar.socketPath());
        const auto code =
            command.runToEnd(QStringList{QStringLiteral("spool"), action,
                                         QStringLiteral("--socket"), f.sidecar.socketPath()}
                             + flags);
        return {code.value_or(-1), command.standardOutput()};
    }

    static QString spoolFolder(const ProcessFixture &f)
    {
        return f.path(QStringLiteral(".local/state/weave-sidecar/spool"));
    }

    static QString lettersFile(const ProcessFixture &f)
    {
        return spoolFolder(f) + QStringLiteral("/dead-letters.ndjson");
    }

    // As the daemon writes it.
    static QByteArray letter(int id)
    {
        return R"({"time":"2026-01-31T12:00:00Z","project_id":"a/b","mode":"start","reason":"no","req":)"
            + startPayload("a/b", QByteArray::number(id)) + "}\n";
    }

    static void write(const QString &path, const QByteArray &bytes)
    {
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        QCOMPARE(file.write(bytes), bytes.size());
    }

    static QByteArray read(const QString &path)
    {
        QFile file(path);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }

    // A retry that waits for a daemon that has been stopped.
    static void launchRetry(SidecarProcess &command)
    {
        command.launch({QStringLiteral("spool"), QStringLiteral("retry"),
                        QStringLiteral("--socket"), command.socketPath()});
    }

    // Calls that are accepted while nobody takes them, and a daemon that was then killed.
    static void fillAndKill(ProcessFixture &f, int count)
    {
        f.sink.answerHanging();
        QVERIFY(f.start({QStringLiteral("--flush-interval"), QStringLiteral("10ms")}));
        FakeClient client(f.sidecar.socketPath());
        QCOMPARE(client.sendCalls(callLines(0, count), count), count);
        f.sidecar.sendSignal(SIGKILL);
        QVERIFY(!f.sidecar.waitForExit());
        QVERIFY(!f.sidecar.isRunning());
    }
};

void SpoolProcessTest::killedItLosesNothing()
{
    ProcessFixture f;
    f.sink.setScript([](const SinkRequest &) { return SinkAnswer{.status = 503}; });
    QVERIFY(f.start({QStringLiteral("--flush-interval"), QStringLiteral("10ms")}));
    FakeClient client(f.sidecar.socketPath());
    QCOMPARE(client.sendCalls(callLines(0, 500), 500), 500);
    f.sidecar.sendSignal(SIGKILL);
    QVERIFY(!f.sidecar.waitForExit());

    f.sink.setScript({});
    QVERIFY(f.start({QStringLiteral("--flush-interval"), QStringLiteral("10ms")}));
    QVERIFY(f.waitForDelivered(500));
    QCOMPARE(f.sink.delivered(), items(0, 500));
    QVERIFY(f.waitForNumber(Pending, 0));
}

void SpoolProcessTest::stoppedWithoutABackendItKeepsEverything()
{
    ProcessFixture f;
    f.sink.setScript([](const SinkRequest &) { return SinkAnswer{.status = 503}; });
    QVERIFY(f.start({QStringLiteral("--shutdown-timeout"), QStringLiteral("100ms")}));
    FakeClient client(f.sidecar.socketPath());
    QCOMPARE(client.sendCalls(callLines(0, 20), 20), 20);
    f.sidecar.sendSignal(SIGTERM);
    QCOMPARE(f.sidecar.waitForExit(), std::optional(0));
    QVERIFY(f.sidecar.standardError().contains(QLatin1String("20 calls stay in the spool")));

    f.sink.setScript({});
    QVERIFY(f.start({QStringLiteral("--flush-interval"), QStringLiteral("10ms")}));
    QVERIFY(f.waitForDelivered(20));
    QCOMPARE(f.sink.delivered(), items(0, 20));
}

void SpoolProcessTest::inMemoryItSaysWhatIsLost()
{
    ProcessFixture f;
    f.sink.setScript([](const SinkRequest &) { return SinkAnswer{.status = 503}; });
    QVERIFY(f.start({QStringLiteral("--spool-dir"), QStringLiteral("none"),
                     QStringLiteral("--shutdown-timeout"), QStringLiteral("100ms")}));
    FakeClient client(f.sidecar.socketPath());
    QCOMPARE(client.sendCalls(callLines(0, 3), 3), 3);
    f.sidecar.sendSignal(SIGTERM);
    QCOMPARE(f.sidecar.waitForExit(), std::optional(0));
    QVERIFY(f.sidecar.standardError().contains(QLatin1String("3 calls could not be delivered")));
    QVERIFY(!QDir(spoolFolder(f)).exists());
}

void SpoolProcessTest::olderThanMaxAgeIsGivenUp()
{
    ProcessFixture f;
    f.sink.setScript([](const SinkRequest &) {
        return SinkAnswer{.status = 503, .body = R"({"reason":"no"})"};
    });
    QVERIFY(f.start({QStringLiteral("--flush-interval"), QStringLiteral("10ms"),
                     QStringLiteral("--max-age"), QStringLiteral("1s")}));
    FakeClient client(f.sidecar.socketPath());
    QCOMPARE(client.sendCalls(callLines(0, 3), 3), 3);
    QVERIFY(f.waitForNumber(QStringLiteral("calls.dead_lettered"), 3, 20000));
    QCOMPARE(f.sidecar.number(Pending), 0);
    QCOMPARE(f.auditError(), QString());
    const QString listed = spool(f, QStringLiteral("ls")).second;
    QVERIFY2(listed.contains(QLatin1String("it waited longer than --max-age 1s")),
             qPrintable(listed));
}

void SpoolProcessTest::listsAndExportsWhatWaits()
{
    ProcessFixture f;
    fillAndKill(f, 5);
    const auto [code, listed] = spool(f, QStringLiteral("ls"));
    QCOMPARE(code, 0);
    QVERIFY2(listed.contains(QLatin1String("waiting: 5 calls in 1 file")), qPrintable(listed));
    QVERIFY2(listed.contains(QLatin1String("a/b")), qPrintable(listed));
    const auto [exported, lines] = spool(f, QStringLiteral("export"));
    QCOMPARE(exported, 0);
    QCOMPARE(lines.toUtf8(), items(0, 5).join('\n') + '\n');
    const auto [onlyDead, none] =
        spool(f, QStringLiteral("export"), {QStringLiteral("--dead-letters")});
    QCOMPARE(onlyDead, 0);
    QCOMPARE(none, QString());
    const QJsonArray waiting =
        QJsonDocument::fromJson(spool(f, QStringLiteral("ls"), {QStringLiteral("--json")})
                                    .second.toUtf8())[QLatin1String("waiting")]
            .toArray();
    QCOMPARE(waiting.size(), 1);
    QCOMPARE(waiting[0][QLatin1String("calls")].toInteger(), 5);
    QVERIFY(waiting[0][QLatin1String("bytes")].toInteger() > 0);
}

void SpoolProcessTest::deadLettersGoOutAgain()
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
void SpoolProcessTest::anInterruptedRetryLosesNothing()
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
        QTest::qWait(300); // the second finds that file there, and is to have begun
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

void SpoolProcessTest::oneThatIsRefusedKeepsNoneBack()
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

void SpoolProcessTest::anotherProgramsAnswerTakesNone()
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

void SpoolProcessTest::whatCannotBePutBackIsKept()
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
void SpoolProcessTest::isPutBackBehindHalfALine()
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
void SpoolProcessTest::isPutBackForTheDaemon()
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
void SpoolProcessTest::oneRetryAtATime()
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

void SpoolProcessTest::verifyFindsDamage()
{
    ProcessFixture f;
    fillAndKill(f, 5);
    QCOMPARE(spool(f, QStringLiteral("verify")).first, 0);
    const QDir folder(spoolFolder(f));
    const QStringList files = folder.entryList({QStringLiteral("*.seg")});
    QCOMPARE(files.size(), 1);
    QFile file(folder.filePath(files.first()));
    QVERIFY(file.open(QIODevice::ReadWrite));
    const qint64 payload = file.readAll().indexOf("{\"start\"");
    QVERIFY(payload > 0);
    QVERIFY(file.seek(payload + 20)); // in the first record
    QCOMPARE(file.write("damage"), 6);
    file.close();
    const auto [code, said] = spool(f, QStringLiteral("verify"));
    QCOMPARE(code, 1);
    QVERIFY2(said.contains(files.first() + QStringLiteral(": damaged from byte")),
             qPrintable(said));

    // The daemon starts on it all the same and delivers the good ones.
    f.sink.setScript({});
    QVERIFY(f.start({QStringLiteral("--flush-interval"), QStringLiteral("10ms")}));
    QVERIFY(f.waitForDelivered(4));
    QCOMPARE(f.sidecar.number(QStringLiteral("spool.quarantined")), 1);
}

void SpoolProcessTest::halfALineIsNoCall()
{
    ProcessFixture f;
    QVERIFY(QDir().mkpath(spoolFolder(f)));
    write(lettersFile(f), letter(1) + letter(2).first(60));
    SidecarProcess command(f.sidecar.socketPath());
    QCOMPARE(command.runToEnd({QStringLiteral("spool"), QStringLiteral("export")}),
             std::optional(0));
    QCOMPARE(command.standardOutput().toUtf8(), items(1, 1).first() + '\n');
    QVERIFY(command.standardError().contains(QLatin1String("1 damaged line")));
}

// Who purges after a good export relies on it.
void SpoolProcessTest::aFullDiskSpoilsTheExport()
{
    const QString full = QStringLiteral("/dev/full");
    if (!QFile::exists(full))
        QSKIP("no /dev/full");
    ProcessFixture f;
    fillAndKill(f, 1);
    SidecarProcess command(f.sidecar.socketPath());
    command.setOutputFile(full);
    QCOMPARE(command.runToEnd({QStringLiteral("spool"), QStringLiteral("export")}),
             std::optional(1));
    QVERIFY(command.standardError().contains(QLatin1String("disk full")));
}

void SpoolProcessTest::purgeLeavesWhatWaits()
{
    ProcessFixture f;
    fillAndKill(f, 5);
    QFile letters(spoolFolder(f) + QStringLiteral("/dead-letters.ndjson"));
    QVERIFY(letters.open(QIODevice::WriteOnly));
    letters.write("{}\n");
    letters.close();
    const QString interrupted = letters.fileName() + QStringLiteral(".retry");
    QVERIFY(letters.copy(interrupted));
    const auto [code, said] = spool(f, QStringLiteral("purge"));
    QCOMPARE(code, 0);
    QVERIFY2(said.contains(QLatin1String("removed 2 files")), qPrintable(said));
    QVERIFY(!letters.exists());
    QVERIFY(!QFile::exists(interrupted));
    QVERIFY(spool(f, QStringLiteral("ls")).second.contains(QLatin1String("5 calls")));
}

void SpoolProcessTest::wrongUse()
{
    ProcessFixture f;
    SidecarProcess command(f.sidecar.socketPath());
    QCOMPARE(command.runToEnd({QStringLiteral("spool"), QStringLiteral("frobnicate")}),
             std::optional(2));
    QVERIFY(command.standardError().contains(QLatin1String("verify")));
    SidecarProcess missing(f.sidecar.socketPath());
    QCOMPARE(missing.runToEnd({QStringLiteral("spool"), QStringLiteral("ls"),
                               QStringLiteral("--spool-dir"), f.path(QStringLiteral("none"))}),
             std::optional(1));
    QVERIFY(missing.standardError().contains(f.path(QStringLiteral("none"))));
    // None of them says that it is done where there is nothing to do it with.
    for (const char *action : {"verify", "export", "export --dead-letters", "retry", "purge"}) {
        SidecarProcess elsewhere(f.sidecar.socketPath());
        const QStringList words = QString::fromLatin1(action).split(QLatin1Char(' '));
        QCOMPARE(elsewhere.runToEnd(
                     QStringList{QStringLiteral("spool")} + words
                     + QStringList{QStringLiteral("--spool-dir"), f.path(QStringLiteral("none"))}),
                 std::optional(1));
        QVERIFY2(elsewhere.standardError().contains(f.path(QStringLiteral("none"))), action);
    }
}

void SpoolProcessTest::whatCannotBeReadOrRemovedIsNamed()
{
    ProcessFixture f;
    fillAndKill(f, 1);
    const QString letters = lettersFile(f);
    QVERIFY(QDir().mkpath(letters + QStringLiteral("/in the way")));
    for (const char *action : {"ls", "export", "purge"}) {
        SidecarProcess command(f.sidecar.socketPath());
        QCOMPARE(command.runToEnd({QStringLiteral("spool"), QString::fromLatin1(action)}),
                 std::optional(1));
        QVERIFY2(command.standardError().contains(letters), qPrintable(command.standardError()));
    }
}

QTEST_GUILESS_MAIN(SpoolProcessTest)
#include "tst_spool_process.moc"
