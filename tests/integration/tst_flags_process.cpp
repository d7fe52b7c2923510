#include "fakes/calllines.h"
#include "fakes/fakeclient.h"
#include "fakes/processfixture.h"

#include <QDir>
#include <QJsonDocument>
#include <QLocalServer>
#include <QLocalSocket>
#include <QTest>

#include <csignal>

using namespace Weave;

namespace {

const QString Backend = QStringLiteral("--backend");
const QString File = QStringLiteral("file:/dev/null");

} // namespace

// The command line of the real binary: what it refuses, and what it prints.
class FlagsProcessTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void badFlag_data();
    void badFlag();
    void backendIsRequired();
    void lineOfAFileIsNamed();
    void errorsInTheLogsForm();
    void configShowsWhatHolds();
    void passwordInUrlIsNotRepeated();
    void helpAndVersion_data();
    void helpAndVersion();
    void statusForPeople();
    void statusWithoutADaemon();
    void commandsFindTheSocketOfAService();
    void statusOfAFullDaemon();
    void daemonThatHangs();
    void somethingElseListens();
    void environmentIsRead();
    void jsonLog();
    void quietLog();
};

void FlagsProcessTest::badFlag_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QString>("named");
    const auto row = [](const char *flag, const char *value) {
        const QString name = QStringLiteral("--") + QLatin1String(flag);
        QTest::addRow("%s %s", flag, value)
            << QStringList{Backend, File, name, QLatin1String(value)} << name;
    };
    row("flush-interval", "1");
    row("flush-interval", "0s");
    row("flush-interval", "soon");
    row("flush-max-count", "0");
    row("flush-max-count", "-1");
    row("flush-max-count", "1e3");
    row("flush-max-bytes", "0");
    row("flush-max-bytes", "10 apples");
    row("request-timeout", "-1s");
    row("request-timeout", "0ms");
    row("senders", "0");
    row("senders", "65");
    row("socket-mode", "0666");
    row("socket-mode", "0400");
    row("socket-mode", "rw");
    row("socket-group", "no-such-group-here");
    row("max-connections", "0");
    row("max-line-bytes", "1");
    row("spool-max-bytes", "1KB");
    row("shutdown-timeout", "forever");
    row("log-level", "loud");
    row("log-format", "xml");
    row("api-key-file", "/nonexistent/key");
    row("api-key-file", "/dev/zero");
    row("ca-file", "/nonexistent/ca.pem");
    row("ca-file", "/dev/null");
    row("backend", "ftp://example.com");
    row("backend", "http://trace.example.com");
    row("backend", "https://");
    row("backend", "https://host/?x=1");
    row("backend", "file:");
    row("api-key", "two words");
    row("socket", "");
    QTest::newRow("unknown flag") << QStringList{QStringLiteral("--no-such-flag")}
                                  << QStringLiteral("no-such-flag");
    QTest::newRow("missing value") << QStringList{Backend} << QStringLiteral("backend");
    QTest::newRow("unknown command")
        << QStringList{QStringLiteral("stop")} << QStringLiteral("stop");
    QTest::newRow("json alone") << QStringList{Backend, File, QStringLiteral("--json")}
                                << QStringLiteral("--json");
}

void FlagsProcessTest::badFlag()
{
    QFETCH(QStringList, arguments);
    QFETCH(QString, named);
    ProcessFixture f;
    // Should it start after all, then not on the usual socket.
    if (!arguments.contains(QStringLiteral("--socket")))
        arguments = QStringList{QStringLiteral("--socket"), f.sidecar.socketPath()} + arguments;
    QCOMPARE(f.sidecar.runToEnd(arguments), std::optional(2));
    const QString error = f.sidecar.standardError();
    QVERIFY2(error.startsWith(QLatin1String("weave-sidecar: ")), qPrintable(error));
    QVERIFY2(error.contains(named), qPrintable(error));
    QCOMPARE(error.count(QLatin1Char('\n')), 1);
    QVERIFY(error.endsWith(QLatin1Char('\n')));
    QCOMPARE(f.sidecar.standardOutput(), QString());
}

void FlagsProcessTest::backendIsRequired()
{
    ProcessFixture f;
    QCOMPARE(f.sidecar.runToEnd({}), std::optional(2));
    QVERIFY(f.sidecar.standardError().contains(QLatin1String("--backend is missing")));
}

// The system's file holds for users' daemons, too, and they have not written it.
void FlagsProcessTest::lineOfAFileIsNamed()
{
    ProcessFixture f;
    QVERIFY(f.writeFile(QStringLiteral("file"), "x"));
    QVERIFY(f.writeFile(QStringLiteral("c.toml"),
                        "spool-dir = \"" + f.path(QStringLiteral("file")).toUtf8() + "\"\n"));
    const QString file = f.path(QStringLiteral("c.toml"));
    const QStringList arguments{QStringLiteral("--socket"), f.sidecar.socketPath(), Backend, File,
                                QStringLiteral("--config")};
    QCOMPARE(f.sidecar.runToEnd(arguments + QStringList{file}), std::optional(1));
    const QString error = f.sidecar.standardError();
    QVERIFY2(error.startsWith(QStringLiteral("weave-sidecar: ") + file
                              + QStringLiteral(":1: spool-dir: ")),
             qPrintable(error));
}

// Who collects lines of JSON is told by one why there are no more.
void FlagsProcessTest::errorsInTheLogsForm()
{
    ProcessFixture f;
    QVERIFY(f.writeFile(QStringLiteral("file"), "x"));
    QCOMPARE(f.sidecar.runToEnd({QStringLiteral("--socket"), f.sidecar.socketPath(), Backend, File,
                                 QStringLiteral("--spool-dir"), f.path(QStringLiteral("file")),
                                 QStringLiteral("--log-format"), QStringLiteral("json")}),
             std::optional(1));
    const QByteArray error = f.sidecar.standardError().toUtf8();
    QCOMPARE(error.count('\n'), 1);
    const QJsonObject line = QJsonDocument::fromJson(error).object();
    QCOMPARE(line.value(QLatin1String("level")).toString(), QStringLiteral("error"));
    QVERIFY2(
        line.value(QLatin1String("message")).toString().contains(QLatin1String("is not a folder")),
        error.constData());
}

// A spool in memory has another default.
void FlagsProcessTest::configShowsWhatHolds()
{
    ProcessFixture f;
    const QStringList show{QStringLiteral("config"), QStringLiteral("show"), Backend, File};
    const QStringList inMemory{QStringLiteral("--spool-dir"), QStringLiteral("none")};
    QCOMPARE(f.sidecar.runToEnd(show), std::optional(0));
    QVERIFY(f.sidecar.standardOutput().contains(QLatin1String("= \"1GiB\"")));
    QCOMPARE(f.sidecar.runToEnd(show + inMemory), std::optional(0));
    const QString shown = f.sidecar.standardOutput();
    QVERIFY2(shown.contains(QLatin1String("= \"64MiB\"")), qPrintable(shown));
    QVERIFY(!shown.contains(QLatin1String("1GiB")));
    QCOMPARE(f.sidecar.runToEnd(
                 show + inMemory
                 + QStringList{QStringLiteral("--spool-max-bytes"), QStringLiteral("2GiB")}),
             std::optional(0));
    QVERIFY(f.sidecar.standardOutput().contains(QLatin1String("= \"2GiB\"")));
}

void FlagsProcessTest::passwordInUrlIsNotRepeated()
{
    ProcessFixture f;
    QCOMPARE(f.sidecar.runToEnd({Backend, QStringLiteral("https://api:hunter2@trace.example")}),
             std::optional(2));
    QVERIFY(!f.sidecar.standardError().contains(QLatin1String("hunter2")));
    QVERIFY(f.sidecar.standardError().contains(QLatin1String("--api-key-file")));
}

void FlagsProcessTest::helpAndVersion_data()
{
    QTest::addColumn<QString>("flag");
    QTest::addColumn<QString>("expected");
    QTest::newRow("--help") << QStringLiteral("--help") << QStringLiteral("Usage:");
    QTest::newRow("-h") << QStringLiteral("-h") << QStringLiteral("Usage:");
    QTest::newRow("--version") << QStringLiteral("--version") << QStringLiteral("weave-sidecar 0.");
}

void FlagsProcessTest::helpAndVersion()
{
    QFETCH(QString, flag);
    QFETCH(QString, expected);
    ProcessFixture f;
    QCOMPARE(f.sidecar.runToEnd({flag}), std::optional(0));
    const QString output = f.sidecar.standardOutput();
    QVERIFY2(output.contains(expected), qPrintable(output));
    QCOMPARE(f.sidecar.standardError(), QString());
    // No file has a say in it, be it wrong or away.
    f.sidecar.setEnvironment(QStringLiteral("WEAVE_SIDECAR_CONFIG"), f.path(QStringLiteral("no")));
    QCOMPARE(f.sidecar.runToEnd({flag}), std::optional(0));
    QCOMPARE(f.sidecar.standardOutput(), output);
    QCOMPARE(f.sidecar.standardError(), QString());
}

void FlagsProcessTest::statusForPeople()
{
    ProcessFixture f;
    QVERIFY(f.start());
    FakeClient client(f.sidecar.socketPath());
    QCOMPARE(client.sendCalls(startLine(startPayload("a/b", "1")), 1), 1);
    QVERIFY(f.waitForDelivered(1));
    SidecarProcess command(f.sidecar.socketPath());
    QCOMPARE(command.runToEnd(
                 {QStringLiteral("status"), QStringLiteral("--socket"), f.sidecar.socketPath()}),
             std::optional(0));
    const QString page = command.standardOutput();
    QVERIFY2(page.contains(f.sidecar.socketPath()) && page.contains(f.sink.url())
                 && page.contains(QLatin1String("received      1 call\n")),
             qPrintable(page));
    QVERIFY(!f.sidecar.statusByCommand().isEmpty());
}

void FlagsProcessTest::statusWithoutADaemon()
{
    ProcessFixture f;
    QCOMPARE(f.sidecar.runToEnd(
                 {QStringLiteral("status"), QStringLiteral("--socket"), f.sidecar.socketPath()}),
             std::optional(1));
    const QString error = f.sidecar.standardError();
    QVERIFY2(error.contains(f.sidecar.socketPath()), qPrintable(error));
    QCOMPARE(error.count(QLatin1Char('\n')), 1);
}

void FlagsProcessTest::commandsFindTheSocketOfAService()
{
    ProcessFixture f;
    QVERIFY(QDir(f.folder.path()).mkdir(QStringLiteral("weave-sidecar")));
    SidecarProcess service(f.path(QStringLiteral("weave-sidecar/weave-sidecar.sock")));
    QVERIFY(service.start({Backend, f.sink.url()}));
    f.sidecar.setEnvironment(QStringLiteral("XDG_RUNTIME_DIR"), f.folder.path());
    for (const char *command : {"status", "pause", "resume", "retry", "flush"})
        QCOMPARE(f.sidecar.runToEnd({QLatin1String(command)}), std::optional(0));
    // What is said counts, from wherever it comes.
    f.sidecar.setEnvironment(QStringLiteral("WEAVE_SIDECAR_SOCKET"),
                             f.path(QStringLiteral("elsewhere")));
    QCOMPARE(f.sidecar.runToEnd({QStringLiteral("status")}), std::optional(1));
    QVERIFY(f.sidecar.standardError().contains(f.path(QStringLiteral("elsewhere"))));
}

// It is told so by the daemon; that must not look as if there were none, or end the command by a
// signal.
void FlagsProcessTest::statusOfAFullDaemon()
{
    ProcessFixture f;
    QVERIFY(f.start({QStringLiteral("--max-connections"), QStringLiteral("1")}));
    FakeClient client;
    const bool isServed = QTest::qWaitFor([&] {
        return client.connectTo(f.sidecar.socketPath())
            && client.ask(R"({"method":"status"})").contains(QLatin1String("status"));
    });
    QVERIFY(isServed);
    SidecarProcess command(f.sidecar.socketPath());
    QCOMPARE(command.runToEnd(
                 {QStringLiteral("status"), QStringLiteral("--socket"), f.sidecar.socketPath()}),
             std::optional(1));
    const QString error = command.standardError();
    QVERIFY2(error.contains(QLatin1String("--max-connections")), qPrintable(error));
}

void FlagsProcessTest::daemonThatHangs()
{
    ProcessFixture f;
    QVERIFY(f.start());
    f.sidecar.sendSignal(SIGSTOP);
    SidecarProcess command(f.sidecar.socketPath());
    QCOMPARE(command.runToEnd(
                 {QStringLiteral("status"), QStringLiteral("--socket"), f.sidecar.socketPath()}),
             std::optional(1));
    f.sidecar.sendSignal(SIGCONT);
    const QString error = command.standardError();
    QVERIFY2(error.contains(f.sidecar.socketPath())
                 && error.contains(QLatin1String("has not answered for 6s: it hangs")),
             qPrintable(error));
}

void FlagsProcessTest::somethingElseListens()
{
    ProcessFixture f;
    QLocalServer server;
    QVERIFY(server.listen(f.sidecar.socketPath()));
    QObject::connect(&server, &QLocalServer::newConnection, &server,
                     [&server] { server.nextPendingConnection()->write("{}\n"); });
    for (const char *method : {"status", "pause", "reload"}) {
        SidecarProcess command(f.sidecar.socketPath());
        command.launch({QLatin1String(method), QStringLiteral("--socket"), f.sidecar.socketPath()});
        QCOMPARE(command.waitForExit(), std::optional(1));
        const QString error = command.standardError();
        QVERIFY2(error.contains(QLatin1String("weave-sidecar; "))
                     || error.contains(QLatin1String("is it a weave-sidecar?")),
                 qPrintable(error));
    }
}

void FlagsProcessTest::environmentIsRead()
{
    ProcessFixture f;
    f.sidecar.setEnvironment(QStringLiteral("WEAVE_SIDECAR_BACKEND"), f.sink.url());
    QVERIFY(f.sidecar.start({QStringLiteral("--flush-interval"), QStringLiteral("10ms")}));
    FakeClient client(f.sidecar.socketPath());
    QCOMPARE(client.sendCalls(startLine(startPayload("a/b", "1")), 1), 1);
    QVERIFY(f.waitForDelivered(1));
    ProcessFixture wrong;
    wrong.sidecar.setEnvironment(QStringLiteral("WEAVE_SIDECAR_BACKEND"),
                                 QStringLiteral("nonsense"));
    QCOMPARE(wrong.sidecar.runToEnd({}), std::optional(2));
    QVERIFY(wrong.sidecar.standardError().contains(QLatin1String("WEAVE_SIDECAR_BACKEND")));
}

void FlagsProcessTest::jsonLog()
{
    ProcessFixture f;
    QVERIFY(f.start({QStringLiteral("--log-format"), QStringLiteral("json")}));
    f.sink.enqueue({.status = 503, .body = R"({"reason":"a \"quoted\"\nword"})"});
    FakeClient client(f.sidecar.socketPath());
    QCOMPARE(client.sendCalls(startLine(startPayload("a/b", "1")), 1), 1);
    QVERIFY(f.waitForDelivered(1));
    f.sidecar.sendSignal(SIGTERM);
    QCOMPARE(f.sidecar.waitForExit(), std::optional(0));
    const QStringList lines =
        f.sidecar.standardError().split(QLatin1Char('\n'), Qt::SkipEmptyParts);
    QCOMPARE_GE(lines.size(), 3);
    bool hasReason = false;
    for (const QString &line : lines) {
        const QJsonObject object = QJsonDocument::fromJson(line.toUtf8()).object();
        for (const char *key : {"time", "level", "category", "message"})
            QVERIFY2(object.value(QLatin1String(key)).isString(), qPrintable(line));
        hasReason = hasReason
            || object.value(QLatin1String("message"))
                   .toString()
                   .contains(QLatin1String("a \"quoted\"\nword"));
    }
    QVERIFY(hasReason);
}

void FlagsProcessTest::quietLog()
{
    ProcessFixture f;
    QVERIFY(f.start({QStringLiteral("--log-level"), QStringLiteral("error")}));
    f.sidecar.sendSignal(SIGTERM);
    QCOMPARE(f.sidecar.waitForExit(), std::optional(0));
    QCOMPARE(f.sidecar.standardError(), QString());
}

QTEST_GUILESS_MAIN(FlagsProcessTest)
#include "tst_flags_process.moc"
