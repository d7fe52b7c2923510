#include "app/commandline.h"

#include "common/logging.h"
#include "config/optiontable.h"

#include <QCommandLineParser>

namespace Weave {

namespace {

Error usageError(const QString &text)
{
    return {ErrorCode::InvalidArgument,
            text.toStdString() + ". Run weave-sidecar --help for the flags"};
}

void addOptions(QCommandLineParser &parser)
{
    for (const OptionSpec &spec : optionTable()) {
        QStringList names{toQString(spec.name)};
        if (spec.name == "help")
            names << QStringLiteral("h");
        QCommandLineOption option(names);
        if (!spec.valueName.empty())
            option.setValueName(toQString(spec.valueName));
        parser.addOption(option);
    }
    for (const CommandSwitch &spec : commandSwitches())
        parser.addOption(QCommandLineOption(toQString(spec.name)));
}

// Takes the command from its words; an error when there is none like that, or when it does not take
// a switch that was given.
Result<void> readCommand(const QCommandLineParser &parser, CommandLine &line)
{
    const QStringList words = parser.positionalArguments();
    const CommandSpec *const command = findCommand(words.join(QLatin1Char(' ')).toStdString());
    if (command) {
        line.command = command->command;
    } else if (!words.isEmpty()) {
        const std::string first = words.front().toStdString();
        if (const std::string second = secondWords(first); !second.empty())
            return usageError(toQString(first + " needs one of: " + second));
        return usageError(QStringLiteral("\"%1\" is not a command; there are: %2")
                              .arg(words.join(QLatin1Char(' ')), toQString(firstWords())));
    }
    for (const CommandSwitch &spec : commandSwitches()) {
        if (parser.isSet(toQString(spec.name)) && !(command && command->takes(spec.name)))
            return usageError(toQString("--" + std::string(spec.name) + " goes with the command "
                                        + commandsWith(spec.name)));
    }
    return {};
}

} // namespace

Result<CommandLine> parseCommandLine(const QStringList &arguments, const Environment &environment)
{
    QCommandLineParser parser;
    addOptions(parser);
    if (!parser.parse(arguments)) {
        QString text = parser.errorText();
        if (text.endsWith(QLatin1Char('.')))
            text.chop(1);
        return usageError(text);
    }

    CommandLine line;
    line.options.readEnvironment(environment);
    for (const OptionSpec &spec : optionTable()) {
        const QString name = toQString(spec.name);
        if (!parser.isSet(name))
            continue;
        const bool isSwitch = spec.valueName.empty();
        if (!isSwitch && parser.value(name).isEmpty())
            return usageError(QStringLiteral("--%1: the value is missing").arg(name));
        line.options.set(spec.name, isSwitch ? "true" : parser.value(name).toStdString(),
                         Options::Source::Flag);
    }
    line.json = parser.isSet(QStringLiteral("json"));
    line.watch = parser.isSet(QStringLiteral("watch"));
    line.onlyDeadLetters = parser.isSet(QStringLiteral("dead-letters"));

    if (line.options.has("help"))
        line.command = Command::Help;
    else if (line.options.has("version"))
        line.command = Command::Version;
    else if (const auto read = readCommand(parser, line); !read)
        return read.error();
    return line;
}

} // namespace Weave
