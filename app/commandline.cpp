#include "app/commandline.h"

#include "common/logging.h"
#include "config/optiontable.h"

#include <QCommandLineParser>

#include <array>
#include <utility>

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
    parser.addOption(QCommandLineOption(QStringLiteral("json")));
    parser.addOption(QCommandLineOption(QStringLiteral("watch")));
}

// The commands that are one word.
bool readCommand(const QStringList &words, CommandLine &line)
{
    using Command = CommandLine::Command;
    constexpr std::array<std::pair<const char *, Command>, 6> Commands{
        {{"status", Command::Status},
         {"pause", Command::Pause},
         {"resume", Command::Resume},
         {"flush", Command::Flush},
         {"retry", Command::Retry},
         {"reload", Command::Reload}}};
    for (const auto &[name, command] : Commands) {
        if (words == QStringList{QLatin1String(name)}) {
            line.command = command;
            return true;
        }
    }
    return false;
}

bool readSpoolAction(const QString &word, CommandLine &line)
{
    using Action = CommandLine::SpoolAction;
    constexpr std::array<std::pair<const char *, Action>, 5> Actions{{{"ls", Action::List},
                                                                      {"verify", Action::Verify},
                                                                      {"export", Action::Export},
                                                                      {"retry", Action::Retry},
                                                                      {"purge", Action::Purge}}};
    for (const auto &[name, action] : Actions) {
        if (word == QLatin1String(name)) {
            line.command = CommandLine::Command::Spool;
            line.spoolAction = action;
            return true;
        }
    }
    return false;
}

bool readConfigAction(const QString &word, CommandLine &line)
{
    line.command = CommandLine::Command::Config;
    line.configAction = word == QLatin1String("show") ? CommandLine::ConfigAction::Show
                                                      : CommandLine::ConfigAction::Check;
    return word == QLatin1String("show") || word == QLatin1String("check");
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

    const QStringList commands = parser.positionalArguments();
    if (line.options.has("help"))
        line.command = CommandLine::Command::Help;
    else if (line.options.has("version"))
        line.command = CommandLine::Command::Version;
    else if (commands.value(0) == QLatin1String("spool")) {
        if (commands.size() != 2 || !readSpoolAction(commands.at(1), line))
            return usageError(
                QStringLiteral("spool needs one of: ls, verify, export, retry, purge"));
    } else if (commands.value(0) == QLatin1String("config")) {
        if (commands.size() != 2 || !readConfigAction(commands.at(1), line))
            return usageError(QStringLiteral("config needs one of: check, show"));
    } else if (!commands.isEmpty() && !readCommand(commands, line))
        return usageError(QStringLiteral("\"%1\" is not a command; there are: status, pause, "
                                         "resume, flush, retry, reload, spool, config")
                              .arg(commands.join(QLatin1Char(' '))));
    if (line.json && line.command == CommandLine::Command::Run)
        return usageError(QStringLiteral("--json goes with the command status"));
    using Command = CommandLine::Command;
    if (line.watch && line.command != Command::Status && line.command != Command::Help
        && line.command != Command::Version)
        return usageError(QStringLiteral("--watch goes with the command status"));
    return line;
}

} // namespace Weave
