#include "fakes/calllines.h"
#include "fakes/fakeclient.h"
#include "fakes/httpclient.h"
#include "fakes/processfixture.h"

#include <QCoreApplication>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>
#include <QUrl>

#include <csignal>
#include <fcntl.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

using namespace Weave;
using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

namespace {

const QByteArray Reload = R"({"method":"reload"})";

QByteArray calls(int first, int count)
{
    QByteArray lines;
    for (int i = first; i < first + count; ++i)
        lines += startLine(startPayload("a/b", QByteArray::number(i)));
    return lines;
}

QStringList namesIn(const QJsonObject &reply, QLatin1String key)
{
    QStringList names;
    for (const QJsonValue &name : reply.value(key).toArray())
        names << name.toString();
    return names;
}

bool isSuccess(const QJsonObject &reply)
{
    return reply.value("success"_L1).toBool();
}

// A daemon with a config file of its own.
class Rig final
{
public:
    bool start(const QByteArray &settings, const QStringList &flags = {})
    {
        return write(settings)
            && f.sidecar.start(QStringList{u"--config"_s, f.path(u"c.toml"_s)} + flags);
    }
    bool write(const QByteArray &settings)
    {
        return f.writeFile(u"c.toml"_s, settings)
            && QFile::setPermissions(f.path(u"c.toml"_s), QFile::ReadOwner | QFile::WriteOwner);
    }
    QByteArray backend(const HttpSink &sink) const
    {
        return "flush-interval = \"20ms\"\nspool-dir = \"" + f.path(u"spool"_s).toUtf8()
            + "\"\nbackend = \"" + sink.url().toUtf8() + "\"\n";
    }
    QJsonObject reload() { return FakeClient(f.sidecar.socketPath()).ask(Reload); }
    [[nodiscard]] bool waitForLog(const QString &text)
    {
        return QTest::qWaitFor(
            [&] {
                m_log += f.sidecar.standardError();
                return m_log.contains(text);
            },
            5000);
    }

    ProcessFixture f;

private:
    QString m_log;
};

QStringList delivered(const HttpSink &sink)
{
    QStringList ids;
    for (const QByteArray &item : sink.delivered()) {
        const QJsonObject start = QJsonDocument::fromJson(item)
                                      .object()
                                      .value("req"_L1)
                                      .toObject()
                                      .value("start"_L1)
                                      .toObject();
        ids << start.value("id"_L1).toString();
    }
    return ids;
}

} // namespace

// The real daemon whose config file changes while it runs.
class ReloadProcessTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void tellsWhatChanged();
    void aBadFileKeepsTheOldSettings();
    void anotherBackendUnderLoad();
    void aMendedKeyDelivers();
    void aSmallerAndALargerSpool();
    void moreConnections();
    void aPipeThatNobodyWritesTo();
    void theHttpDoorGoesToTheNewBackend();
    void hangUpManyTimesUnderLoad();
    void command();
    void commandWithABadFile();
    void statusNamesTheFiles();
};

void ReloadProcessTest::tellsWhatChanged()
{
    Rig rig;
    QVERIFY(rig.start(rig.backend(rig.f.sink)));
    QJsonObject reply = rig.reload();
    QVERIFY(isSuccess(reply));
    QCOMPARE(namesIn(reply, "changed"_L1), QStringList());
    QCOMPARE(namesIn(reply, "needs_restart"_L1), QStringList());
    rig.write(rig.backend(rig.f.sink)
              + "senders = 2\nlog-format = \"json\"\nspool-max-bytes = \"2MiB\"\n"
                "max-line-bytes = \"1MiB\"\n");
    reply = rig.reload();
    QVERIFY(isSuccess(reply));
    QCOMPARE(namesIn(reply, "changed"_L1), (QStringList{u"senders"_s, u"spool-max-bytes"_s}));
    QCOMPARE(namesIn(reply, "needs_restart"_L1),
             (QStringList{u"max-line-bytes"_s, u"log-format"_s}));
    QCOMPARE(rig.f.sidecar.number(u"spool.max_bytes"_s), 2 * 1024 * 1024);
    QVERIFY(rig.waitForLog(u"these take effect at the next start: max-line-bytes, log-format"_s));
}

void ReloadProcessTest::aBadFileKeepsTheOldSettings()
{
    Rig rig;
    QVERIFY(rig.start(rig.backend(rig.f.sink) + "spool-max-bytes = \"2MiB\"\n"));
    for (const QByteArray &bad : {"spool-max-bytes = \"1KiB\"\n"_ba, "sender = 3\n"_ba, "["_ba}) {
        rig.write(rig.backend(rig.f.sink) + bad);
        const QJsonObject reply = rig.reload();
        QVERIFY(!isSuccess(reply));
        QVERIFY2(reply.value("error"_L1).toString().startsWith(u"the old settings stay: "_s),
                 qUtf8Printable(reply.value("error"_L1).toString()));
    }
    QFile::remove(rig.f.path(u"c.toml"_s));
    QVERIFY(!isSuccess(rig.reload()));
    QCOMPARE(rig.f.sidecar.number(u"spool.max_bytes"_s), 2 * 1024 * 1024);
    FakeClient client(rig.f.sidecar.socketPath());
    QCOMPARE(client.sendCalls(calls(0, 10), 10), 10);
    QVERIFY(rig.f.waitForDelivered(10));
}

// Every call arrives at one of the two, those that were on their way at the old one.
void ReloadProcessTest::anotherBackendUnderLoad()
{
    Rig rig;
    HttpSink other;
    QVERIFY(other.listen());
    rig.f.sink.setScript([](const SinkRequest &) { return SinkAnswer{.isHanging = true}; });
    QVERIFY(rig.start(rig.backend(rig.f.sink)));
    FakeClient client(rig.f.sidecar.socketPath());
    QCOMPARE(client.sendCalls(calls(0, 100), 100), 100);
    QTRY_VERIFY(rig.f.sink.hangingCount() > 0);
    const auto underWay = rig.f.sidecar.number(u"requests.in_flight"_s);
    QVERIFY(underWay > 0);

    rig.write(rig.backend(other));
    QCOMPARE(namesIn(rig.reload(), "changed"_L1), QStringList{u"backend"_s});
    QCOMPARE(client.sendCalls(calls(100, 100), 100), 100);
    QTRY_VERIFY(delivered(other).contains(u"199"_s));
    QCOMPARE(rig.f.sink.hangingCount(), underWay);
    rig.f.sink.answerHanging();
    QVERIFY(rig.f.waitForNumber(u"calls.delivered"_s, 200));
    QStringList all = delivered(rig.f.sink) + delivered(other);
    QCOMPARE(all.size(), 200);
    all.removeDuplicates();
    QCOMPARE(all.size(), 200);
    QCOMPARE(rig.f.auditError(), QString());
}

void ReloadProcessTest::aMendedKeyDelivers()
{
    Rig rig;
    rig.f.sink.setScript([](const SinkRequest &request) {
        const QByteArray right = "Basic " + "api:right"_ba.toBase64();
        return SinkAnswer{.status = request.headers.value("authorization") == right ? 200 : 401};
    });
    QVERIFY(rig.start(rig.backend(rig.f.sink) + "api-key = \"wrong\"\n"));
    FakeClient client(rig.f.sidecar.socketPath());
    QCOMPARE(client.sendCalls(calls(0, 10), 10), 10);
    QTRY_COMPARE(rig.f.sidecar.status().value("backend"_L1).toObject().value("state"_L1).toString(),
                 u"paused"_s);
    rig.write(rig.backend(rig.f.sink) + "api-key = \"right\"\n");
    QCOMPARE(namesIn(rig.reload(), "changed"_L1), QStringList{u"api-key"_s});
    // At once, and not after the 30 s that a refused key waits.
    QVERIFY(rig.f.waitForDelivered(10, 5000));
    QVERIFY(!rig.f.sidecar.standardError().contains(u"right"_s));
}

void ReloadProcessTest::aSmallerAndALargerSpool()
{
    Rig rig;
    rig.f.sink.setScript([](const SinkRequest &) { return SinkAnswer{.status = 503}; });
    QVERIFY(rig.start(rig.backend(rig.f.sink) + "spool-max-bytes = \"8MiB\"\n"));
    FakeClient client(rig.f.sidecar.socketPath());
    const QByteArray line =
        startLine("{\"start\":{\"project_id\":\"a/b\",\"id\":\"x\",\"inputs\":\""
                  + QByteArray(100'000, 'x') + "\"}}");
    QCOMPARE(client.sendCalls(line.repeated(20), 20), 20);
    rig.write(rig.backend(rig.f.sink) + "spool-max-bytes = \"1MiB\"\n");
    QVERIFY(isSuccess(rig.reload()));
    // What there is stays; more is refused, not lost.
    QJsonObject reply;
    for (int i = 0; i < 60 && (i == 0 || isSuccess(reply)); ++i)
        reply = client.ask(line.trimmed());
    QVERIFY(!isSuccess(reply));
    QVERIFY2(reply.value("error"_L1).toString().contains(u"the spool is full (1 MiB"_s),
             QJsonDocument(reply).toJson().constData());
    rig.write(rig.backend(rig.f.sink) + "spool-max-bytes = \"64MiB\"\n");
    QVERIFY(isSuccess(rig.reload()));
    QCOMPARE(client.sendCalls(line.repeated(100), 100), 100);
    rig.f.sink.setScript({});
    QVERIFY(isSuccess(FakeClient(rig.f.sidecar.socketPath()).ask(R"({"method":"retry"})")));
    QVERIFY(rig.f.waitForNumber(u"calls.pending"_s, 0));
    QCOMPARE(rig.f.auditError(), QString());

    // A spool that has become small takes calls into an empty room.
    rig.write(rig.backend(rig.f.sink) + "spool-max-bytes = \"1MiB\"\n");
    QVERIFY(isSuccess(rig.reload()));
    QCOMPARE(client.sendCalls(line.repeated(2), 2), 2);
}

void ReloadProcessTest::moreConnections()
{
    Rig rig;
    QVERIFY(rig.start(rig.backend(rig.f.sink) + "max-connections = 2\n"));
    FakeClient first(rig.f.sidecar.socketPath());
    FakeClient second(rig.f.sidecar.socketPath());
    QCOMPARE(first.sendCalls(calls(0, 1), 1), 1);
    QCOMPARE(second.sendCalls(calls(1, 1), 1), 1);
    FakeClient refused(rig.f.sidecar.socketPath());
    QVERIFY(refused.readLine().value_or(QByteArray()).contains("has 2 connections"));
    rig.write(rig.backend(rig.f.sink) + "max-connections = 3\n");
    QVERIFY(isSuccess(first.ask(Reload)));
    FakeClient third(rig.f.sidecar.socketPath());
    QCOMPARE(third.sendCalls(calls(2, 1), 1), 1);
    QCOMPARE(rig.f.sidecar.isRunning(), true);
}

// The writer of the key has gone when the daemon has it.
void ReloadProcessTest::aPipeThatNobodyWritesTo()
{
    Rig rig;
    const QByteArray pipe = rig.f.path(u"key"_s).toUtf8();
    QCOMPARE(::mkfifo(pipe.constData(), 0600), 0);
    std::jthread writer([pipe] {
        const int file = ::open(pipe.constData(), O_WRONLY | O_CLOEXEC);
        std::this_thread::sleep_for(1s); // as one who is asked for a password
        [[maybe_unused]] const ssize_t written = ::write(file, "secret\n", 7);
        ::close(file);
    });
    QVERIFY(rig.start(rig.backend(rig.f.sink) + "api-key-file = \"" + pipe + "\"\n"));
    writer.join();
    const QString error = rig.reload().value("error"_L1).toString();
    QVERIFY2(error.contains(QString::fromUtf8(pipe) + u": a pipe that nobody writes to"_s),
             qUtf8Printable(error));
    FakeClient client(rig.f.sidecar.socketPath());
    QCOMPARE(client.sendCalls(calls(0, 10), 10), 10);
    QVERIFY(rig.f.waitForDelivered(10));
    rig.f.sidecar.sendSignal(SIGTERM);
    QVERIFY(rig.f.sidecar.waitForExit() == 0);
}

// Who asks there shows the daemon's own key; both change.
void ReloadProcessTest::theHttpDoorGoesToTheNewBackend()
{
    Rig rig;
    HttpSink other;
    QVERIFY(other.listen());
    QVERIFY(rig.start(rig.backend(rig.f.sink) + "http = \"127.0.0.1:0\"\n"));
    const QUrl door(rig.f.sidecar.status().value("http"_L1).toObject().value("url"_L1).toString());
    const auto ask = [&door] {
        HttpClient client(quint16(door.port()));
        return client.ask("POST /calls/query HTTP/1.1\r\nHost: x\r\nAuthorization: Basic "
                          "YXBpOng=\r\nContent-Length: 2\r\n\r\n{}");
    };
    const auto answer = ask();
    QVERIFY2(answer && answer->status == 200, answer ? answer->body.constData() : "none");
    QCOMPARE(rig.f.sink.requestCount(), 1);
    rig.write(rig.backend(other) + "http = \"127.0.0.1:0\"\n");
    QVERIFY(isSuccess(rig.reload()));
    ask();
    QCOMPARE(rig.f.sink.requestCount(), 1);
    QCOMPARE(other.requestCount(), 1);
}

void ReloadProcessTest::hangUpManyTimesUnderLoad()
{
    Rig rig;
    QVERIFY(rig.start(rig.backend(rig.f.sink)));
    FakeClient client(rig.f.sidecar.socketPath());
    int taken = 0;
    for (int round = 0; round < 50; ++round) {
        rig.write(rig.backend(rig.f.sink) + "senders = " + QByteArray::number(1 + round % 8)
                  + "\nrequest-timeout = \"" + QByteArray::number(20 + round) + "s\"\n");
        for (int i = 0; i < 20; ++i)
            rig.f.sidecar.sendSignal(SIGHUP);
        taken += client.sendCalls(calls(round * 20, 20), 20);
    }
    QCOMPARE(taken, 1000);
    QVERIFY(rig.f.waitForDelivered(1000));
    QVERIFY(rig.f.sidecar.isRunning());
    QCOMPARE(rig.f.auditError(), QString());
    QVERIFY(rig.f.sidecar.openFiles() < 60);
}

void ReloadProcessTest::command()
{
    Rig rig;
    QVERIFY(rig.start(rig.backend(rig.f.sink)));
    rig.write(rig.backend(rig.f.sink) + "senders = 2\nsocket-mode = \"0660\"\n");
    SidecarProcess command(rig.f.sidecar.socketPath());
    const auto code = command.runToEnd({u"reload"_s, u"--socket"_s, rig.f.sidecar.socketPath()});
    QCOMPARE(code.value_or(-1), 0);
    const QString said = command.standardOutput();
    QVERIFY2(said.contains(u"senders: changed"_s), qUtf8Printable(said));
    QVERIFY2(said.contains(u"socket-mode: takes effect at the next start"_s), qUtf8Printable(said));
}

void ReloadProcessTest::commandWithABadFile()
{
    Rig rig;
    QVERIFY(rig.start(rig.backend(rig.f.sink)));
    rig.write(rig.backend(rig.f.sink) + "sender = 2\n");
    SidecarProcess command(rig.f.sidecar.socketPath());
    const auto code = command.runToEnd({u"reload"_s, u"--socket"_s, rig.f.sidecar.socketPath()});
    QCOMPARE(code.value_or(-1), 1);
    QVERIFY(command.standardError().contains(u"did you mean senders?"_s));
}

void ReloadProcessTest::statusNamesTheFiles()
{
    Rig rig;
    QVERIFY(rig.start(rig.backend(rig.f.sink)));
    QCOMPARE(namesIn(rig.f.sidecar.status(), "config_files"_L1),
             QStringList{rig.f.path(u"c.toml"_s)});
}

QTEST_GUILESS_MAIN(ReloadProcessTest)
#include "tst_reload_process.moc"
