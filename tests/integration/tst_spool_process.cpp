#include "integration/spooltest.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

#include <algorithm>
#include <csignal>

using namespace Weave;

// The spool of the real daemon, across its ends and by the command line.
class SpoolProcessTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void killedItLosesNothing();
    void itsAgeOutlivesTheDaemon();
    void stoppedWithoutABackendItKeepsEverything();
    void inMemoryItSaysWhatIsLost();
    void whoseFolderIsRemovedItSaysWhatIsInMemoryAlone();
    void pausedWithoutAFolderItDeliversAtItsEnd();
    void olderThanMaxAgeIsGivenUp();
    void listsAndExportsWhatWaits();
    void verifyFindsDamage();
    void whatIsLeftOutIsNamed();
    void halfALineIsNoCall();
    void aFullDiskSpoilsTheExport();
    void purgeLeavesWhatWaits();
    void wrongUse();
    void whatCannotBeReadOrRemovedIsNamed();
    void aReplacedFolderIsItsSuccessors();

private:
    // The first record of the one file; the file's name.
    static QString damage(const ProcessFixture &f)
    {
        const QDir folder(spoolFolder(f));
        const QString name = folder.entryList({QStringLiteral("*.seg")}).value(0);
        QByteArray bytes = read(folder.filePath(name));
        bytes.replace(bytes.indexOf("{\"start\"") + 20, 6, "damage");
        write(folder.filePath(name), bytes);
        return name;
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

// Or a daemon that is started again and again would never seem to be in trouble.
void SpoolProcessTest::itsAgeOutlivesTheDaemon()
{
    ProcessFixture f;
    f.sink.setScript([](const SinkRequest &) { return SinkAnswer{.status = 503}; });
    QVERIFY(f.start({QStringLiteral("--flush-interval"), QStringLiteral("10ms")}));
    FakeClient client(f.sidecar.socketPath());
    QCOMPARE(client.sendCalls(callLines(0, 5), 5), 5);
    const QString oldest = QStringLiteral("calls.oldest_pending_seconds");
    QVERIFY(f.waitForNumber(oldest, 2));
    f.sidecar.sendSignal(SIGKILL);
    QVERIFY(!f.sidecar.waitForExit());
    QVERIFY(f.start({QStringLiteral("--flush-interval"), QStringLiteral("10ms")}));
    QVERIFY(f.waitForNumber(QStringLiteral("requests.retried"), 1));
    QVERIFY(f.sidecar.number(oldest) >= 2);
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
    QVERIFY(f.sidecar.standardError().contains(
        QLatin1String("left in the spool for the next start: 20 calls")));

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

void SpoolProcessTest::whoseFolderIsRemovedItSaysWhatIsInMemoryAlone()
{
    ProcessFixture f;
    f.sink.setScript([](const SinkRequest &) { return SinkAnswer{.status = 503}; });
    QVERIFY(f.start({QStringLiteral("--shutdown-timeout"), QStringLiteral("100ms")}));
    FakeClient client(f.sidecar.socketPath());
    QCOMPARE(client.sendCalls(callLines(0, 3), 3), 3);
    QVERIFY(QDir(spoolFolder(f)).removeRecursively());
    QTRY_VERIFY(
        f.sidecar.standardError().contains(QLatin1String("let it be delivered first: 3 calls")));
    QCOMPARE(client.sendCalls(callLines(3, 2), 2), 2);
    f.sidecar.sendSignal(SIGTERM);
    QCOMPARE(f.sidecar.waitForExit(), std::optional(0));
    const QString said = f.sidecar.standardError();
    QCOMPARE(said.count(QLatin1String("folder was removed")), 1);
    QVERIFY(said.contains(QLatin1String("left in the spool for the next start: 2 calls")));
    QVERIFY(said.contains(
        QLatin1String(": 3 calls could not be delivered in time: the backend answered 503")));
}

void SpoolProcessTest::pausedWithoutAFolderItDeliversAtItsEnd()
{
    ProcessFixture f;
    QVERIFY(f.start({}));
    FakeClient client(f.sidecar.socketPath());
    QVERIFY(!client.ask(R"({"method":"pause"})").isEmpty());
    QCOMPARE(client.sendCalls(callLines(0, 3), 3), 3);
    QVERIFY(QDir(spoolFolder(f)).removeRecursively());
    f.sidecar.sendSignal(SIGTERM);
    QCOMPARE(f.sidecar.waitForExit(), std::optional(0));
    QCOMPARE(f.sink.delivered(), items(0, 3));
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

void SpoolProcessTest::verifyFindsDamage()
{
    ProcessFixture f;
    fillAndKill(f, 5);
    QCOMPARE(spool(f, QStringLiteral("verify")).first, 0);
    const QString file = damage(f);
    const auto [code, said] = spool(f, QStringLiteral("verify"));
    QCOMPARE(code, 1);
    QVERIFY2(said.contains(file + QStringLiteral(": damaged from byte")), qPrintable(said));

    // The daemon starts on it all the same and delivers the good ones.
    f.sink.setScript({});
    QVERIFY(f.start({QStringLiteral("--flush-interval"), QStringLiteral("10ms")}));
    QVERIFY(f.waitForDelivered(4));
    QCOMPARE(f.sidecar.number(QStringLiteral("spool.quarantined")), 1);
}

// Or who exports, then purges, never learns of them.
void SpoolProcessTest::whatIsLeftOutIsNamed()
{
    ProcessFixture f;
    fillAndKill(f, 5);
    const QString damaged = damage(f);
    const QString foreign = QStringLiteral("00000000000000ff.seg");
    write(spoolFolder(f) + QLatin1Char('/') + foreign, "not a segment");
    write(lettersFile(f), letter(7));
    for (const char *action : {"export", "ls", "ls --json"}) {
        SidecarProcess command(f.sidecar.socketPath());
        QCOMPARE(command.runToEnd(QStringList{QStringLiteral("spool")}
                                  + QString::fromLatin1(action).split(QLatin1Char(' '))),
                 std::optional(1));
        for (const QString &what : {damaged + QStringLiteral(": damaged from byte "),
                                    foreign + QStringLiteral(": not a segment of this version")})
            QVERIFY2(command.standardError().contains(QStringLiteral("left out: ") + what),
                     qPrintable(command.standardError()));
    }
    // The rest is there.
    QCOMPARE(spool(f, QStringLiteral("export")).second.toUtf8(),
             (items(1, 4) + items(7, 1)).join('\n') + '\n');
    const QString listed = spool(f, QStringLiteral("ls")).second;
    QVERIFY2(listed.contains(QLatin1String("waiting: 4 calls")) && listed.contains(u"1 call  no"),
             qPrintable(listed));
    QCOMPARE(spool(f, QStringLiteral("export"), {QStringLiteral("--dead-letters")}).first, 0);
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

// Two daemons with one --spool-dir, which the lock alone cannot prevent: somebody moves the folder
// away in between.
void SpoolProcessTest::aReplacedFolderIsItsSuccessors()
{
    ProcessFixture f;
    ProcessFixture successor;
    const QString folder = f.path(QStringLiteral("spool"));
    const QStringList flags{QStringLiteral("--spool-dir"), folder};
    for (ProcessFixture *each : {&f, &successor})
        each->sink.setScript([](const SinkRequest &) { return SinkAnswer{.status = 503}; });
    QVERIFY(f.start(flags));
    FakeClient client(f.sidecar.socketPath());
    QCOMPARE(client.sendCalls(callLines(0, 1), 1), 1);
    QVERIFY(QDir().rename(folder, f.path(QStringLiteral("moved"))));
    QVERIFY(successor.start(flags));
    FakeClient other(successor.sidecar.socketPath());
    const auto send = [](FakeClient &to, const QByteArray &project) {
        return to.sendCalls(startLine(startPayload(project, "1")), 1);
    };
    for (const char *project : {"s/1", "s/2", "s/3"})
        QCOMPARE(send(other, project), 1);
    for (const char *project : {"f/1", "f/2", "f/3"})
        QCOMPARE(send(client, project), 0);
    const QJsonObject refused = client.ask(startLine(startPayload("f/1", "1")));
    const QString error = refused[QLatin1String("error")].toString();
    QVERIFY2(error.contains(folder) && error.contains(QLatin1String("another weave-sidecar")),
             qPrintable(error));

    // Nor are the dead letters there.
    f.sink.setScript([](const SinkRequest &) { return SinkAnswer{.status = 422}; });
    QVERIFY(client.ask(R"({"method":"retry"})").value(QLatin1String("success")).toBool());
    QVERIFY(QTest::qWaitFor([&] {
        return f.sidecar.standardError().contains(
            QLatin1String("cannot write to the dead letters"));
    }));
    QVERIFY(!QFile::exists(folder + QLatin1String("/dead-letters.ndjson")));
    f.sink.setScript([](const SinkRequest &) { return SinkAnswer{.status = 503}; });

    successor.sidecar.sendSignal(SIGKILL);
    QVERIFY(!successor.sidecar.waitForExit());
    QVERIFY(QTest::qWaitFor([&] { return send(client, "f/1") == 1; })); // it has the folder now
    f.sidecar.sendSignal(SIGKILL);
    QVERIFY(!f.sidecar.waitForExit());
    successor.sink.setScript({});
    QVERIFY(successor.start(flags));
    QVERIFY(successor.waitForDelivered(4));
    QList<QByteArray> delivered = successor.sink.delivered();
    std::sort(delivered.begin(), delivered.end());
    QList<QByteArray> expected;
    for (const char *project : {"f/1", "s/1", "s/2", "s/3"})
        expected << startItem(startPayload(project, "1"));
    QCOMPARE(delivered, expected);
}

QTEST_GUILESS_MAIN(SpoolProcessTest)
#include "tst_spool_process.moc"
