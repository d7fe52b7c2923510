#include "app/helptext.h"
#include "config/optiontable.h"

#include <QStringList>
#include <QTest>

using namespace Weave;

class HelpTextTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyFlagIsOnThePage_data();
    void everyFlagIsOnThePage();
    void fitsTheTerminal();
    void namesTheExitCodes();
};

void HelpTextTest::everyFlagIsOnThePage_data()
{
    QTest::addColumn<QString>("name");
    for (const OptionSpec &spec : optionTable()) {
        const std::string name(spec.name);
        QTest::newRow(name.c_str()) << QString::fromStdString(name);
    }
}

void HelpTextTest::everyFlagIsOnThePage()
{
    QFETCH(QString, name);
    const QString page = QString::fromStdString(helpText());
    const QStringList lines = page.split(QLatin1Char('\n'));
    const QString start = QStringLiteral("  --") + name;
    QStringList found;
    for (const QString &line : lines) {
        if (line == start || line.startsWith(start + QLatin1Char(' ')))
            found << line;
    }
    QCOMPARE(found.size(), 1);
    const OptionSpec *spec = findOption(name.toStdString());
    QVERIFY(spec);
    for (const std::string_view part : {spec->valueName, spec->defaultValue, spec->environment})
        QVERIFY(found.front().contains(
            QString::fromUtf8(part.data(), static_cast<qsizetype>(part.size()))));
    // Its text, however the lines were cut.
    const QString help =
        QString::fromUtf8(spec->help.data(), static_cast<qsizetype>(spec->help.size()));
    QVERIFY(page.simplified().contains(help.simplified()));
}

void HelpTextTest::fitsTheTerminal()
{
    const QString page = QString::fromStdString(helpText());
    QVERIFY(page.endsWith(QLatin1Char('\n')));
    for (const QString &line : page.split(QLatin1Char('\n'))) {
        QVERIFY2(line.size() <= 100, qPrintable(line));
        QVERIFY2(!line.endsWith(QLatin1Char(' ')), qPrintable(line));
    }
}

void HelpTextTest::namesTheExitCodes()
{
    const QString page = QString::fromStdString(helpText());
    for (const char *text : {"Exit codes", "  0  ", "1  ", "2  ", "weave-sidecar status",
                             "status --watch", "weave-sidecar pause", "weave-sidecar resume",
                             "weave-sidecar flush", "weave-sidecar retry"})
        QVERIFY(page.contains(QLatin1String(text)));
}

QTEST_GUILESS_MAIN(HelpTextTest)
#include "tst_helptext.moc"
