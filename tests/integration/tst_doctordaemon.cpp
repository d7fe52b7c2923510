#include "app/doctor/clockcheck.h"
#include "app/doctor/daemoncheck.h"
#include "app/doctor/doctorreport.h"
#include "integration/findings.h"
#include "stats/statusreport.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>
#include <QTimeZone>

using namespace Weave;
using namespace Qt::StringLiterals;

using Level = Finding::Level;

namespace {

QJsonObject statusOf(const StatusReport &report)
{
    return QJsonDocument::fromJson(QByteArray::fromStdString(toJson(report))).object();
}

} // namespace

// What the doctor finds in a daemon's status and by a server's clock, and the report that it makes.
class DoctorDaemonTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void daemonIsWell();
    void daemonInTrouble();
    void files();
    void clock_data();
    void clock();
    void clockWithoutADate();
    void report();
};

void DoctorDaemonTest::daemonIsWell()
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

void DoctorDaemonTest::daemonInTrouble()
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
          // The service's key is read when it starts, and by no reload.
          std::pair("the backend answered 401", "`systemctl restart weave-sidecar`"),
          std::pair("the backend answered 403: no access", "`systemctl restart weave-sidecar`"),
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

void DoctorDaemonTest::files()
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

void DoctorDaemonTest::clock_data()
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

void DoctorDaemonTest::clock()
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

void DoctorDaemonTest::clockWithoutADate()
{
    for (const char *text : {"", "now", "2026-02-28T23:59:58Z", "Sat, 31 Feb 2026 00:00:00 GMT"})
        QVERIFY(judgeClock(text, QDateTime::currentDateTimeUtc()).empty());
}

void DoctorDaemonTest::report()
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

QTEST_GUILESS_MAIN(DoctorDaemonTest)
#include "tst_doctordaemon.moc"
