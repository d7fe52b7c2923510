#include "fakes/calllines.h"
#include "fakes/fakeclient.h"
#include "fakes/processfixture.h"
#include "integration/spooltest.h"

#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QTest>

#include <csignal>
#include <optional>
#include <sys/stat.h>
#include <vector>

using namespace Weave;
using namespace std::chrono_literals;

namespace {

constexpr QByteArrayView Success = R"({"success":true})";

QByteArray callLine(int number)
{
    return startLine(startPayload("a/b", QByteArray::number(number)));
}

} // namespace

// --spool-sync, with a disk that is as slow or as broken as the test wants.
class SyncProcessTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void alwaysAnswersAfterTheSync();
    void clientsShareASync();
    void slowDiskIsARefusalInTime();
    void brokenDiskIsARefusal();
    void malformedLinesNeedNoSync();
    void lazyDoesNotWait();
    void whatIsDeliveredMeanwhileIsNotSynced();
    void unreadableFileIsPutAside();
    void whatRetryPutsBackIsOnTheDisk();
    void whatRetryCannotSyncStays_data();
    void whatRetryCannotSyncStays();

private:
    static void useDisk(const ProcessFixture &f, SidecarProcess &process)
    {
        process.setEnvironment(QStringLiteral("LD_PRELOAD"),
                               QStringLiteral(WEAVE_SLOW_DISK_LIBRARY));
        process.setEnvironment(QStringLiteral("WEAVE_SLOW_DISK"), f.path(QStringLiteral("disk")));
    }
    // Where there is no daemon, so that all of them are put back.
    static std::optional<int> retry(const ProcessFixture &f, SidecarProcess &command)
    {
        useDisk(f, command);
        return command.runToEnd({QStringLiteral("spool"), QStringLiteral("retry"),
                                 QStringLiteral("--socket"), command.socketPath()});
    }
    static bool start(ProcessFixture &f, const QByteArray &disk, const QString &sync)
    {
        useDisk(f, f.sidecar);
        return f.writeFile(QStringLiteral("disk"), disk)
            && f.start({QStringLiteral("--spool-sync"), sync});
    }
    static qsizetype syncs(const ProcessFixture &f)
    {
        QFile log(f.path(QStringLiteral("disk.log")));
        return log.open(QIODevice::ReadOnly) ? log.readAll().count('\n') : 0;
    }
};

void SyncProcessTest::alwaysAnswersAfterTheSync()
{
    ProcessFixture f;
    QVERIFY(start(f, "200", QStringLiteral("always")));
    FakeClient client(f.sidecar.socketPath());
    QElapsedTimer timer;
    timer.start();
    QCOMPARE(client.sendCalls(callLine(1) + callLine(2), 2), 2);
    QCOMPARE_GE(timer.elapsed(), 200);
    QCOMPARE(syncs(f), 1);
    QCOMPARE(client.sendCalls(callLine(3), 1), 1);
    QCOMPARE(syncs(f), 2);
    QCOMPARE(f.auditError(), QString());
}

void SyncProcessTest::clientsShareASync()
{
    ProcessFixture f;
    QVERIFY(start(f, "200", QStringLiteral("always")));
    std::vector<FakeClient> clients;
    for (int i = 0; i < 50; ++i)
        clients.emplace_back(f.sidecar.socketPath());
    for (int i = 0; i < 50; ++i)
        QVERIFY(clients[static_cast<std::size_t>(i)].send(callLine(i)));
    for (FakeClient &client : clients)
        QCOMPARE(client.readLine().value_or(QByteArray()), Success);
    QCOMPARE_LE(syncs(f), 3);
}

void SyncProcessTest::slowDiskIsARefusalInTime()
{
    ProcessFixture f;
    QVERIFY(start(f, "2500", QStringLiteral("always")));
    FakeClient client(f.sidecar.socketPath());
    QElapsedTimer timer;
    for (int i = 0; i < 2; ++i) {
        timer.start();
        const QJsonObject reply = client.ask(callLine(i));
        QCOMPARE_LE(timer.elapsed(), 1100);
        QCOMPARE(reply.value(QLatin1String("success")), QJsonValue(false));
        QVERIFY(reply.value(QLatin1String("error")).toString().contains(QLatin1String("disk")));
    }
    QCOMPARE(f.sidecar.number(QStringLiteral("calls.refused.spool_error")), 2);
    // As soon as the disk is well, so is the daemon.
    QVERIFY(f.writeFile(QStringLiteral("disk"), "1"));
    QTRY_COMPARE_WITH_TIMEOUT(client.sendCalls(callLine(3), 1), 1, 10000);
    QCOMPARE(f.auditError(), QString());
}

void SyncProcessTest::brokenDiskIsARefusal()
{
    ProcessFixture f;
    QVERIFY(start(f, "fail", QStringLiteral("always")));
    FakeClient client(f.sidecar.socketPath());
    QVERIFY(client.send(callLine(1) + "nonsense" + "\n" + callLine(2)));
    QVERIFY(client.readLine().value_or(QByteArray()).contains("disk"));
    QVERIFY(client.readLine().value_or(QByteArray()).contains("malformed"));
    QVERIFY(client.readLine().value_or(QByteArray()).contains("disk"));
    QTRY_VERIFY(f.sidecar.standardError().contains(QLatin1String("cannot sync the spool")));
    QVERIFY(f.writeFile(QStringLiteral("disk"), "0"));
    QCOMPARE(client.sendCalls(callLine(3), 1), 1);
}

void SyncProcessTest::malformedLinesNeedNoSync()
{
    ProcessFixture f;
    QVERIFY(start(f, "fail", QStringLiteral("always")));
    FakeClient client(f.sidecar.socketPath());
    QVERIFY(client.ask("nonsense").contains(QLatin1String("error")));
    QVERIFY(client.ask(R"({"method":"status"})").contains(QLatin1String("status")));
    QCOMPARE(syncs(f), 0);
}

void SyncProcessTest::lazyDoesNotWait()
{
    ProcessFixture f;
    f.sink.stop(); // calls that have been delivered need no sync
    QVERIFY(start(f, "2500", QStringLiteral("lazy")));
    FakeClient client(f.sidecar.socketPath());
    QElapsedTimer timer;
    timer.start();
    QCOMPARE(client.sendCalls(callLine(1), 1), 1);
    QCOMPARE_LE(timer.elapsed(), 1000);
    QTRY_COMPARE(syncs(f), 1);
    timer.start();
    QCOMPARE(client.sendCalls(callLine(2), 1), 1);
    QCOMPARE_LE(timer.elapsed(), 1000);
}

// Every project has a file of its own.
void SyncProcessTest::whatIsDeliveredMeanwhileIsNotSynced()
{
    constexpr int Projects = 20;
    ProcessFixture f;
    QVERIFY(start(f, "1000", QStringLiteral("lazy")));
    const quint16 port = f.sink.port();
    f.sink.stop();
    FakeClient client(f.sidecar.socketPath());
    for (int i = 0; i < Projects; ++i) {
        const QByteArray id = QByteArray::number(i);
        QCOMPARE(client.sendCalls(startLine(startPayload("a/" + id, id)), 1), 1);
    }
    QTRY_COMPARE_GE(syncs(f), 1);
    QVERIFY(f.sink.listen(port));
    QVERIFY(f.waitForDelivered(Projects));
    f.sidecar.sendSignal(SIGTERM);
    QCOMPARE(f.sidecar.waitForExit(), std::optional(0));
    QCOMPARE_LT(syncs(f), Projects);
}

// Touching a page that the disk cannot read would end the process.
void SyncProcessTest::unreadableFileIsPutAside()
{
    ProcessFixture f;
    f.sink.stop();
    QVERIFY(start(f, "0", QStringLiteral("lazy")));
    {
        FakeClient client(f.sidecar.socketPath());
        QCOMPARE(client.sendCalls(callLine(1) + callLine(2), 2), 2);
    }
    f.sidecar.sendSignal(SIGKILL);
    QVERIFY(!f.sidecar.waitForExit());
    QVERIFY(f.sink.listen());
    QVERIFY(start(f, "unreadable", QStringLiteral("lazy")));
    QVERIFY(f.waitForNumber(QStringLiteral("spool.quarantined"), 1));
    FakeClient client(f.sidecar.socketPath());
    QCOMPARE(client.sendCalls(callLine(3), 1), 1);
    QVERIFY(f.waitForDelivered(1));
    QCOMPARE(f.sidecar.number(QStringLiteral("calls.recovered")), 0);
    const QDir quarantine(f.path(QStringLiteral(".local/state/weave-sidecar/spool/quarantine")));
    QCOMPARE(quarantine.entryList(QDir::Files).size(), 1);
}

// Before the file that they came from goes, or a power cut may find neither.
void SyncProcessTest::whatRetryPutsBackIsOnTheDisk()
{
    ProcessFixture f;
    QVERIFY(f.writeFile(QStringLiteral("disk"), "0"));
    const QString platter = f.path(QStringLiteral("disk.platter/"));
    QVERIFY(QDir().mkpath(platter) && QDir().mkpath(spoolFolder(f)));
    write(lettersFile(f), letter(7));
    SidecarProcess command(f.sidecar.socketPath());
    QCOMPARE(retry(f, command), std::optional(1));
    QCOMPARE(read(lettersFile(f)), letter(7));
    struct stat status = {};
    QCOMPARE(::stat(lettersFile(f).toLocal8Bit().constData(), &status), 0);
    const QByteArray inode = QByteArray::number(qulonglong(status.st_ino));
    QCOMPARE(read(platter + QString::fromLatin1(inode)), letter(7));
    const QByteArray names = read(platter + QStringLiteral("names"));
    QVERIFY2(names.contains(inode + " dead-letters.ndjson\n"), names.constData());
}

void SyncProcessTest::whatRetryCannotSyncStays_data()
{
    QTest::addColumn<QByteArray>("disk");
    QTest::newRow("the file") << QByteArray("no fsync");
    QTest::newRow("its name") << QByteArray("no fsync of folders");
}

void SyncProcessTest::whatRetryCannotSyncStays()
{
    QFETCH(const QByteArray, disk);
    ProcessFixture f;
    QVERIFY(f.writeFile(QStringLiteral("disk"), disk));
    QVERIFY(QDir().mkpath(spoolFolder(f)));
    write(lettersFile(f), letter(7));
    SidecarProcess command(f.sidecar.socketPath());
    QCOMPARE(retry(f, command), std::optional(1));
    const QString taken = lettersFile(f) + QStringLiteral(".retry");
    QVERIFY2(command.standardError().contains(taken), qPrintable(command.standardError()));
    QCOMPARE(read(taken), letter(7));
}

QTEST_GUILESS_MAIN(SyncProcessTest)
#include "tst_sync_process.moc"
