#include "client/daemonlauncher.h"
#include "client/processmark.h"
#include "client/sidecarclient.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <csignal>
#include <fcntl.h>
#include <memory>

using namespace Weave;
using namespace Qt::StringLiterals;

namespace {

bool wait(SidecarClient &client, QSignalSpy &spy)
{
    client.start();
    return spy.count() > 0 || spy.wait(5000); // that nobody listens is known at once
}

// With the socket "s", and all that it writes there.
DaemonLauncher::Start startIn(const QTemporaryDir &folder)
{
    return {{u"--headless"_s, u"--socket"_s, folder.filePath(u"s"_s), u"--backend"_s,
             "file:"_L1 + folder.filePath(u"calls"_s), u"--spool-dir"_s,
             folder.filePath(u"spool"_s)}};
}

} // namespace

class ClientLauncherTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void startsADaemon();
    void askedTwiceToStart();
    void askedWhileItRestarts();
    void startsWhatFails();
    void quotesNoEarlierDaemon();
    void keepsItsLogSmall();
    void failsInSilenceAtTheEnd();
};

void ClientLauncherTest::startsADaemon()
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

// By somebody who does not see it come.
void ClientLauncherTest::askedTwiceToStart()
{
    const QTemporaryDir folder;
    const QString socket = folder.filePath(u"s"_s);
    const DaemonLauncher::Start what = startIn(folder);
    if (DaemonLauncher::findProgram().isEmpty())
        QSKIP("weave-sidecar is not beside this program");
    DaemonLauncher launcher(folder.filePath(u"log/daemon.log"_s));
    const QSignalSpy failed(&launcher, &DaemonLauncher::failed);
    SidecarClient client(socket);
    QSignalSpy connected(&client, &SidecarClient::connected);
    launcher.start(what);
    launcher.start(what);
    QVERIFY(wait(client, connected));
    QTest::qWait(1500); // what ends at once is told of within a second
    QCOMPARE(failed.count(), 0);
    QVERIFY(launcher.owns(client.snapshot().pid));
    launcher.stop();
    QTRY_VERIFY_WITH_TIMEOUT(!launcher.isRunning(), 15'000);
}

// A daemon that delivers until its end takes seconds to go.
void ClientLauncherTest::askedWhileItRestarts()
{
    const QTemporaryDir folder;
    const QString socket = folder.filePath(u"s"_s);
    const DaemonLauncher::Start what = startIn(folder);
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

void ClientLauncherTest::startsWhatFails()
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
void ClientLauncherTest::quotesNoEarlierDaemon()
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
void ClientLauncherTest::keepsItsLogSmall()
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
void ClientLauncherTest::failsInSilenceAtTheEnd()
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

QTEST_GUILESS_MAIN(ClientLauncherTest)
#include "tst_client_launcher.moc"
