#include "app/commandline.h"
#include "common/logging.h"
#include "config/optiontable.h"

#include <QTest>

#include <algorithm>

using namespace Weave;

namespace {

std::optional<std::string> noEnvironment(const char *)
{
    return std::nullopt;
}

Result<CommandLine> parse(const QStringList &arguments,
                          const Environment &environment = noEnvironment)
{
    return parseCommandLine(QStringList{QStringLiteral("weave-sidecar")} + arguments, environment);
}

QString errorOf(const QStringList &arguments)
{
    const auto line = parse(arguments);
    return line ? QString() : QString::fromStdString(line.error().message);
}

} // namespace

class CommandLineTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void noArgumentsRun();
    void everyFlagIsTaken_data();
    void everyFlagIsTaken();
    void equalsSignAndSpace();
    void laterFlagWins();
    void commands_data();
    void commands();
    void errors_data();
    void errors();
    void everyCommandIsOneOfTheErrors();
    void theTableNamesThingsThatExist();
    void flagBeatsEnvironment();
};

void CommandLineTest::noArgumentsRun()
{
    const auto line = parse({});
    QVERIFY(line);
    QCOMPARE(line->command, Command::Run);
    for (const OptionSpec &spec : optionTable())
        QCOMPARE(line->options.get(spec.name).text, std::string(spec.defaultValue));
}

void CommandLineTest::everyFlagIsTaken_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<bool>("isSwitch");
    for (const OptionSpec &spec : optionTable()) {
        const std::string name(spec.name);
        QTest::newRow(name.c_str()) << QString::fromStdString(name) << spec.valueName.empty();
    }
}

void CommandLineTest::everyFlagIsTaken()
{
    QFETCH(QString, name);
    QFETCH(bool, isSwitch);
    const QString flag = QStringLiteral("--") + name;
    if (isSwitch) {
        const auto line = parse({flag});
        QVERIFY(line);
        QVERIFY(line->options.has(name.toStdString()));
        QVERIFY(!errorOf({flag + QStringLiteral("=yes")}).isEmpty());
        return;
    }
    const auto line = parse({flag, QStringLiteral("some value")});
    QVERIFY(line);
    QCOMPARE(line->options.get(name.toStdString()).text, std::string("some value"));
    QCOMPARE(line->options.get(name.toStdString()).source, Options::Source::Flag);
    QVERIFY(errorOf({flag}).contains(name));
    QVERIFY(errorOf({flag, QString()}).contains(name));
}

void CommandLineTest::equalsSignAndSpace()
{
    for (const QStringList &arguments :
         {QStringList{QStringLiteral("--backend=file:a=b")},
          QStringList{QStringLiteral("--backend"), QStringLiteral("file:a=b")}}) {
        const auto line = parse(arguments);
        QVERIFY(line);
        QCOMPARE(line->options.get("backend").text, std::string("file:a=b"));
    }
}

void CommandLineTest::laterFlagWins()
{
    const auto line = parse({QStringLiteral("--senders"), QStringLiteral("2"),
                             QStringLiteral("--senders"), QStringLiteral("7")});
    QVERIFY(line);
    QCOMPARE(line->options.get("senders").text, std::string("7"));
}

void CommandLineTest::commands_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<Command>("command");
    QTest::addColumn<bool>("json");
    const QString status = QStringLiteral("status");
    const QString json = QStringLiteral("--json");
    for (const auto &[name, command] : {std::pair{"status", Command::Status},
                                        {"pause", Command::Pause},
                                        {"resume", Command::Resume},
                                        {"flush", Command::Flush},
                                        {"retry", Command::Retry},
                                        {"reload", Command::Reload},
                                        {"config check", Command::ConfigCheck},
                                        {"config show", Command::ConfigShow},
                                        {"spool ls", Command::SpoolList},
                                        {"spool verify", Command::SpoolVerify},
                                        {"spool export", Command::SpoolExport},
                                        {"spool retry", Command::SpoolRetry},
                                        {"spool purge", Command::SpoolPurge}})
        QTest::newRow(name) << QString::fromLatin1(name).split(QLatin1Char(' ')) << command
                            << false;
    QTest::newRow("status --json") << QStringList{status, json} << Command::Status << true;
    const QString doctor = QStringLiteral("doctor");
    QTest::newRow("doctor") << QStringList{doctor} << Command::Doctor << false;
    QTest::newRow("doctor --json") << QStringList{doctor, json} << Command::Doctor << true;
    QTest::newRow("--json status") << QStringList{json, status} << Command::Status << true;
    QTest::newRow("--help") << QStringList{QStringLiteral("--help")} << Command::Help << false;
    QTest::newRow("-h") << QStringList{QStringLiteral("-h")} << Command::Help << false;
    QTest::newRow("status --help")
        << QStringList{status, QStringLiteral("--help")} << Command::Help << false;
    QTest::newRow("--version") << QStringList{QStringLiteral("--version")} << Command::Version
                               << false;
}

void CommandLineTest::commands()
{
    QFETCH(QStringList, arguments);
    QFETCH(Command, command);
    QFETCH(bool, json);
    const auto line = parse(arguments);
    QVERIFY(line);
    QCOMPARE(line->command, command);
    QCOMPARE(line->json, json);
}

void CommandLineTest::errors_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QString>("named");
    QTest::newRow("unknown flag") << QStringList{QStringLiteral("--colour")}
                                  << QStringLiteral("colour");
    QTest::newRow("unknown letter") << QStringList{QStringLiteral("-x")} << QStringLiteral("x");
    QTest::newRow("unknown command")
        << QStringList{QStringLiteral("start")} << QStringLiteral("\"start\" is not a command");
    QTest::newRow("two commands") << QStringList{QStringLiteral("status"), QStringLiteral("now")}
                                  << QStringLiteral("\"status now\"");
    QTest::newRow("spool alone") << QStringList{QStringLiteral(
        "spool")} << QStringLiteral("spool needs one of: ls, verify, export, retry, purge");
    QTest::newRow("spool of nothing")
        << QStringList{QStringLiteral("spool"), QStringLiteral("eat")} << QStringLiteral("ls, ");
    QTest::newRow("--json") << QStringList{QStringLiteral(
        "--json")} << QStringLiteral("--json goes with the command status, config show, spool ls");
    QTest::newRow("pause --watch")
        << QStringList{QStringLiteral("pause"), QStringLiteral("--watch")}
        << QStringLiteral("--watch goes with the command status");
    QTest::newRow("verify --json")
        << QStringList{QStringLiteral("spool"), QStringLiteral("verify"), QStringLiteral("--json")}
        << QStringLiteral("--json goes with");
    QTest::newRow("ls --dead-letters")
        << QStringList{QStringLiteral("spool"), QStringLiteral("ls"),
                       QStringLiteral("--dead-letters")}
        << QStringLiteral("--dead-letters goes with the command spool export");
}

void CommandLineTest::errors()
{
    QFETCH(QStringList, arguments);
    QFETCH(QString, named);
    const QString error = errorOf(arguments);
    QVERIFY2(error.contains(named), qPrintable(error));
    QVERIFY2(error.contains(QLatin1String("--help")), qPrintable(error));
    QVERIFY(!error.contains(QLatin1Char('\n')));
}

void CommandLineTest::everyCommandIsOneOfTheErrors()
{
    const QString unknown = errorOf({QStringLiteral("no-such-command")});
    for (const CommandSpec &spec : commandTable()) {
        const QStringList words = toQString(spec.name).split(QLatin1Char(' '));
        QVERIFY2(unknown.contains(words.front()), spec.name.data());
        if (words.size() == 2)
            QVERIFY2(errorOf({words.front()}).contains(words.back()), spec.name.data());
        // Each is said once.
        QCOMPARE(unknown.count(QLatin1Char(' ') + words.front()), 1);
    }
}

void CommandLineTest::theTableNamesThingsThatExist()
{
    const auto switches = commandSwitches();
    for (const CommandSpec &spec : commandTable()) {
        QVERIFY(findCommand(spec.name) == &spec);
        QVERIFY(!spec.help.empty());
        for (const std::string_view option : spec.options)
            QVERIFY2(option.empty() || option == AllOptions || findOption(option),
                     spec.name.data());
        for (const std::string_view name : spec.switches)
            QVERIFY2(name.empty()
                         || std::any_of(switches.begin(), switches.end(),
                                        [name](const auto &known) { return known.name == name; }),
                     spec.name.data());
    }
    for (const CommandSwitch &spec : switches) {
        QVERIFY2(!commandsWith(spec.name).empty(), spec.name.data());
        QVERIFY2(!findOption(spec.name), spec.name.data()); // a name has one meaning
    }
}

void CommandLineTest::flagBeatsEnvironment()
{
    const Environment environment = [](const char *name) -> std::optional<std::string> {
        if (std::string_view(name) == "WEAVE_SIDECAR_SOCKET")
            return "/from/environment";
        if (std::string_view(name) == "WANDB_API_KEY")
            return "key";
        return std::nullopt;
    };
    const auto line =
        parse({QStringLiteral("--socket"), QStringLiteral("/from/flag")}, environment);
    QVERIFY(line);
    QCOMPARE(line->options.get("socket").text, std::string("/from/flag"));
    QCOMPARE(line->options.get("api-key").source, Options::Source::Variable);
    QCOMPARE(line->options.displayName("api-key"), std::string("WANDB_API_KEY"));
}

QTEST_GUILESS_MAIN(CommandLineTest)
#include "tst_commandline.moc"
