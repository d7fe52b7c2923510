#include "fakes/fakeclient.h"
#include "fakes/processfixture.h"
#include "integration/controllines.h"

#include <QCoreApplication>
#include <QTest>

#include <csignal>
#include <grp.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace Weave;
using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

namespace {

QString errorOf(const QJsonObject &reply)
{
    return reply.value("error"_L1).toString();
}

QJsonValue backendValue(const ProcessFixture &f, const char *key)
{
    return f.sidecar.status().value("backend"_L1).toObject().value(QLatin1String(key));
}

struct Finished
{
    int exitCode = -1;
    QString output;
    QString error;
};

// The real program with these arguments and the daemon's socket, while the event loop runs.
Finished run(const ProcessFixture &f, const QStringList &arguments)
{
    QProcess process;
    process.start(QCoreApplication::applicationDirPath() + "/weave-sidecar"_L1,
                  arguments + QStringList{u"--socket"_s, f.sidecar.socketPath()});
    if (!QTest::qWaitFor([&] { return process.state() == QProcess::NotRunning; }, 15'000))
        return {};
    return {process.exitCode(), QString::fromUtf8(process.readAllStandardOutput()),
            QString::fromUtf8(process.readAllStandardError())};
}

} // namespace

// The real daemon, controlled through its socket and by the command line.
class ControlProcessTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void pauseKeepsAndResumeDelivers();
    void flushAndRetryFailWhilePaused();
    void pauseEndsAFlushThatWaits();
    void retryEndsABackOff();
    void pausedDaemonEndsAtOnce();
    void memorySpoolIsDeliveredAtTheEnd();
    void otherUsersAreRefused();
    void commands();
    void commandsWithoutADaemon();
    void watch();
};

void ControlProcessTest::pauseKeepsAndResumeDelivers()
{
    ProcessFixture f;
    QVERIFY(f.start());
    FakeClient client(f.sidecar.socketPath());
    QCOMPARE(backendValue(f, "paused_by"), QJsonValue(QJsonValue::Null));
    QVERIFY(isSuccess(client.ask(Pause)));
    QVERIFY(isSuccess(client.ask(Pause)));
    QCOMPARE(client.sendCalls(calls(50), 50), 50);
    QTest::qWait(200); // ten times the flush interval
    QCOMPARE(f.sink.requestCount(), 0);
    QCOMPARE(backendValue(f, "state"), QJsonValue("paused"_L1));
    QCOMPARE(backendValue(f, "paused_by"), QJsonValue("user"_L1));
    QCOMPARE(f.sidecar.number(u"calls.pending"_s), 50);
    QVERIFY(isSuccess(client.ask(Resume)));
    QVERIFY(f.waitForDelivered(50));
    QVERIFY(f.waitForNumber(u"calls.pending"_s, 0));
    QCOMPARE(backendValue(f, "state"), QJsonValue("ok"_L1));
    QCOMPARE(f.auditError(), QString());
}

void ControlProcessTest::flushAndRetryFailWhilePaused()
{
    ProcessFixture f;
    QVERIFY(f.start());
    FakeClient client(f.sidecar.socketPath());
    QVERIFY(isSuccess(client.ask(Pause)));
    QVERIFY(isSuccess(client.ask(Flush))); // nothing waits
    QCOMPARE(client.sendCalls(calls(3), 3), 3);
    const QJsonObject reply = client.ask(Flush, 2s); // it would wait 4 s
    QVERIFY(!isSuccess(reply));
    QVERIFY2(errorOf(reply).contains("weave-sidecar resume"_L1), qPrintable(errorOf(reply)));
    QCOMPARE(reply.value("pending"_L1).toInt(), 3);
    QVERIFY(errorOf(client.ask(Retry)).contains("weave-sidecar resume"_L1));
    QCOMPARE(f.sink.requestCount(), 0);
}

void ControlProcessTest::pauseEndsAFlushThatWaits()
{
    ProcessFixture f;
    QVERIFY(f.start());
    f.sink.setScript([](const SinkRequest &) { return SinkAnswer{.isHanging = true}; });
    FakeClient waiting(f.sidecar.socketPath());
    QCOMPARE(waiting.sendCalls(calls(3), 3), 3);
    QVERIFY(waiting.send(Flush));
    QTRY_COMPARE(f.sink.hangingCount(), 1);
    FakeClient other(f.sidecar.socketPath());
    QVERIFY(isSuccess(other.ask(Pause)));
    const auto reply = waiting.readLine(2s);
    QVERIFY(reply && reply->contains("paused by"));
    QVERIFY(isSuccess(waiting.ask("{\"method\":\"status\"}\n")));
}

void ControlProcessTest::retryEndsABackOff()
{
    ProcessFixture f;
    QVERIFY(f.start());
    f.sink.enqueue(SinkAnswer{.status = 503, .headers = {"Retry-After: 60"}});
    FakeClient client(f.sidecar.socketPath());
    QCOMPARE(client.sendCalls(calls(1), 1), 1);
    QTRY_COMPARE(backendValue(f, "state"), QJsonValue("retrying"_L1));
    QTest::qWait(100);
    QCOMPARE(f.sink.requestCount(), 1);
    QVERIFY(isSuccess(client.ask(Retry)));
    QVERIFY(f.waitForDelivered(1, 3000));
}

void ControlProcessTest::pausedDaemonEndsAtOnce()
{
    ProcessFixture f;
    const QStringList spool{u"--spool-dir"_s, f.path(u"spool"_s)};
    QVERIFY(f.start(spool));
    FakeClient client(f.sidecar.socketPath());
    QVERIFY(isSuccess(client.ask(Pause)));
    QCOMPARE(client.sendCalls(calls(20), 20), 20);
    f.sidecar.sendSignal(SIGTERM);
    QCOMPARE(f.sidecar.waitForExit(3s), std::optional(0));
    QCOMPARE(f.sink.requestCount(), 0);
    QVERIFY(f.start(spool)); // which is not paused
    QVERIFY(f.waitForDelivered(20));
}

void ControlProcessTest::memorySpoolIsDeliveredAtTheEnd()
{
    ProcessFixture f;
    QVERIFY(f.start({u"--spool-dir"_s, u"none"_s}));
    if (f.sidecar.status().value("spool"_L1).toObject().value("kind"_L1) != "memory"_L1)
        QSKIP("no spool in memory by this flag");
    FakeClient client(f.sidecar.socketPath());
    QVERIFY(isSuccess(client.ask(Pause)));
    QCOMPARE(client.sendCalls(calls(5), 5), 5);
    f.sidecar.sendSignal(SIGTERM);
    QCOMPARE(f.sidecar.waitForExit(), std::optional(0));
    QCOMPARE(f.sink.delivered().size(), 5);
}

void ControlProcessTest::otherUsersAreRefused()
{
    if (::geteuid() != 0)
        QSKIP("only root can become another user");
    ProcessFixture f;
    const group *const nobodys = ::getgrgid(65534);
    if (!nobodys)
        QSKIP("there is no group 65534");
    QVERIFY(f.start({u"--socket-mode"_s, u"0660"_s, u"--socket-group"_s,
                     QString::fromLocal8Bit(nobodys->gr_name)}));
    QVERIFY(QFile::setPermissions(
        f.folder.path(), QFile::permissions(f.folder.path()) | QFile::ReadOther | QFile::ExeOther));
    // The system notes who connects, so the socket is opened by a child that is someone else.
    int pipe[2] = {};
    QCOMPARE(::pipe(pipe), 0);
    const pid_t child = ::fork();
    if (child == 0) {
        if (::setgid(65534) != 0 || ::setuid(65534) != 0)
            ::_exit(2);
        FakeClient client(f.sidecar.socketPath());
        client.send(Pause + subscribeTo({}) + calls(1));
        QByteArray replies;
        for (int i = 0; i < 3; ++i)
            replies += client.readLine().value_or("nothing") + "\n";
        const ssize_t written = ::write(pipe[1], replies.data(), size_t(replies.size()));
        ::_exit(written > 0 ? 0 : 3);
    }
    int result = -1;
    QTRY_VERIFY(::waitpid(child, &result, WNOHANG) != 0);
    QCOMPARE(result, 0);
    QByteArray replies(4096, '\0');
    replies.resize(qsizetype(::read(pipe[0], replies.data(), 4096)));
    ::close(pipe[0]);
    ::close(pipe[1]);
    const QList<QByteArray> lines = replies.split('\n');
    QVERIFY2(lines.value(0).contains("uid 0"), replies.constData());
    QVERIFY2(lines.value(1).contains("uid 0"), replies.constData());
    QVERIFY2(lines.value(2).contains("\"success\":true"), replies.constData());
    QCOMPARE(f.sidecar.number(u"calls.refused.not_allowed"_s), 2);
    QVERIFY(f.waitForDelivered(1)); // nothing is paused
}

void ControlProcessTest::commands()
{
    ProcessFixture f;
    QVERIFY(f.start());
    FakeClient client(f.sidecar.socketPath());
    const Finished paused = run(f, {u"pause"_s});
    QCOMPARE(paused.exitCode, 0);
    QVERIFY(paused.output.contains("weave-sidecar resume"_L1));
    QCOMPARE(client.sendCalls(calls(2), 2), 2);
    QVERIFY(run(f, {u"status"_s}).output.contains("paused by `weave-sidecar pause`"_L1));
    const Finished unflushed = run(f, {u"flush"_s});
    QCOMPARE(unflushed.exitCode, 1);
    QVERIFY2(unflushed.error.contains("2 calls are left"_L1), qPrintable(unflushed.error));
    const Finished untried = run(f, {u"retry"_s});
    QCOMPARE(untried.exitCode, 1);
    QVERIFY(untried.error.contains("weave-sidecar resume"_L1));
    QCOMPARE(run(f, {u"resume"_s}).exitCode, 0);
    const Finished flushed = run(f, {u"flush"_s});
    QCOMPARE(flushed.exitCode, 0);
    QCOMPARE(flushed.output, u"everything is delivered\n"_s);
    QCOMPARE(f.sink.delivered().size(), 2);
    QCOMPARE(run(f, {u"retry"_s}).exitCode, 0);
}

void ControlProcessTest::commandsWithoutADaemon()
{
    const ProcessFixture f;
    for (const QStringList &command :
         {QStringList{u"pause"_s}, QStringList{u"resume"_s}, QStringList{u"flush"_s},
          QStringList{u"retry"_s}, QStringList{u"status"_s, u"--watch"_s}}) {
        const Finished finished = run(f, command);
        QCOMPARE(finished.exitCode, 1);
        QVERIFY2(finished.error.contains("no weave-sidecar is listening"_L1),
                 qPrintable(finished.error));
    }
    QCOMPARE(run(f, {u"pause"_s, u"--watch"_s}).exitCode, 2);
}

void ControlProcessTest::watch()
{
    ProcessFixture f;
    QVERIFY(f.start());
    QProcess process;
    process.start(QCoreApplication::applicationDirPath() + "/weave-sidecar"_L1,
                  {u"status"_s, u"--watch"_s, u"--socket"_s, f.sidecar.socketPath()});
    QByteArray output;
    const auto shows = [&](const QByteArray &text) {
        output += process.readAllStandardOutput();
        return output.contains(text);
    };
    QTRY_VERIFY(shows("\n\nweave-sidecar")); // the second block
    QVERIFY(!output.contains('\x1b'));
    f.sidecar.sendSignal(SIGTERM);
    QCOMPARE(f.sidecar.waitForExit(), std::optional(0));
    QTRY_VERIFY(shows("no weave-sidecar is listening"));
    output.clear();
    QVERIFY(f.start());
    QTRY_VERIFY(shows("pid " + QByteArray::number(f.sidecar.pid())));
    ::kill(pid_t(process.processId()), SIGINT);
    QTRY_COMPARE(process.state(), QProcess::NotRunning);
}

QTEST_GUILESS_MAIN(ControlProcessTest)
#include "tst_control_process.moc"
