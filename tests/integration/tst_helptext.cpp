#include "app/commandtable.h"
#include "app/helptext.h"
#include "common/logging.h"
#include "config/optiontable.h"

#include <QRegularExpression>
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
    void everyCommandIsOnThePage();
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
    for (const char *text : {"Exit codes", "  0  ", "1  ", "2  "})
        QVERIFY(page.contains(QLatin1String(text)));
}

void HelpTextTest::everyCommandIsOnThePage()
{
    const QStringList lines = QString::fromStdString(helpText()).split(QLatin1Char('\n'));
    for (const CommandSpec &spec : commandTable()) {
        QString usage = QStringLiteral("  weave-sidecar ") + toQString(spec.name);
        for (const std::string_view name : spec.switches)
            usage += name.empty() ? QString() : QStringLiteral(" [--%1]").arg(toQString(name));
        const QStringList found = lines.filter(QRegularExpression(
            QLatin1Char('^') + QRegularExpression::escape(usage) + QStringLiteral("  ")));
        QCOMPARE(found.size(), 1);
        QVERIFY2(found.front().endsWith(toQString(spec.help)), qPrintable(found.front()));
    }
    for (const CommandSwitch &spec : commandSwitches())
        QCOMPARE(lines.filter(QStringLiteral("  --%1  [").arg(toQString(spec.name))).size(), 1);
}

QTEST_GUILESS_MAIN(HelpTextTest)
#include "tst_helptext.moc"
