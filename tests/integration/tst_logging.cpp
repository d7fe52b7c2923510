#include "common/logging.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>
#include <QTemporaryFile>
#include <QTest>

#include <functional>
#include <unistd.h>

using namespace Weave;

namespace {

// What goes to standard error while write runs.
QStringList linesOf(LogFormat format, LogLevel level, const std::function<void()> &write)
{
    QTemporaryFile file;
    if (!file.open())
        return {};
    const int saved = ::dup(STDERR_FILENO);
    ::dup2(file.handle(), STDERR_FILENO);
    installLogging(format, level);
    write();
    qInstallMessageHandler(nullptr);
    QLoggingCategory::setFilterRules(QString());
    ::dup2(saved, STDERR_FILENO);
    ::close(saved);
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
    QCOMPARE(linesOf(LogFormat::Text, LogLevel::Info, thrice).size(), 1);
    // Details are for who asks for all of them.
    QCOMPARE(linesOf(LogFormat::Text, LogLevel::Debug,
                     [] {
                         for (int i = 0; i < 3; ++i)
                             qCDebug(lcSpool, "step %d", i);
                     })
                 .size(),
             3);
}

void LoggingTest::closedStandardErrorIsNoHarm()
{
    const int saved = ::dup(STDERR_FILENO);
    ::close(STDERR_FILENO);
    installLogging(LogFormat::Text, LogLevel::Info);
    qCWarning(lcApp, "nobody reads this");
    qInstallMessageHandler(nullptr);
    QLoggingCategory::setFilterRules(QString());
    ::dup2(saved, STDERR_FILENO);
    ::close(saved);
}

QTEST_GUILESS_MAIN(LoggingTest)
#include "tst_logging.moc"
