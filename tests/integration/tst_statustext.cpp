#include "app/statusclient.h"
#include "app/statustext.h"
#include "stats/statusreport.h"

#include <QTemporaryDir>
#include <QTest>

#include <cstring>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

using namespace Weave;

namespace {

// The page of a report, by way of the reply that the daemon gives.
QString pageOf(const StatusReport &report)
{
    const auto status = parseStatusReply(R"({"success":true,"status":)" + toJson(report) + "}");
    return status ? QString::fromStdString(statusText(*status)) : QString();
}

} // namespace

class StatusTextTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void quietDaemon();
    void one();
    void busyDaemon();
    void failingProjects();
    void wordsOfAServer();
    void heldStarts();
    void pausedByTheUser();
    void refusesOtherReplies_data();
    void refusesOtherReplies();
    void closedSocketSaysWhoMayConnect();

private:
    Stats m_stats;
    StatusReport m_report;
};

void StatusTextTest::init()
{
    m_stats = {};
    m_report = {};
    m_report.version = "1.2.3";
    m_report.pid = 4711;
    m_report.socket = "/run/s";
    m_report.backend = "https://trace.example";
    m_report.stats = &m_stats;
    m_report.spoolKind = "memory";
    m_report.maxConnections = 1024;
}

void StatusTextTest::quietDaemon()
{
    const QString page = pageOf(m_report);
    for (const char *text : {"1.2.3", "pid 4711", "/run/s, 0 of 1,024 connections",
                             "https://trace.example, ok", "received      0 calls"})
        QVERIFY2(page.contains(QLatin1String(text)), qPrintable(page));
    for (const char *text : {"refused", "failed", "last error", "next attempt", "oldest"})
        QVERIFY2(!page.contains(QLatin1String(text)), qPrintable(page));
    QVERIFY(page.endsWith(QLatin1Char('\n')));
}

void StatusTextTest::one()
{
    m_stats.delivered = 1;
    m_stats.batches = 1;
    m_stats.requests = 1;
    QVERIFY(
        pageOf(m_report).contains(QLatin1String("delivered     1 call in 1 batch, 1 request\n")));
}

void StatusTextTest::busyDaemon()
{
    m_stats.received = 1'234'567;
    m_stats.delivered = 1'234'000;
    m_stats.giveUp(DeadLetterReason::Refused, 7);
    m_stats.refuse(Refusal::SpoolFull);
    m_stats.failedRequests["503"] = 3;
    m_stats.failedRequests["network"] = 1;
    m_report.pendingCalls = 560;
    m_report.pendingBytes = 1'000'000;
    m_report.oldestPendingSeconds = 90.0;
    m_report.delivery.condition = DeliveryState::Condition::Retrying;
    m_report.delivery.lastError = "the backend answered 503";
    m_report.delivery.lastErrorSecondsAgo = 2.0;
    m_report.delivery.nextAttemptInSeconds = 12.0;
    const QString page = pageOf(m_report);
    for (const char *text :
         {"1,234,567 calls", "1,234,000 calls", "560 calls", "1m30s", "dead-lettered 7 calls",
          "1 spool_full", "3 HTTP 503, 1 network (requests)", "retrying, next attempt in 12s",
          "the backend answered 503 (2s ago)"})
        QVERIFY2(page.contains(QLatin1String(text)), qPrintable(page));
}

void StatusTextTest::failingProjects()
{
    QVERIFY(!pageOf(m_report).contains(QLatin1String("failing")));
    m_report.delivery.condition = DeliveryState::Condition::Degraded;
    m_report.delivery.failingProjects = 7;
    for (const char *name : {"a/1", "a/2", "a/3", "a/4", "a/5", "a/6", "a/7"})
        m_report.delivery.failingNamed.push_back(
            {name, true, "the backend answered 403: no\nline"});
    const QString page = pageOf(m_report);
    for (const char *text :
         {", degraded", "\nfailing       a/1, paused: the backend answered 403: no line\n",
          "\nfailing       a/5, ", "\nfailing       2 more projects\n"})
        QVERIFY2(page.contains(QLatin1String(text)), qPrintable(page));
    QVERIFY(!page.contains(QLatin1String("a/6")));
}

// They are no lines of this page, nor commands to the terminal.
void StatusTextTest::wordsOfAServer()
{
    m_report.delivery.lastError = "401: no\nspool  \x1b[31mfull\x07";
    m_report.delivery.lastErrorSecondsAgo = 2.0;
    const QString page = pageOf(m_report);
    QVERIFY2(page.contains(QLatin1String("last error    401: no spool   [31mfull  (2s ago)\n")),
             qPrintable(page));
}

void StatusTextTest::heldStarts()
{
    m_report.pendingCalls = 3;
    m_report.heldCalls = 1;
    QVERIFY(pageOf(m_report).contains(QLatin1String("of them 1 start held for an end")));
    m_report.heldCalls = 2;
    QVERIFY(pageOf(m_report).contains(QLatin1String("of them 2 starts held for an end")));
    m_report.heldCalls = 0;
    QVERIFY(!pageOf(m_report).contains(QLatin1String("held")));
}

void StatusTextTest::pausedByTheUser()
{
    m_report.delivery.condition = DeliveryState::Condition::Paused;
    QVERIFY(!pageOf(m_report).contains(QLatin1String("weave-sidecar resume")));
    m_report.delivery.isPausedByUser = true;
    QVERIFY(pageOf(m_report).contains(QLatin1String("paused by `weave-sidecar pause`")));
}

void StatusTextTest::refusesOtherReplies_data()
{
    QTest::addColumn<QByteArray>("reply");
    QTest::newRow("nothing") << QByteArray();
    QTest::newRow("not JSON") << QByteArray("HTTP/1.1 400 Bad Request");
    QTest::newRow("the Go predecessor")
        << QByteArray(R"({"success":false,"error":"unknown method: status"})");
    QTest::newRow("no status") << QByteArray(R"({"success":true})");
    QTest::newRow("status is no object") << QByteArray(R"({"success":true,"status":[1]})");
}

void StatusTextTest::refusesOtherReplies()
{
    QFETCH(QByteArray, reply);
    const auto status =
        parseStatusReply({reply.constData(), static_cast<std::size_t>(reply.size())});
    QVERIFY(!status);
    QCOMPARE(status.error().code, ErrorCode::Unavailable);
}

void StatusTextTest::closedSocketSaysWhoMayConnect()
{
    constexpr uid_t Nobody = 65534;
    const QTemporaryDir folder;
    const std::string path = folder.filePath(QStringLiteral("s")).toStdString();
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.c_str(), path.size());
    const int listening = ::socket(AF_UNIX, SOCK_STREAM, 0);
    QCOMPARE(::bind(listening, reinterpret_cast<const sockaddr *>(&address), sizeof address), 0);
    QCOMPARE(::listen(listening, 1), 0);
    QCOMPARE(::chmod(path.c_str(), 0), 0);
    QCOMPARE(::chmod(folder.path().toUtf8().constData(), 0755), 0);
    const bool isRoot = ::geteuid() == 0; // who may connect to every socket
    QCOMPARE(isRoot ? ::seteuid(Nobody) : 0, 0);
    const auto reply = ask(path, "{}");
    QCOMPARE(isRoot ? ::seteuid(0) : 0, 0);
    ::close(listening);
    QVERIFY(!reply);
    QVERIFY(reply.error().message.starts_with("cannot connect to " + path + ": "));
    QVERIFY(reply.error().message.find("--socket-mode 0660") != std::string::npos);
}

QTEST_GUILESS_MAIN(StatusTextTest)
#include "tst_statustext.moc"
