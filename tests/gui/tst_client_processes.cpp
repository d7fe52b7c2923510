#include "client/daemonlog.h"
#include "client/processmark.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

using namespace Weave;
using namespace Qt::StringLiterals;

namespace {

// What the kernel says of this process, made up.
class Processes
{
public:
    void add(const QByteArray &state, const QByteArray &startTime) const
    {
        const QString place = m_folder.path() + u'/' + QString::number(m_pid);
        QFile file(place + u"/stat"_s);
        const QByteArray between = " 1 1 1 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 ";
        if (!QDir().mkpath(place) || !file.open(QIODevice::WriteOnly)
            || file.write("7 (a) Z (b) " + state + between + startTime + " 1 2 3\n") < 0)
            qFatal("cannot write %s", qPrintable(file.fileName()));
    }
    [[nodiscard]] ProcessMark mark() const { return ProcessMark(m_pid, m_folder.path()); }

private:
    const QTemporaryDir m_folder;
    const qint64 m_pid = QCoreApplication::applicationPid();
};

} // namespace

// What the front-end reads of other processes.
class ClientProcessesTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void logsAreFound();
    void aProcessRunsUntilItEnds();
    void alsoOneThatNobodyHasWaitedFor();
    void anotherOneWithItsPidIsNotMeant();
    void withoutProcItIsThePid();
};

void ClientProcessesTest::logsAreFound()
{
    // What the kernel says of processes, made up.
    const QTemporaryDir folder;
    const auto add = [&folder](qint64 pid, const QString &output, const QByteArray &cgroup) {
        const QString place = folder.path() + u'/' + QString::number(pid);
        QFile file(place + u"/cgroup"_s);
        return QDir().mkpath(place + u"/fd"_s) && QFile::link(output, place + u"/fd/2"_s)
            && file.open(QIODevice::WriteOnly) && file.write(cgroup) >= 0;
    };
    const QString log = folder.filePath(u"daemon.log"_s);
    QFile file(log);
    QVERIFY(file.open(QIODevice::WriteOnly));
    QVERIFY(add(1, log, "0::/user.slice/user-1000.slice/session-3.scope\n"));
    QVERIFY(add(2, u"/dev/pts/4"_s, "0::/user.slice/user-1000.slice/session-3.scope\n"));
    QVERIFY(add(3, u"socket:[81]"_s,
                "0::/user.slice/user-1000.slice/user@1000.service/app.slice/sidecar.service\n"));
    QVERIFY(add(4, u"socket:[82]"_s, "0::/system.slice/weave-sidecar.service\n"));
    QVERIFY(add(5, u"pipe:[83]"_s, "0::/user.slice/user-1000.slice/user@1000.service/x.scope\n"));
    const auto of = [&folder](qint64 pid) { return DaemonLog::of(pid, folder.path()); };
    QVERIFY(of(1).kind == DaemonLog::Kind::File);
    QCOMPARE(of(1).place, log);
    QVERIFY(of(2).kind == DaemonLog::Kind::Terminal);
    QCOMPARE(of(2).place, u"/dev/pts/4"_s);
    QVERIFY(of(3).kind == DaemonLog::Kind::Journal);
    QCOMPARE(of(3).journalCommand(),
             QStringList({u"journalctl"_s, u"--user"_s, u"--unit"_s, u"sidecar.service"_s,
                          u"--lines=2000"_s, u"--no-pager"_s}));
    QVERIFY(of(4).kind == DaemonLog::Kind::Journal);
    QCOMPARE(of(4).journalCommand().at(2), u"weave-sidecar.service"_s);
    QVERIFY(of(5).kind == DaemonLog::Kind::Unknown);
    QVERIFY(of(6).kind == DaemonLog::Kind::Unknown);
}

void ClientProcessesTest::aProcessRunsUntilItEnds()
{
    QProcess process;
    process.start(u"sleep"_s, {u"30"_s});
    QVERIFY(process.waitForStarted());
    const ProcessMark mark(process.processId());
    QCOMPARE(mark.pid(), process.processId());
    QVERIFY(mark.isRunning());
    process.kill();
    QVERIFY(process.waitForFinished());
    QVERIFY(!mark.isRunning());
    QVERIFY(!ProcessMark().isRunning());
}

void ClientProcessesTest::alsoOneThatNobodyHasWaitedFor()
{
    const Processes processes;
    processes.add("S", "100");
    const ProcessMark mark = processes.mark();
    QVERIFY(mark.isRunning());
    processes.add("Z", "100");
    QVERIFY(!mark.isRunning());
}

void ClientProcessesTest::anotherOneWithItsPidIsNotMeant()
{
    const Processes processes;
    processes.add("S", "100");
    const ProcessMark mark = processes.mark();
    processes.add("R", "100");
    QVERIFY(mark.isRunning());
    processes.add("R", "200");
    QVERIFY(!mark.isRunning());
}

void ClientProcessesTest::withoutProcItIsThePid()
{
    const ProcessMark mark(QCoreApplication::applicationPid(), u"/nowhere"_s);
    QVERIFY(mark.isRunning());
}

QTEST_GUILESS_MAIN(ClientProcessesTest)
#include "tst_client_processes.moc"
