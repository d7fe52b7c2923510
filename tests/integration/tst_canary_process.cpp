#include "fakes/calllines.h"
#include "fakes/fakeclient.h"
#include "fakes/httpclient.h"
#include "fakes/notifysocket.h"
#include "fakes/processfixture.h"
#include "fakes/testcertificates.h"

#include <QFile>
#include <QTest>
#include <QUrl>

#include <csignal>

using namespace Weave;
using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

namespace {

const QByteArray Key = "CANARYKEY0123456789abcdef0123456789abcdef";
const QByteArray Digits = "90217345560817263549901234567890123456789"; // as some keys are
const QByteArray BasicKey = QByteArray("api:" + Key).toBase64();
const QByteArray Password = "CANARYPASSWORD";
const QByteArray Secret = "CANARYSECRET";

// Everything in it has the canary at least once in a dozen bytes or stands beside one.
const QByteArray Text = Secret + " of the old lighthouse, told by " + Secret;

QByteArray callPayload(const QByteArray &id)
{
    return startPayload("a/b", id,
                        R"(,"op_name":"answer","inputs":{"prompt":")" + Text
                            + R"("},"attributes":{"a":")" + Text + R"("})");
}

// The daemon with all doors open, and everything that it shows to anybody but the server.
class Rig final
{
public:
    Rig()
        : manager(f.path(u"notify"_s))
    {
        f.sidecar.setEnvironment(u"NOTIFY_SOCKET"_s, f.path(u"notify"_s));
        f.sidecar.setEnvironment(u"WANDB_API_KEY"_s, QString::fromLatin1(Key));
    }

    bool start(const QStringList &flags = {})
    {
        const bool started =
            f.start(QStringList{u"--log-level"_s, u"debug"_s, u"--http"_s, u"127.0.0.1:0"_s,
                                u"--spool-dir"_s, f.path(u"spool"_s)}
                    + flags);
        if (!started || !watcher.connectTo(f.sidecar.socketPath()))
            return false;
        return watcher.send(
            R"({"method":"subscribe","payload":{"topics":["flushes","clients","calls"]}})"
            "\n");
    }

    bool handOver(const QByteArray &lines, int count)
    {
        FakeClient client(f.sidecar.socketPath());
        return client.sendCalls(lines, count) == count;
    }

    [[nodiscard]] QByteArray httpGet(const QByteArray &path) const
    {
        const QUrl door(f.sidecar.status()["http"_L1].toObject()["url"_L1].toString());
        HttpClient client(static_cast<quint16>(door.port()));
        const auto answer = client.ask("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n");
        return answer ? answer->statusLine + answer->body : "no answer";
    }

    // By another process, as a user would ask.
    QByteArray command(const QStringList &arguments)
    {
        SidecarProcess other(f.sidecar.socketPath());
        other.setEnvironment(u"WANDB_API_KEY"_s, QString::fromLatin1(Key));
        if (!other.runToEnd(arguments))
            return "did not end";
        return (other.standardOutput() + other.standardError()).toUtf8();
    }

    // Named places and what they show. The daemon is ended for it.
    QList<std::pair<QByteArray, QByteArray>> everything()
    {
        const QStringList socket{u"--socket"_s, f.sidecar.socketPath()};
        QList<std::pair<QByteArray, QByteArray>> all;
        if (f.sidecar.isRunning()) {
            all << std::pair("status", command(QStringList{u"status"_s} + socket));
            all << std::pair("status --json",
                             command(QStringList{u"status"_s, u"--json"_s} + socket));
            all << std::pair("/metrics", httpGet("/metrics"));
            all << std::pair("/readyz", httpGet("/readyz"));
            QByteArray events;
            while (const auto line = watcher.readLine(20ms))
                events += *line + '\n';
            all << std::pair("events", events);
            watcher.close();
            f.sidecar.sendSignal(SIGTERM);
            f.sidecar.sendSignal(SIGTERM);
            if (!f.sidecar.waitForExit())
                f.sidecar.sendSignal(SIGKILL);
        }
        all << std::pair("log", f.sidecar.standardError().toUtf8());
        all << std::pair("service manager", manager.messages().join('\n'));
        all << std::pair("config show",
                         command({u"config"_s, u"show"_s, u"--backend"_s, f.sink.url()}));
        all << std::pair("spool ls",
                         command({u"spool"_s, u"ls"_s, u"--spool-dir"_s, f.path(u"spool"_s)}));
        return all;
    }

    ProcessFixture f;
    NotifySocket manager;
    FakeClient watcher;
};

// Empty when no canary is anywhere; otherwise where which one is.
QByteArray leaks(const QList<std::pair<QByteArray, QByteArray>> &places)
{
    for (const auto &[name, shown] : places) {
        for (const QByteArray &canary :
             {Key, Digits, BasicKey, Password, Secret, QByteArray("lighthouse")}) {
            if (shown.contains(canary))
                return canary + " in " + name + ":\n" + shown;
        }
    }
    return {};
}

SinkAnswer echo(int status, const QByteArray &body)
{
    return {.status = status, .body = body};
}

} // namespace

// Keys and what is in calls must not be seen in logs, status, metrics or events, whatever goes
// wrong and whatever the other side repeats.
class CanaryProcessTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void canariesAreSeen();
    void answers_data();
    void answers();
    void brokenInput();
    void tlsError();
    void proxyWithAPassword_data();
    void proxyWithAPassword();
    void httpDoor();
    void wrongSettings_data();
    void wrongSettings();
    void reload();
};

// The search itself works: where calls are meant to be seen, they are.
void CanaryProcessTest::canariesAreSeen()
{
    Rig rig;
    QVERIFY(rig.start());
    FakeClient watcher(rig.f.sidecar.socketPath());
    QVERIFY(watcher.send(R"({"method":"subscribe","payload":{"topics":["calls","payloads"]}})"
                         "\n"));
    QVERIFY(rig.handOver(startLine(callPayload("1")), 1));
    QVERIFY(rig.f.waitForDelivered(1));
    QByteArray events;
    while (const auto line = watcher.readLine(50ms))
        events += *line;
    QVERIFY(!leaks({{"payload events", events}}).isEmpty());
    QVERIFY(rig.f.sink.requests().front().headers.value("authorization").contains(BasicKey));
    QCOMPARE(leaks(rig.everything()), QByteArray());
}

void CanaryProcessTest::answers_data()
{
    QTest::addColumn<QStringList>("flags");
    QTest::addColumn<int>("status");
    QTest::addColumn<QByteArray>("body");
    const QByteArray keyEcho =
        R"({"reason":"not a key: )" + Key + R"(","error_code":")" + BasicKey + R"("})";
    const QByteArray textEcho = R"({"reason":"cannot use 'x': )" + Text + R"("})";
    const QByteArray cutEcho = R"({"reason":"[input_value=')" + Text.left(25) + "..."
        + Text.right(22) + R"(', input_type=str]"})";
    const QByteArray listEcho =
        R"({"detail":[{"type":"missing","loc":["body","batch",0],"msg":"Field required","input":)"
        + callPayload("1") + R"(,"ctx":{"text":")" + Text + R"("}}]})";
    const QByteArray objectEcho = R"({"error":{"given":)" + callPayload("1") + "}}";
    const QStringList none;
    const QStringList json{u"--log-format"_s, u"json"_s};
    const QStringList complete{u"--calls-mode"_s, u"complete"_s, u"--pair-hold"_s, u"0ms"_s};
    const QStringList memory{u"--spool-dir"_s, u"none"_s};
    QTest::newRow("200") << none << 200 << QByteArray("{}");
    QTest::newRow("401, the key") << none << 401 << keyEcho;
    QTest::newRow("401, the key, JSON log") << json << 401 << keyEcho;
    QTest::newRow("403, the key") << none << 403 << keyEcho;
    QTest::newRow("400, the text") << none << 400 << textEcho;
    QTest::newRow("400, pieces of the text") << none << 400 << cutEcho;
    QTest::newRow("409, the text, JSON log") << json << 409 << textEcho;
    QTest::newRow("413, the text") << none << 413 << textEcho;
    QTest::newRow("422, the input") << none << 422 << listEcho;
    QTest::newRow("422, the input, complete calls") << complete << 422 << listEcho;
    QTest::newRow("422, the input, in memory") << memory << 422 << listEcho;
    QTest::newRow("422, an object") << none << 422 << objectEcho;
    QTest::newRow("500, the text") << none << 500 << textEcho;
    QTest::newRow("503, the text, complete calls") << complete << 503 << textEcho;
    QTest::newRow("404, the text") << none << 404 << textEcho;
    QTest::newRow("501, the key") << none << 501 << keyEcho;
}

void CanaryProcessTest::answers()
{
    QFETCH(QStringList, flags);
    QFETCH(int, status);
    QFETCH(QByteArray, body);
    Rig rig;
    rig.f.sink.setScript([&](const SinkRequest &) { return echo(status, body); });
    QVERIFY(rig.start(flags));
    QVERIFY(rig.handOver(startLine(callPayload("1")) + startLine(callPayload("2")), 2));
    // A single call that is refused, a request that comes back, or all delivered.
    QTRY_VERIFY(rig.f.sidecar.number(u"calls.dead_lettered"_s) == 2
                || rig.f.sidecar.number(u"requests.retried"_s) > 0
                || rig.f.sidecar.number(u"calls.delivered"_s) == 2);
    const auto everything = rig.everything();
    QCOMPARE(leaks(everything), QByteArray());
    for (const auto &[name, shown] :
         everything) // a build without systemd tells its manager nothing
        QVERIFY2(!shown.isEmpty() || name == "service manager", name.constData());
}

void CanaryProcessTest::brokenInput()
{
    Rig rig;
    QVERIFY(rig.start({u"--max-line-bytes"_s, u"4KiB"_s, u"--spool-max-bytes"_s, u"1MiB"_s}));
    FakeClient client(rig.f.sidecar.socketPath());
    const QByteArray quoted = '"' + Text + '"';
    const QList<QByteArray> lines{
        Text,
        quoted,
        "{" + quoted + "}",
        "{" + quoted + ":",
        R"({"method":)" + quoted + "}",
        R"({"method":"call_start","payload":)" + quoted + "}",
        R"({"method":"call_start","payload":{"start":{"id":)" + quoted + "}}}",
        R"({"method":"call_start","payload":{"start":{"project_id":"a/b","id":"1","inputs":)"
            + quoted,
        R"({"method":"call_start","payload":{"start":{"project_id":"a/b","id":"1","x":NaN,"y":)"
            + quoted + "}}}",
        Text.repeated(200)};
    for (const QByteArray &line : lines)
        QVERIFY2(!client.ask(line).value("success"_L1).toBool(true), line.constData());
    QCOMPARE(leaks(rig.everything()), QByteArray());
}

void CanaryProcessTest::tlsError()
{
    Rig rig;
    QVERIFY(makeCertificates(rig.f.folder.path(), u"IP:127.0.0.1"_s));
    QFile certificate(rig.f.path(u"server.pem"_s));
    QFile key(rig.f.path(u"server.key"_s));
    QVERIFY(certificate.open(QIODevice::ReadOnly) && key.open(QIODevice::ReadOnly));
    rig.f.sink.stop();
    rig.f.sink.useTls(QSslCertificate(&certificate), QSslKey(&key, QSsl::Ec));
    QVERIFY(rig.f.sink.listen());
    QVERIFY(rig.start()); // which does not know the CA
    QVERIFY(rig.handOver(startLine(callPayload("1")), 1));
    QTRY_VERIFY(rig.f.sidecar.number(u"requests.failed.tls"_s) > 0);
    QCOMPARE(leaks(rig.everything()), QByteArray());
}

void CanaryProcessTest::proxyWithAPassword_data()
{
    QTest::addColumn<QString>("variable");
    QTest::addColumn<int>("status");
    QTest::newRow("https, asks again") << u"HTTPS_PROXY"_s << 407;
    QTest::newRow("https, is broken") << u"HTTPS_PROXY"_s << 502;
    QTest::newRow("https, is away") << u"HTTPS_PROXY"_s << 0;
    QTest::newRow("any, refuses") << u"ALL_PROXY"_s << 403;
}

void CanaryProcessTest::proxyWithAPassword()
{
    QFETCH(QString, variable);
    QFETCH(int, status);
    Rig rig;
    const QByteArray words = R"({"reason":")" + Password + " " + Key + R"("})";
    rig.f.sink.setScript([&](const SinkRequest &) {
        SinkAnswer answer = echo(status, words);
        answer.headers = {"Proxy-Authenticate: Basic realm=\"" + Password + "\""};
        return answer;
    });
    const QString address = u"127.0.0.1:"_s + QString::number(rig.f.sink.port());
    rig.f.sidecar.setEnvironment(variable,
                                 u"http://ada:"_s + QString::fromLatin1(Password) + u'@' + address);
    if (status == 0)
        rig.f.sink.stop();
    QVERIFY(rig.start({u"--backend"_s, u"https://trace.invalid"_s}));
    QVERIFY(rig.handOver(startLine(callPayload("1")), 1));
    QTRY_VERIFY(rig.f.sidecar.number(u"requests.retried"_s) > 0);
    QCOMPARE(leaks(rig.everything()), QByteArray());
}

void CanaryProcessTest::httpDoor()
{
    Rig rig;
    QVERIFY(rig.start());
    rig.f.sink.setScript([](const SinkRequest &) { return SinkAnswer{.isDropped = true}; });
    const QUrl door(rig.f.sidecar.status()["http"_L1].toObject()["url"_L1].toString());
    const auto post = [&](const QByteArray &path, const QByteArray &body) {
        HttpClient client(static_cast<quint16>(door.port()));
        return client.ask("POST " + path + " HTTP/1.1\r\nHost: x\r\nAuthorization: Basic "
                          + BasicKey + "\r\nContent-Length: " + QByteArray::number(body.size())
                          + "\r\n\r\n" + body);
    };
    // Not calls as they should be; passed on to a server that says nothing.
    QVERIFY(post("/call/upsert_batch?q=" + Secret, R"({"batch":[{")" + Text + R"("}]})"));
    QVERIFY(post("/call/upsert_batch", R"({"batch":[{"mode":")" + Text + R"("}]})"));
    QVERIFY(post("/objs/query?key=" + Key, '"' + Text + '"'));
    QVERIFY(post("/call/start", callPayload("1")));
    QCOMPARE(leaks(rig.everything()), QByteArray());
}

void CanaryProcessTest::wrongSettings_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QByteArray>("variable"); // NAME=VALUE
    QTest::addColumn<QByteArray>("config");
    QTest::addColumn<QByteArray>("keyFile");
    const QString password = QString::fromLatin1(Password);
    const QStringList file{u"--backend"_s, u"file:/dev/null"_s};
    const QStringList https{u"--backend"_s, u"https://trace.invalid"_s};
    const QByteArray none;
    QTest::newRow("password in the URL")
        << QStringList{u"--backend"_s, u"https://api:"_s + password + u"@trace.invalid"_s} << none
        << none << none;
    QTest::newRow("password in the URL of a file")
        << QStringList{u"--log-level"_s, u"debug"_s} << none
        << "backend = \"https://api:" + Password + "@trace.invalid\"\n"
        << none;
    QTest::newRow("proxy of a strange kind")
        << https << "HTTPS_PROXY=gopher://ada:" + Password + "@proxy.invalid" << none << none;
    QTest::newRow("key with a blank")
        << https << "WANDB_API_KEY=" + Key + " " + Key << none << none;
    QTest::newRow("key file with two keys")
        << QStringList{https} + QStringList{u"--api-key-file"_s, u"KEYFILE"_s} << none << none
        << Key + "\n" + Key + "\n";
    QTest::newRow("key of a file that is cut off") << https << none << "api-key = \"" + Key + "\n"
                                                   << none;
    QTest::newRow("key without quotes") << https << none << "api-key = " + Key + "\n" << none;
    QTest::newRow("digits without quotes") << https << none << "api-key = " + Digits + "\n" << none;
    QTest::newRow("key for its file")
        << QStringList{https} + QStringList{u"--api-key-file"_s, QString::fromLatin1(Key)} << none
        << none << none;
    QTest::newRow("key for its file, in a file")
        << https << none << "api-key-file = \"" + Key + "\"\n"
        << none;
    QTest::newRow("key twice") << https << none
                               << "api-key = \"" + Key + "\"\napi-key = \"" + Key + "\"\n"
                               << none;
    QTest::newRow("key that is a list") << https << none << "api-key = [\"" + Key + "\"]\n" << none;
    QTest::newRow("key that others can read")
        << file << QByteArray("PUBLIC=1") << "api-key = \"" + Key + "\"\n"
        << none;
}

void CanaryProcessTest::wrongSettings()
{
    QFETCH(QStringList, arguments);
    QFETCH(QByteArray, variable);
    QFETCH(QByteArray, config);
    QFETCH(QByteArray, keyFile);
    ProcessFixture f;
    QVERIFY(f.writeFile(u"config"_s, config) && f.writeFile(u"key"_s, keyFile));
    if (variable != "PUBLIC=1")
        QVERIFY(QFile::setPermissions(f.path(u"config"_s), QFile::ReadOwner));
    arguments.replaceInStrings(u"KEYFILE"_s, f.path(u"key"_s));
    arguments << u"--socket"_s << f.sidecar.socketPath() << u"--config"_s << f.path(u"config"_s);
    const qsizetype split = variable.indexOf('=');
    if (split > 0)
        f.sidecar.setEnvironment(QString::fromLatin1(variable.left(split)),
                                 QString::fromLatin1(variable.mid(split + 1)));
    for (const QStringList &command : {QStringList(), QStringList{u"config"_s, u"check"_s},
                                       QStringList{u"config"_s, u"show"_s}}) {
        const auto exitCode = f.sidecar.runToEnd(command + arguments);
        if (command != QStringList{u"config"_s, u"show"_s})
            QVERIFY(exitCode.value_or(0) != 0);
        const QByteArray shown = (f.sidecar.standardError() + f.sidecar.standardOutput()).toUtf8();
        QVERIFY(!shown.isEmpty());
        QCOMPARE(leaks({{command.join(u' ').toUtf8(), shown}}), QByteArray());
    }
}

void CanaryProcessTest::reload()
{
    Rig rig;
    const QString config = rig.f.path(u"config"_s);
    const auto write = [&](const QByteArray &text) {
        return rig.f.writeFile(u"config"_s, text)
            && QFile::setPermissions(config, QFile::ReadOwner | QFile::WriteOwner);
    };
    QVERIFY(write("api-key = \"" + Key + "\"\n"));
    QVERIFY(rig.start({u"--config"_s, config}));
    for (const QByteArray &text :
         {"api-key = \"" + Key + "\n", "api-key = \"" + Key + " " + Key + "\"\n",
          "api-key = \"" + Key + "2\"\n"}) {
        QVERIFY(write(text));
        FakeClient client(rig.f.sidecar.socketPath());
        QVERIFY(!client.ask(R"({"method":"reload"})").isEmpty());
    }
    QCOMPARE(leaks(rig.everything()), QByteArray());
}

QTEST_GUILESS_MAIN(CanaryProcessTest)
#include "tst_canary_process.moc"
