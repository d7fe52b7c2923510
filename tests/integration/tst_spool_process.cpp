#include "fakes/calllines.h"
#include "fakes/fakeclient.h"
#include "fakes/processfixture.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

#include <csignal>

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
    void verifyFindsDamage();
    void purgeLeavesWhatWaits();
    void wrongUse();

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

void SpoolProcessTest::purgeLeavesWhatWaits()
{
    ProcessFixture f;
    fillAndKill(f, 5);
    QFile letters(spoolFolder(f) + QStringLiteral("/dead-letters.ndjson"));
    QVERIFY(letters.open(QIODevice::WriteOnly));
    letters.write("{}\n");
    letters.close();
    const auto [code, said] = spool(f, QStringLiteral("purge"));
    QCOMPARE(code, 0);
    QVERIFY2(said.contains(QLatin1String("removed 1 file")), qPrintable(said));
    QVERIFY(!letters.exists());
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
}

QTEST_GUILESS_MAIN(SpoolProcessTest)
#include "tst_spool_process.moc"
