#include "fakes/calllines.h"
#include "fakes/fakeclient.h"
#include "fakes/processfixture.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QSet>
#include <QTest>

#include <csignal>
#include <sys/stat.h>
#include <unistd.h>

using namespace Weave;
using namespace Qt::StringLiterals;

namespace {

constexpr const char *Canary = "c4nary0123456789abcdef";

// `weave-sidecar doctor` beside the fixture's daemon.
class Doctor final
{
public:
    explicit Doctor(const ProcessFixture &f)
        : process(f.sidecar.socketPath())
    {
    }

    // The exit code; -1 when there was none.
    int run(const QStringList &arguments)
    {
        return process
            .runToEnd(QStringList{u"doctor"_s, u"--socket"_s, process.socketPath()} + arguments)
            .value_or(-1);
    }
    // "level check" of every finding.
    [[nodiscard]] QStringList findings(const QStringList &arguments)
    {
        exitCode = run(arguments + QStringList{u"--json"_s});
        const QJsonObject json =
            QJsonDocument::fromJson(process.standardOutput().toUtf8()).object();
        problems = json.value(u"problems"_s).toInt(-1);
        QStringList list;
        for (const QJsonValue &value : json.value(u"findings"_s).toArray()) {
            const QJsonObject finding = value.toObject();
            list << finding.value(u"level"_s).toString() + u' '
                    + finding.value(u"check"_s).toString();
        }
        return list;
    }

    SidecarProcess process;
    int exitCode = -1;
    int problems = -1;
};

QStringList backendOf(const ProcessFixture &f)
{
    return {u"--backend"_s, f.sink.url()};
}

} // namespace

class DoctorProcessTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void allIsWell();
    void daemonsBackendWhenNoneIsNamed();
    void strangersBackendGetsNoKey();
    void fileBackendOfAnotherUser();
    void worksWithoutADaemon();
    void spoolInMemory();
    void leftSocket();
    void refusedKey();
    void keyThatTheDaemonAloneHas();
    void severalThingsAtOnce();
    void configFiles();
    void keyOfAConfigFile();
    void textSaysWhatToDo();
    void usage();
    void neverPrintsAKey_data();
    void neverPrintsAKey();
};

void DoctorProcessTest::allIsWell()
{
    ProcessFixture f;
    QVERIFY(f.start({u"--api-key"_s, u"good"_s}));
    Doctor doctor(f);
    doctor.process.setEnvironment(u"WANDB_API_KEY"_s, u"good"_s);
    const QStringList found = doctor.findings(backendOf(f));
    QVERIFY2(doctor.exitCode == 0, qPrintable(doctor.process.standardOutput()));
    QCOMPARE(doctor.problems, 0);
    for (const char *check :
         {"socket", "daemon", "config", "proxy", "key", "spool", "disk", "files", "backend"})
        QVERIFY2(!found.filter(QString::fromLatin1(check)).isEmpty(), check);
    QVERIFY(found.filter(u"problem"_s).isEmpty());
    // Programs go by the names, so they are documented.
    QFile page(QStringLiteral(WEAVE_DOCTOR_PAGE));
    QVERIFY(page.open(QIODevice::ReadOnly));
    const QByteArray documented = page.readAll();
    for (const QString &finding : found) {
        const QByteArray check = finding.section(u' ', 1).toUtf8();
        QVERIFY2(documented.contains("\n| `" + check + "` |"), check.constData());
    }
    // It has asked the backend with the key, and the daemon for its status alone.
    QVERIFY(f.sink.requests().back().headers.value("authorization").startsWith("Basic "));
    QCOMPARE(f.sidecar.number(u"calls.received"_s), 0);
}

void DoctorProcessTest::daemonsBackendWhenNoneIsNamed()
{
    ProcessFixture f;
    QVERIFY(f.start());
    const int before = f.sink.requestCount();
    Doctor doctor(f);
    const QStringList found = doctor.findings({});
    QVERIFY(found.contains(u"ok backend"_s));
    QVERIFY(found.contains(u"ok config"_s));
    QCOMPARE(f.sink.requestCount(), before + 1);
}

// Whoever listens where the daemon is looked for may say that calls go to a machine of theirs.
void DoctorProcessTest::strangersBackendGetsNoKey()
{
    constexpr uid_t Nobody = 65534;
    if (::geteuid() != 0)
        QSKIP("only root can give a socket away");
    ProcessFixture f;
    QVERIFY(f.start());
    QCOMPARE(::chown(f.sidecar.socketPath().toUtf8().constData(), Nobody, Nobody), 0);
    Doctor doctor(f);
    doctor.process.setEnvironment(u"WANDB_API_KEY"_s, QString::fromLatin1(Canary));
    const QStringList found = doctor.findings({});
    QVERIFY(found.contains(u"ok daemon"_s)); // it was asked for its status
    QVERIFY(found.contains(u"problem config"_s));
    QCOMPARE(f.sink.requestCount(), 0);
    // What is named here is asked, whoever runs the daemon.
    QVERIFY(doctor.findings(backendOf(f)).contains(u"ok backend"_s));
}

// Root may write everywhere; the daemon's user may not, and a daemon that writes shows that it may.
void DoctorProcessTest::fileBackendOfAnotherUser()
{
    constexpr uid_t Nobody = 65534;
    if (::geteuid() != 0)
        QSKIP("only root can give a socket away");
    ProcessFixture f;
    const QStringList backend{u"--backend"_s, u"file:"_s + f.path(u"calls.ndjson"_s)};
    QVERIFY(f.sidecar.start(backend + QStringList{u"--flush-interval"_s, u"20ms"_s}));
    Doctor doctor(f);
    QVERIFY(doctor.findings(backend).contains(u"ok backend"_s));
    QCOMPARE(::chown(f.sidecar.socketPath().toUtf8().constData(), Nobody, Nobody), 0);
    QVERIFY(doctor.findings(backend).contains(u"warning backend"_s));
    FakeClient client(f.sidecar.socketPath());
    QCOMPARE(client.sendCalls(startLine(startPayload("a/b", "1")), 1), 1);
    QTRY_COMPARE(f.sidecar.number(u"calls.delivered"_s), 1);
    QVERIFY(doctor.findings(backend).contains(u"ok backend"_s));
    // Of another file that says nothing.
    QVERIFY(doctor.findings({u"--backend"_s, u"file:"_s + f.path(u"other"_s)})
                .contains(u"warning backend"_s));
}

void DoctorProcessTest::worksWithoutADaemon()
{
    ProcessFixture f;
    Doctor doctor(f);
    const QStringList found = doctor.findings(backendOf(f));
    QCOMPARE(doctor.exitCode, 1);
    QCOMPARE(doctor.problems, 1); // that there is none
    for (const char *finding : {"problem socket", "ok config", "ok spool", "ok disk", "ok files",
                                "ok backend", "warning key"})
        QVERIFY2(found.contains(QString::fromLatin1(finding)), finding);
    QVERIFY(!QFile::exists(f.path(u".local"_s))); // it makes nothing
}

// Without a home directory a daemon does not start; it keeps nothing in memory unless it is told
// to.
void DoctorProcessTest::spoolInMemory()
{
    ProcessFixture f;
    Doctor doctor(f);
    QVERIFY(doctor.findings(backendOf(f) + QStringList{u"--spool-dir"_s, u"none"_s})
                .contains(u"ok spool"_s));
    doctor.process.setEnvironment(u"HOME"_s, QString());
    const QStringList found = doctor.findings(backendOf(f));
    QVERIFY(found.contains(u"problem config"_s));
    QVERIFY2(found.filter(u"spool"_s).isEmpty(), qPrintable(found.join(u'\n')));
}

void DoctorProcessTest::leftSocket()
{
    ProcessFixture f;
    QVERIFY(f.start());
    f.sidecar.sendSignal(SIGKILL);
    QTRY_VERIFY(!f.sidecar.isRunning());
    Doctor doctor(f);
    QCOMPARE(doctor.run(backendOf(f)), 1);
    QVERIFY(doctor.process.standardOutput().contains(u"a daemon that is gone has left it"));
}

void DoctorProcessTest::refusedKey()
{
    ProcessFixture f;
    f.sink.setScript([](const SinkRequest &) { return SinkAnswer{.status = 401}; });
    QVERIFY(f.writeFile(u"key"_s, "bad\n"));
    QCOMPARE(::chmod(f.path(u"key"_s).toUtf8().constData(), 0600), 0);
    QVERIFY(f.start());
    Doctor doctor(f);
    const QStringList found = doctor.findings({u"--api-key-file"_s, f.path(u"key"_s)});
    QCOMPARE(doctor.exitCode, 1);
    QCOMPARE(found.filter(u"problem"_s), QStringList{u"problem key"_s});
}

// The exit code says whether calls get through.
void DoctorProcessTest::keyThatTheDaemonAloneHas()
{
    ProcessFixture f;
    f.sink.setScript([](const SinkRequest &request) {
        return SinkAnswer{.status = request.headers.contains("authorization") ? 200 : 401};
    });
    QVERIFY(f.start({u"--api-key"_s, u"good"_s}));
    Doctor doctor(f);
    QVERIFY(doctor.findings(backendOf(f)).contains(u"problem key"_s)); // nobody knows yet
    FakeClient client(f.sidecar.socketPath());
    QCOMPARE(client.sendCalls(startLine(startPayload("a/b", "1")), 1), 1);
    QVERIFY(f.waitForDelivered(1));
    const QStringList found = doctor.findings(backendOf(f));
    QVERIFY(found.contains(u"warning key"_s));
    QVERIFY(!found.contains(u"problem key"_s));
    QCOMPARE(doctor.exitCode, 0);
    HttpSink other; // of which that says nothing
    QVERIFY(other.listen());
    other.setScript([](const SinkRequest &) { return SinkAnswer{.status = 401}; });
    QVERIFY(doctor.findings({u"--backend"_s, other.url()}).contains(u"problem key"_s));
}

void DoctorProcessTest::severalThingsAtOnce()
{
    ProcessFixture f;
    const QString backend = f.sink.url();
    f.sink.stop();
    QVERIFY(f.writeFile(u"file"_s, "x"));
    QVERIFY(f.writeFile(u"key"_s, "good\n"));
    QCOMPARE(::chmod(f.path(u"key"_s).toUtf8().constData(), 0644), 0);
    Doctor doctor(f);
    const QStringList found =
        doctor.findings({u"--backend"_s, backend, u"--senders"_s, u"0"_s, u"--spool-dir"_s,
                         f.path(u"file"_s), u"--api-key-file"_s, f.path(u"key"_s)});
    QCOMPARE(doctor.exitCode, 1);
    QCOMPARE(doctor.problems, 4);
    for (const char *finding :
         {"problem socket", "problem config", "problem spool", "problem backend", "warning key"})
        QVERIFY2(found.contains(QString::fromLatin1(finding)), finding);
}

void DoctorProcessTest::configFiles()
{
    ProcessFixture f;
    const QString file = f.path(u"config.toml"_s);
    QVERIFY(f.writeFile(u"config.toml"_s, "backend = \"" + f.sink.url().toUtf8() + "\"\n"));
    Doctor doctor(f);
    const QStringList named{u"--config"_s, file};
    QVERIFY(doctor.findings(named).contains(u"ok backend"_s));
    QCOMPARE(doctor.problems, 1); // no daemon
    QCOMPARE(::chmod(file.toUtf8().constData(), 0666), 0);
    QVERIFY(doctor.findings(named).contains(u"warning config"_s));
    // What the file says before its fault is not lost.
    QVERIFY(f.writeFile(u"config.toml"_s, "senders = 4\nnonsense\n"));
    QCOMPARE(doctor.findings(named + backendOf(f)).filter(u"problem config"_s).size(), 1);
    QVERIFY(doctor.process.standardOutput().contains(file));
    QVERIFY(doctor.findings({u"--config"_s, f.path(u"none"_s)}).contains(u"problem config"_s));
    // The running daemon's files are looked at, not this command's.
    QVERIFY(f.writeFile(u"config.toml"_s, "senders = 3\n"));
    QVERIFY(f.start(named));
    QVERIFY(doctor.findings({}).contains(u"warning config"_s));
    QVERIFY(doctor.process.standardOutput().contains(file));
}

// A key is where the file says, or in the file itself; the place of the line is no file's name.
void DoctorProcessTest::keyOfAConfigFile()
{
    ProcessFixture f;
    QVERIFY(f.writeFile(u"key"_s, "good\n"));
    QCOMPARE(::chmod(f.path(u"key"_s).toUtf8().constData(), 0600), 0);
    const QByteArray backend = "backend = \"" + f.sink.url().toUtf8() + "\"\n";
    Doctor doctor(f);
    const QStringList named{u"--config"_s, f.path(u"config.toml"_s)};
    for (const QByteArray &line :
         {QByteArray("api-key-file = \"" + f.path(u"key"_s).toUtf8() + "\"\n"),
          QByteArray("api-key = \"good\"\n")}) {
        QVERIFY(f.writeFile(u"config.toml"_s, backend + line));
        QCOMPARE(::chmod(f.path(u"config.toml"_s).toUtf8().constData(), 0600), 0);
        QVERIFY(doctor.findings(named).contains(u"ok key"_s));
        QCOMPARE(doctor.problems, 1); // no daemon
    }
    QVERIFY(f.writeFile(u"config.toml"_s,
                        backend + "api-key-file = \"" + f.path(u"key"_s).toUtf8() + "\"\n"));
    QCOMPARE(::chmod(f.path(u"key"_s).toUtf8().constData(), 0644), 0);
    QVERIFY(doctor.findings(named).contains(u"warning key"_s));
}

void DoctorProcessTest::textSaysWhatToDo()
{
    ProcessFixture f;
    Doctor doctor(f);
    QCOMPARE(doctor.run({}), 1);
    const QString text = doctor.process.standardOutput();
    QStringList lines = text.split(u'\n');
    for (qsizetype i = 0; i < lines.size(); ++i) {
        if (lines.at(i).startsWith(u"problem "_s) || lines.at(i).startsWith(u"warning "_s))
            QVERIFY2(lines.value(i + 1).trimmed().startsWith(u"-> "_s), qPrintable(lines.at(i)));
    }
    QVERIFY(text.contains(u"--backend is missing"_s));
    QVERIFY(text.endsWith(u"\n\n2 problems, 0 warnings\n"_s));
}

void DoctorProcessTest::usage()
{
    ProcessFixture f;
    Doctor doctor(f);
    QCOMPARE(doctor.run({u"--nonsense"_s}), 2);
    QCOMPARE(doctor.run({u"now"_s}), 2);
    QCOMPARE(doctor.run({u"--watch"_s}), 2);
    QVERIFY(doctor.process.standardOutput().isEmpty());
}

void DoctorProcessTest::neverPrintsAKey_data()
{
    QTest::addColumn<QString>("place");
    for (const char *place : {"flag", "variable", "file", "netrc", "bad file", "backend", "proxy",
                              "bad proxy", "ca file"})
        QTest::newRow(place) << QString::fromLatin1(place);
}

// Whatever goes wrong with it.
void DoctorProcessTest::neverPrintsAKey()
{
    QFETCH(QString, place);
    ProcessFixture f;
    f.sink.setScript([](const SinkRequest &request) {
        return SinkAnswer{.status = 401, .body = "{\"reason\":\"" + request.body + "\"}"};
    });
    QVERIFY(f.start({u"--api-key"_s, QString::fromLatin1(Canary)}));
    Doctor doctor(f);
    const QString secret = QString::fromLatin1(Canary);
    const QString proxy = u"http://user:"_s + secret + u"@127.0.0.1:1"_s;
    QStringList arguments = backendOf(f);
    if (place == u"flag") {
        arguments << u"--api-key"_s << secret;
    } else if (place == u"variable") {
        doctor.process.setEnvironment(u"WANDB_API_KEY"_s, secret);
    } else if (place == u"file" || place == u"bad file" || place == u"ca file") {
        const QByteArray text = Canary + QByteArray(place == u"bad file" ? " and more\n" : "\n");
        QVERIFY(f.writeFile(u"key"_s, text));
        arguments << (place == u"ca file" ? u"--ca-file"_s : u"--api-key-file"_s)
                  << f.path(u"key"_s);
    } else if (place == u"netrc") {
        QVERIFY(f.writeFile(u".netrc"_s,
                            QByteArray("machine 127.0.0.1 login user password ") + Canary + "\n"));
    } else if (place == u"backend") {
        arguments = {u"--backend"_s, u"https://api:"_s + secret + u"@127.0.0.1:1"_s};
    } else {
        doctor.process.setEnvironment(u"HTTP_PROXY"_s,
                                      place == u"proxy" ? proxy : u"ftp://u:"_s + secret);
        arguments = {u"--backend"_s, u"http://192.0.2.1"_s, u"--allow-http"_s};
    }
    const bool isSent =
        place == u"flag" || place == u"variable" || place == u"file" || place == u"netrc";
    const QByteArray header = "Basic " + QByteArray("api:").append(Canary).toBase64();
    for (const QStringList &form : {QStringList(), QStringList{u"--json"_s}}) {
        QCOMPARE(doctor.run(arguments + form + QStringList{u"--log-level"_s, u"debug"_s}), 1);
        QVERIFY(!doctor.process.standardOutput().isEmpty());
        QVERIFY(!doctor.process.standardOutput().contains(secret));
        QVERIFY(!doctor.process.standardError().contains(secret));
        if (isSent) // so it was known
            QCOMPARE(f.sink.requests().back().headers.value("authorization"), header);
    }
}

QTEST_GUILESS_MAIN(DoctorProcessTest)
#include "tst_doctor_process.moc"
