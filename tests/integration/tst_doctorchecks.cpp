#include "app/doctor/clockcheck.h"
#include "app/doctor/daemoncheck.h"
#include "app/doctor/diskcheck.h"
#include "app/doctor/doctorreport.h"
#include "app/doctor/filecheck.h"
#include "app/doctor/socketcheck.h"
#include "ingest/listeningsocket.h"
#include "integration/findings.h"
#include "stats/statusreport.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QTemporaryDir>
#include <QTest>
#include <QTimeZone>

#include <sys/stat.h>
#include <unistd.h>

using namespace Weave;
using namespace Qt::StringLiterals;

using Level = Finding::Level;

namespace {

// A user that is neither root nor the one who runs the test.
const Identity Stranger{54'321, {54'321}};

QJsonObject statusOf(const StatusReport &report)
{
    return QJsonDocument::fromJson(QByteArray::fromStdString(toJson(report))).object();
}

Result<ListeningSocket> listenAt(const std::string &path)
{
    return ListeningSocket::open({path, 0600, std::nullopt});
}

} // namespace

// What the doctor finds in the file system and in a daemon's status.
class DoctorChecksTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void socketIsMissing();
    void socketIsAFile();
    void socketIsStale();
    void socketIsSilent();
    void socketOfAnother();
    void socketInAnOpenFolder();
    void socketAccess();
    void spoolFolder();
    void spoolIsMissing();
    void keyFile();
    void configFile();
    void disk();
    void diskOfAPath();
    void daemonIsWell();
    void daemonInTrouble();
    void files();
    void clock_data();
    void clock();
    void clockWithoutADate();
    void report();

private:
    [[nodiscard]] QString path(const char *name) const
    {
        return m_folder->filePath(QString::fromLatin1(name));
    }
    [[nodiscard]] std::string file(const char *name, mode_t mode) const
    {
        QFile file(path(name));
        if (file.open(QIODevice::WriteOnly))
            file.write("text");
        ::chmod(path(name).toUtf8().constData(), mode);
        return path(name).toStdString();
    }
    [[nodiscard]] std::string folder(const char *name, mode_t mode) const
    {
        ::mkdir(path(name).toUtf8().constData(), 0700);
        ::chmod(path(name).toUtf8().constData(), mode);
        return path(name).toStdString();
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    const Identity m_me = Identity::ofThisProcess();
};

void DoctorChecksTest::init()
{
    m_folder = std::make_unique<QTemporaryDir>(u"/tmp/wdXXXXXX"_s);
}

void DoctorChecksTest::socketIsMissing()
{
    const SocketReport found = checkSocket(path("s").toStdString(), m_me);
    QCOMPARE(found.findings.size(), 1U);
    QVERIFY(worst(found.findings) == Level::Problem);
    QVERIFY(textOf(found.findings).contains(path("s").toUtf8()));
    QVERIFY(textOf(found.findings).contains("-> start weave-sidecar"));
    QVERIFY(!found.owner);
    QVERIFY(found.status.isEmpty());
}

void DoctorChecksTest::socketIsAFile()
{
    const SocketReport found = checkSocket(file("s", 0600), m_me);
    QVERIFY(worst(found.findings) == Level::Problem);
    QVERIFY(textOf(found.findings).contains("not a socket"));
}

void DoctorChecksTest::socketIsStale()
{
    {
        auto socket = listenAt(path("s").toStdString());
        QVERIFY(socket);
        QVERIFY(QFile::rename(path("s"), path("left"))); // its end does not remove it there
    }
    const SocketReport found = checkSocket(path("left").toStdString(), m_me);
    QVERIFY(worst(found.findings) == Level::Problem);
    QVERIFY2(textOf(found.findings).contains("nobody answers"), textOf(found.findings).constData());
    QCOMPARE(found.owner.value_or(99'999), m_me.user);
}

// Something listens and takes nobody: as a daemon that hangs. The client gives up by itself.
void DoctorChecksTest::socketIsSilent()
{
    const auto socket = listenAt(path("s").toStdString());
    QVERIFY(socket);
    const SocketReport found = checkSocket(path("s").toStdString(), m_me);
    QVERIFY(worst(found.findings) == Level::Problem);
    QVERIFY2(textOf(found.findings).contains("if it hangs"), textOf(found.findings).constData());
    QVERIFY(found.status.isEmpty());
}

void DoctorChecksTest::socketOfAnother()
{
    const auto socket = listenAt(path("s").toStdString());
    QVERIFY(socket);
    const SocketReport found = checkSocket(path("s").toStdString(), Stranger);
    QVERIFY(worst(found.findings) == Level::Problem);
    QVERIFY2(textOf(found.findings).contains("uid 54321 may not connect"),
             textOf(found.findings).constData());
    QVERIFY(textOf(found.findings).contains("mode 0600"));
    QVERIFY(textOf(found.findings).contains("--socket-group"));
}

void DoctorChecksTest::socketInAnOpenFolder()
{
    const std::string open = folder("open", 0777);
    const auto socket = listenAt(open + "/s");
    QVERIFY(socket);
    // A stranger is turned away before anybody has to answer.
    QVERIFY(textOf(checkSocket(open + "/s", Stranger).findings).contains("everybody may replace"));
    QCOMPARE(::chmod(open.c_str(), 01777), 0); // as /tmp
    QVERIFY(!textOf(checkSocket(open + "/s", Stranger).findings).contains("everybody"));
    QCOMPARE(::chmod(open.c_str(), 0775), 0);
    QVERIFY(!textOf(checkSocket(open + "/s", Stranger).findings).contains("everybody"));
}

void DoctorChecksTest::socketAccess()
{
    const Finding alone = judgeAccess(54'321, 54'322, 0600);
    QVERIFY(alone.level == Level::Ok);
    QVERIFY2(textOf(alone).contains("uid 54321 and root may connect"), textOf(alone).constData());
    const Finding shared = judgeAccess(54'321, 54'322, 0660);
    QVERIFY(shared.level == Level::Ok);
    QVERIFY2(textOf(shared).contains("group gid 54322"), textOf(shared).constData());
    const Finding open = judgeAccess(54'321, 54'322, 0666);
    QVERIFY(open.level == Level::Warning);
    QVERIFY(textOf(open).contains("every user"));
}

void DoctorChecksTest::spoolFolder()
{
    const std::string good = folder("spool", 0700);
    QVERIFY(checkSpoolFolder(good, m_me.user, m_me).level == Level::Ok);
    const Finding open = checkSpoolFolder(folder("open", 0750), m_me.user, m_me);
    QVERIFY(open.level == Level::Warning);
    QVERIFY(textOf(open).contains("0750"));
    QVERIFY(textOf(open).contains("chmod 0700"));
    QVERIFY(QDir(path("open")).mkdir(QStringLiteral("somebody's")));
    const Finding shared = checkSpoolFolder(path("open").toStdString(), m_me.user, m_me);
    QVERIFY(shared.level == Level::Problem);
    QVERIFY2(textOf(shared).contains("other things"), textOf(shared).constData());
    const Finding foreign = checkSpoolFolder(good, Stranger.user, m_me);
    QVERIFY(foreign.level == Level::Problem);
    QVERIFY2(textOf(foreign).contains("the daemon runs as uid 54321"), textOf(foreign).constData());
    QVERIFY(checkSpoolFolder(file("file", 0600), m_me.user, m_me).level == Level::Problem);
    QVERIFY(QFile::link(path("spool"), path("link")));
    QVERIFY(checkSpoolFolder(path("link").toStdString(), m_me.user, m_me).level == Level::Problem);
    // Below a file nothing can be looked at.
    QVERIFY(checkSpoolFolder(path("file/spool").toStdString(), m_me.user, m_me).level
            == Level::Warning);
}

void DoctorChecksTest::spoolIsMissing()
{
    const Finding missing = checkSpoolFolder(path("a/b/c").toStdString(), m_me.user, m_me);
    QVERIFY(missing.level == Level::Ok);
    QVERIFY(textOf(missing).contains("makes it"));
    if (m_me.isRoot())
        QSKIP("root may write everywhere");
    const std::string closed = folder("closed", 0500);
    const Finding impossible = checkSpoolFolder(closed + "/spool", m_me.user, m_me);
    QVERIFY(impossible.level == Level::Problem);
    QVERIFY(textOf(impossible).contains("cannot make it"));
    const Finding unwritable = checkSpoolFolder(closed, m_me.user, m_me);
    QVERIFY(unwritable.level == Level::Problem);
}

void DoctorChecksTest::keyFile()
{
    QVERIFY(checkKeyFile(file("good", 0600), m_me).level == Level::Ok);
    QVERIFY(checkKeyFile(file("credential", 0400), m_me).level == Level::Ok);
    const Finding open = checkKeyFile(file("open", 0640), m_me);
    QVERIFY(open.level == Level::Warning);
    QVERIFY(textOf(open).contains("chmod 0600"));
    QVERIFY(!textOf(open).contains("text")); // what is in it
    QVERIFY(checkKeyFile(path("none").toStdString(), m_me).level == Level::Problem);
}

void DoctorChecksTest::configFile()
{
    QVERIFY(checkConfigFile(file("good", 0644), false).level == Level::Ok);
    QVERIFY(checkConfigFile(path("none").toStdString(), true).level == Level::Ok);
    const Finding writable = checkConfigFile(file("writable", 0664), false);
    QVERIFY(writable.level == Level::Warning);
    QVERIFY(textOf(writable).contains("go-w"));
    const Finding readable = checkConfigFile(file("readable", 0644), true);
    QVERIFY(readable.level == Level::Warning);
    QVERIFY(textOf(readable).contains("API key"));
    QVERIFY(checkConfigFile(file("private", 0600), true).level == Level::Ok);
}

void DoctorChecksTest::disk()
{
    constexpr std::uint64_t MiB = 1024 * 1024;
    const auto judge = [](const DiskSpace &space, std::uint64_t used, std::uint64_t max) {
        return judgeDisk("/spool", space, used, max);
    };
    QVERIFY(judge({.freeBytes = 100 * MiB}, 0, 100 * MiB).level == Level::Ok);
    // What the spool has already, it need not be given once more.
    QVERIFY(judge({.freeBytes = 30 * MiB}, 70 * MiB, 100 * MiB).level == Level::Ok);
    QVERIFY(judge({.freeBytes = 1 * MiB}, 100 * MiB, 100 * MiB).level == Level::Ok);
    const Finding small = judge({.freeBytes = 50 * MiB}, 0, 100 * MiB);
    QVERIFY(small.level == Level::Warning);
    QVERIFY2(textOf(small).contains("50 MiB") && textOf(small).contains("100 MiB"),
             textOf(small).constData());
    const Finding full = judge({.freeBytes = 1 * MiB}, 0, 100 * MiB);
    QVERIFY(full.level == Level::Problem);
    QVERIFY(textOf(full).contains("full"));
    const Finding readOnly = judge({.freeBytes = 500 * MiB, .isReadOnly = true}, 0, MiB);
    QVERIFY(readOnly.level == Level::Problem);
    QVERIFY(textOf(readOnly).contains("read-only"));
    const Finding crowded = judge({.freeBytes = 500 * MiB, .hasFreeFiles = false}, 0, MiB);
    QVERIFY(crowded.level == Level::Problem);
    const Finding inMemory = judge({.freeBytes = 500 * MiB, .isInMemory = true}, 0, MiB);
    QVERIFY(inMemory.level == Level::Warning);
}

void DoctorChecksTest::diskOfAPath()
{
    // Not there yet: the one above counts.
    const auto space = diskSpaceAt(path("not/there").toStdString());
    QVERIFY(space);
    QCOMPARE_GT(space->freeBytes, 0U);
    QVERIFY(!space->isReadOnly);
    QVERIFY(space->hasFreeFiles);
    if (!QFileInfo::exists(u"/dev/shm"_s))
        QSKIP("no file system in memory");
    QVERIFY(diskSpaceAt("/dev/shm/spool")->isInMemory);
}

void DoctorChecksTest::daemonIsWell()
{
    const Stats stats;
    StatusReport report;
    report.version = "1.2.3";
    report.pid = 4711;
    report.stats = &stats;
    report.spoolUsedBytes = 80;
    report.spoolMaxBytes = 100;
    const Findings same = judgeDaemon(statusOf(report), "1.2.3");
    QVERIFY2(worst(same) == Level::Ok, textOf(same).constData());
    QVERIFY(textOf(same).contains("4711"));
    const Findings other = judgeDaemon(statusOf(report), "1.3.0");
    QVERIFY(worst(other) == Level::Warning);
    QVERIFY(textOf(other).contains("1.2.3") && textOf(other).contains("1.3.0"));
    QVERIFY(textOf(other).contains("-> restart"));
}

void DoctorChecksTest::daemonInTrouble()
{
    using Condition = DeliveryState::Condition;
    Stats stats;
    StatusReport report;
    report.version = "1.2.3";
    report.stats = &stats;
    report.pendingCalls = 7;
    report.delivery.lastError = "the backend answered 503";
    const auto judged = [&report] { return judgeDaemon(statusOf(report), "1.2.3"); };
    report.delivery.condition = Condition::Retrying;
    QVERIFY(worst(judged()) == Level::Problem);
    QVERIFY2(textOf(judged()).contains("503; waiting: 7 calls"), textOf(judged()).constData());
    report.delivery.condition = Condition::Paused;
    QVERIFY(worst(judged()) == Level::Problem);
    for (const auto &[error, advice] :
         {std::pair("the backend answered 401", "what is said of the key"),
          std::pair("the backend answered 403: no access", "may not write to a project"),
          std::pair("the backend answered 404", "what is said of the backend")}) {
        report.delivery.lastError = error;
        QVERIFY2(textOf(judged()).contains(advice), textOf(judged()).constData());
    }
    report.delivery.condition = Condition::Degraded;
    report.delivery.failingProjects = 5;
    report.delivery.failingNamed = {{"a/1", true, "the backend answered 403"},
                                    {"a/2", true, "x"},
                                    {"a/3", true, "x"},
                                    {"a/4", true, "x"},
                                    {"a/5", true, "x"}};
    QVERIFY(worst(judged()) == Level::Problem);
    for (const char *part :
         {"calls of a/1, a/2, a/3 and 2 more projects wait: the backend answered 403;",
          "may not write to a project"})
        QVERIFY2(textOf(judged()).contains(part), textOf(judged()).constData());
    report.delivery.failingProjects = 1;
    report.delivery.failingNamed = {{"a/1", false, "the backend answered 503"}};
    QVERIFY2(textOf(judged()).contains("calls of a/1 wait: the backend answered 503;"),
             textOf(judged()).constData());
    QVERIFY(textOf(judged()).contains("those of other projects are delivered"));
    report.delivery.condition = Condition::Paused;
    report.delivery.isPausedByUser = true;
    QVERIFY(worst(judged()) == Level::Warning);
    QVERIFY(textOf(judged()).contains("`weave-sidecar resume`"));

    report.delivery = {};
    report.spoolUsedBytes = 81;
    report.spoolMaxBytes = 100;
    report.spoolQuarantined = 2;
    stats.giveUp(DeadLetterReason::Refused, 3);
    stats.refuse(Refusal::SpoolFull);
    const Findings found = judged();
    QVERIFY(worst(found) == Level::Warning);
    for (const char *word : {"filling", "2 pieces", "3 calls", "1 spool_full"})
        QVERIFY2(textOf(found).contains(word), word);
    QVERIFY(!textOf(found).contains("malformed"));
}

void DoctorChecksTest::files()
{
    QVERIFY(judgeFiles({}, {1024, 20'000}, 1024).level == Level::Ok); // it raises the soft one
    const Finding few = judgeFiles({}, {1024, 1024}, 1024);
    QVERIFY(few.level == Level::Warning);
    QVERIFY(textOf(few).contains("1152"));

    const Stats stats;
    StatusReport report;
    report.stats = &stats;
    report.maxConnections = 1024;
    report.process.openFiles = 80;
    report.process.maxFiles = 100;
    QVERIFY(judgeFiles(statusOf(report), {}, 1024).level == Level::Ok);
    report.process.openFiles = 81;
    QVERIFY(judgeFiles(statusOf(report), {}, 1024).level == Level::Warning);
    report.process.openFiles = 1;
    report.maxConnections = 900;
    const Finding fewer = judgeFiles(statusOf(report), {}, 1024);
    QVERIFY(fewer.level == Level::Warning);
    QVERIFY(textOf(fewer).contains("900 connections instead of 1024"));
}

void DoctorChecksTest::clock_data()
{
    QTest::addColumn<int>("aheadSeconds"); // of this machine
    QTest::addColumn<int>("level");
    QTest::addColumn<QByteArray>("word");
    const auto row = [](const char *name, int ahead, Level level, const char *word) {
        QTest::newRow(name) << ahead << static_cast<int>(level) << QByteArray(word);
    };
    row("same", 0, Level::Ok, "agrees");
    row("a minute", 60, Level::Ok, "agrees");
    row("a minute behind", -60, Level::Ok, "agrees");
    row("more", 61, Level::Warning, "1m1s ahead of");
    row("five minutes behind", -300, Level::Warning, "5m behind");
    row("more than that", 301, Level::Problem, "ahead of");
    row("a year behind", -31'536'000, Level::Problem, "8760h");
}

void DoctorChecksTest::clock()
{
    QFETCH(int, aheadSeconds);
    QFETCH(int, level);
    QFETCH(QByteArray, word);
    const QDateTime server(QDate(2026, 2, 28), QTime(23, 59, 58), QTimeZone::utc());
    const Findings found =
        judgeClock("Sat, 28 Feb 2026 23:59:58 GMT", server.addSecs(aheadSeconds));
    QCOMPARE(found.size(), 1U);
    QCOMPARE(static_cast<int>(found.front().level), level);
    QVERIFY2(textOf(found).contains(word), textOf(found).constData());
}

void DoctorChecksTest::clockWithoutADate()
{
    for (const char *text : {"", "now", "2026-02-28T23:59:58Z", "Sat, 31 Feb 2026 00:00:00 GMT"})
        QVERIFY(judgeClock(text, QDateTime::currentDateTimeUtc()).empty());
}

void DoctorChecksTest::report()
{
    const Findings findings{ok("socket", "a daemon answers"),
                            warning("disk", "little \"room\"", "make some"),
                            problem("key", "it is refused", "get another")};
    const QByteArray text = QByteArray::fromStdString(doctorText(findings));
    QCOMPARE(text,
             QByteArray("ok       socket   a daemon answers\n"
                        "warning  disk     little \"room\"\n"
                        "                  -> make some\n"
                        "problem  key      it is refused\n"
                        "                  -> get another\n"
                        "\n1 problem, 1 warning\n"));
    QVERIFY(hasProblem(findings));
    QVERIFY(!hasProblem({findings.at(0), findings.at(1)}));
    QVERIFY(doctorText({findings.at(0)}).ends_with("\nall is well\n"));
    // A server's words are no lines of this page, nor commands to the terminal.
    const std::string told = doctorText({problem("key", "no\n\x1b[2Jok", "ask\r")});
    QVERIFY(told.find("no  [2Jok\n") != std::string::npos);
    QVERIFY(told.find("-> ask \n") != std::string::npos);

    const QJsonObject json =
        QJsonDocument::fromJson(QByteArray::fromStdString(doctorJson(findings, "1.2.3"))).object();
    QCOMPARE(json.value(u"version"_s), QJsonValue(u"1.2.3"_s));
    QCOMPARE(json.value(u"problems"_s), QJsonValue(1));
    QCOMPARE(json.value(u"warnings"_s), QJsonValue(1));
    const QJsonArray list = json.value(u"findings"_s).toArray();
    QCOMPARE(list.size(), 3);
    QVERIFY(list.at(0).toObject().value(u"advice"_s).isNull());
    const QJsonObject second = list.at(1).toObject();
    QCOMPARE(second.value(u"level"_s), QJsonValue(u"warning"_s));
    QCOMPARE(second.value(u"check"_s), QJsonValue(u"disk"_s));
    QCOMPARE(second.value(u"text"_s), QJsonValue(u"little \"room\""_s));
    QCOMPARE(second.value(u"advice"_s), QJsonValue(u"make some"_s));
}

QTEST_GUILESS_MAIN(DoctorChecksTest)
#include "tst_doctorchecks.moc"
