#include "common/logging.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>
#include <QTemporaryFile>
#include <QTest>

#include <functional>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>
#include <vector>

using namespace Weave;

namespace {

// What goes to standard error while write runs, and after it.
QStringList linesOf(LogFormat format, LogLevel level, const std::function<void()> &write,
                    Milliseconds repeatInterval = std::chrono::hours(1), bool isJournal = false)
{
    QTemporaryFile file;
    if (!file.open())
        return {};
    if (isJournal) {
        struct stat found = {};
        ::fstat(file.handle(), &found);
        qputenv("JOURNAL_STREAM",
                QByteArray::number(qulonglong(found.st_dev)) + ':'
                    + QByteArray::number(qulonglong(found.st_ino)));
    }
    const int saved = ::dup(STDERR_FILENO);
    ::dup2(file.handle(), STDERR_FILENO);
    installLogging(format, level, repeatInterval);
    write();
    finishLogging();
    qInstallMessageHandler(nullptr);
    QLoggingCategory::setFilterRules(QString());
    ::dup2(saved, STDERR_FILENO);
    ::close(saved);
    qunsetenv("JOURNAL_STREAM");
    file.seek(0);
    return QString::fromUtf8(file.readAll()).split(QLatin1Char('\n'), Qt::SkipEmptyParts);
}

void oneOfEach()
{
    qCDebug(lcIngest, "d");
    qCInfo(lcSpool, "i");
    qCWarning(lcConfig, "w");
    qCCritical(lcForwarding, "c");
}

} // namespace

class LoggingTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void textLines();
    void jsonLines();
    void jsonEscapes();
    void levels_data();
    void levels();
    void qtsOwnMessages();
    void repetitionsAreCounted();
    void repetitionsOfEveryKind_data();
    void repetitionsOfEveryKind();
    void countIsToldAfterTheInterval();
    void repetitionsFromThreads();
    void textStaysOnItsLine();
    void journalLines();
    void otherStreamIsNoJournal();
    void closedStandardErrorIsNoHarm();
};

void LoggingTest::textLines()
{
    const QStringList lines = linesOf(LogFormat::Text, LogLevel::Info,
                                      [] { qCWarning(lcForwarding, "%d calls: %s", 3, "ü"); });
    QCOMPARE(lines.size(), 1);
    static const QRegularExpression form(QStringLiteral(
        "^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z warning forwarding: 3 calls: ü$"));
    QVERIFY2(form.match(lines.front()).hasMatch(), qPrintable(lines.front()));
}

void LoggingTest::jsonLines()
{
    const QStringList lines = linesOf(LogFormat::Json, LogLevel::Debug, oneOfEach);
    QCOMPARE(lines.size(), 4);
    const QStringList levels{QStringLiteral("debug"), QStringLiteral("info"),
                             QStringLiteral("warning"), QStringLiteral("error")};
    const QStringList categories{QStringLiteral("ingest"), QStringLiteral("spool"),
                                 QStringLiteral("config"), QStringLiteral("forwarding")};
    for (qsizetype i = 0; i < 4; ++i) {
        const QJsonObject object = QJsonDocument::fromJson(lines.at(i).toUtf8()).object();
        QCOMPARE(object.size(), 4);
        QCOMPARE(object.value(QLatin1String("level")).toString(), levels.at(i));
        QCOMPARE(object.value(QLatin1String("category")).toString(), categories.at(i));
        QCOMPARE(object.value(QLatin1String("message")).toString().size(), 1);
        QVERIFY(
            QDateTime::fromString(object.value(QLatin1String("time")).toString(), Qt::ISODateWithMs)
                .isValid());
    }
}

void LoggingTest::jsonEscapes()
{
    const QString text = QStringLiteral("a \"b\" \\ c\nd\te\u0001 ü");
    const QStringList lines =
        linesOf(LogFormat::Json, LogLevel::Info, [&text] { qCInfo(lcApp).noquote() << text; });
    QCOMPARE(lines.size(), 1);
    const QJsonObject object = QJsonDocument::fromJson(lines.front().toUtf8()).object();
    QCOMPARE(object.value(QLatin1String("message")).toString(), text);
}

void LoggingTest::levels_data()
{
    QTest::addColumn<int>("level");
    QTest::addColumn<int>("lines");
    QTest::newRow("debug") << static_cast<int>(LogLevel::Debug) << 4;
    QTest::newRow("info") << static_cast<int>(LogLevel::Info) << 3;
    QTest::newRow("warning") << static_cast<int>(LogLevel::Warning) << 2;
    QTest::newRow("error") << static_cast<int>(LogLevel::Error) << 1;
}

void LoggingTest::levels()
{
    QFETCH(int, level);
    QFETCH(int, lines);
    QCOMPARE(linesOf(LogFormat::Text, static_cast<LogLevel>(level), oneOfEach).size(), lines);
}

void LoggingTest::qtsOwnMessages()
{
    const QStringList lines = linesOf(LogFormat::Json, LogLevel::Info, [] {
        qDebug("hidden");
        qWarning("shown");
    });
    QCOMPARE(lines.size(), 1);
    const QJsonObject object = QJsonDocument::fromJson(lines.front().toUtf8()).object();
    QCOMPARE(object.value(QLatin1String("category")).toString(), QStringLiteral("default"));
}

void LoggingTest::repetitionsAreCounted()
{
    const auto thrice = [] {
        for (int i = 0; i < 3; ++i)
            qCWarning(lcSpool, "disk error %d", i);
    };
    // The first at once, the last with the number of those between.
    const QStringList lines = linesOf(LogFormat::Text, LogLevel::Info, thrice);
    QCOMPARE(lines.size(), 2);
    QVERIFY2(lines.at(0).endsWith(QLatin1String(" warning spool: disk error 0")),
             qPrintable(lines.at(0)));
    QVERIFY2(lines.at(1).endsWith(
                 QLatin1String(" warning spool: disk error 2 (1 more like this before)")),
             qPrintable(lines.at(1)));
    // Details are for who asks for all of them.
    QCOMPARE(linesOf(LogFormat::Text, LogLevel::Debug,
                     [] {
                         for (int i = 0; i < 3; ++i)
                             qCDebug(lcSpool, "step %d", i);
                     })
                 .size(),
             3);
}

void LoggingTest::repetitionsOfEveryKind_data()
{
    QTest::addColumn<QString>("category");
    for (const char *category : {"weave.app", "weave.config", "weave.ingest", "weave.spool",
                                 "weave.forwarding", "default", "qt.network.ssl"})
        QTest::newRow(category) << QString::fromLatin1(category);
}

void LoggingTest::repetitionsOfEveryKind()
{
    QFETCH(QString, category);
    const QByteArray name = category.toLatin1();
    const auto often = [&name] {
        const QLoggingCategory any(name.constData());
        for (int i = 0; i < 100; ++i) {
            qCInfo(any, "news");
            qCWarning(any, "trouble");
            qCCritical(any, "disaster");
        }
    };
    const QStringList lines = linesOf(LogFormat::Json, LogLevel::Info, often);
    QCOMPARE(lines.size(), 6);
    QCOMPARE(lines.filter(QLatin1String("(98 more like this before)")).size(), 3);
}

// Nothing more of the kind comes; the count does.
void LoggingTest::countIsToldAfterTheInterval()
{
    const auto storm = [] {
        for (int i = 0; i < 1000; ++i)
            qCWarning(lcSpool, "disk error %d", i);
        // Told from the event loop, not by what follows.
        QTest::qWait(100);
        qCInfo(lcApp, "the end");
    };
    const QStringList lines = linesOf(LogFormat::Text, LogLevel::Info, storm, Milliseconds(20));
    QCOMPARE_GE(lines.size(), 3);
    QVERIFY2(lines.at(lines.size() - 2).contains(QLatin1String("disk error 999 (")),
             qPrintable(lines.at(lines.size() - 2)));
    QVERIFY(lines.constLast().endsWith(QLatin1String("app: the end")));
    qint64 told = 0;
    for (const QString &line : lines.first(lines.size() - 1)) {
        static const QRegularExpression count(
            QStringLiteral("\\((\\d+) more like this before\\)$"));
        told += 1 + count.match(line).captured(1).toLongLong();
    }
    QCOMPARE(told, 1000);
}

void LoggingTest::repetitionsFromThreads()
{
    const auto storm = [] {
        std::vector<std::thread> threads;
        for (int thread = 0; thread < 4; ++thread) {
            threads.emplace_back([] {
                for (int i = 0; i < 250; ++i)
                    qCWarning(lcSpool, "disk error %d", i);
            });
        }
        for (std::thread &thread : threads)
            thread.join();
    };
    const QStringList lines = linesOf(LogFormat::Text, LogLevel::Info, storm);
    QCOMPARE(lines.size(), 2);
    QVERIFY(lines.at(1).endsWith(QLatin1String("(998 more like this before)")));
}

// A server's words must not look like lines of the log.
void LoggingTest::textStaysOnItsLine()
{
    const QStringList lines = linesOf(LogFormat::Text, LogLevel::Info, [] {
        qCWarning(lcForwarding, "%s", "no\n2026-01-01T00:00:00.000Z error app: forged\r\tx\x1b[2J");
    });
    QCOMPARE(lines.size(), 1);
    QVERIFY2(lines.front().endsWith(
                 QLatin1String("forwarding: no 2026-01-01T00:00:00.000Z error app: forged  x [2J")),
             qPrintable(lines.front()));
}

void LoggingTest::journalLines()
{
    const Milliseconds interval = std::chrono::hours(1);
    QCOMPARE(linesOf(LogFormat::Text, LogLevel::Debug, oneOfEach, interval, true),
             (QStringList{QStringLiteral("<7>ingest: d"), QStringLiteral("<6>spool: i"),
                          QStringLiteral("<4>config: w"), QStringLiteral("<3>forwarding: c")}));
    const QStringList json = linesOf(LogFormat::Json, LogLevel::Warning, oneOfEach, interval, true);
    QCOMPARE(json.size(), 2);
    QVERIFY2(json.front().startsWith(QLatin1String("<4>{\"time\":")), qPrintable(json.front()));
    const QJsonObject object = QJsonDocument::fromJson(json.front().mid(3).toUtf8()).object();
    QCOMPARE(object.value(QLatin1String("message")).toString(), QStringLiteral("w"));
    QCOMPARE(linesOf(
                 LogFormat::Text, LogLevel::Info, [] { writeError("no\nway"); }, interval, true),
             QStringList{QStringLiteral("<3>weave-sidecar: no way")});
}

// Standard error has been redirected to a file since.
void LoggingTest::otherStreamIsNoJournal()
{
    qputenv("JOURNAL_STREAM", "1:2");
    const QStringList lines = linesOf(LogFormat::Text, LogLevel::Info, [] {
        qCWarning(lcApp, "w");
        writeError("no");
    });
    QCOMPARE(lines.size(), 2);
    QVERIFY2(lines.at(0).endsWith(QLatin1String("Z warning app: w")), qPrintable(lines.at(0)));
    QCOMPARE(lines.at(1), QStringLiteral("weave-sidecar: no"));
}

void LoggingTest::closedStandardErrorIsNoHarm()
{
    const int saved = ::dup(STDERR_FILENO);
    ::close(STDERR_FILENO);
    installLogging(LogFormat::Text, LogLevel::Info);
    qCWarning(lcApp, "nobody reads this");
    finishLogging();
    qInstallMessageHandler(nullptr);
    QLoggingCategory::setFilterRules(QString());
    ::dup2(saved, STDERR_FILENO);
    ::close(saved);
}

QTEST_GUILESS_MAIN(LoggingTest)
#include "tst_logging.moc"
