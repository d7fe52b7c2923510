#include "app/commandtable.h"

#include <algorithm>

namespace Weave {

namespace {

constexpr std::array<CommandSpec, 14> Table{{
    {Command::Status,
     "status",
     {"json", "watch"},
     {"socket"},
     "what a running daemon has received and delivered"},
    {Command::Pause,
     "pause",
     {},
     {"socket"},
     "keep calls and send none, until resume or a restart"},
    {Command::Resume, "resume", {}, {"socket"}, "let delivery go on"},
    {Command::Flush, "flush", {}, {"socket"}, "send what waits now; says what is left after 4s"},
    {Command::Retry, "retry", {}, {"socket"}, "try what waits for another attempt now"},
    {Command::Reload,
     "reload",
     {},
     {"socket"},
     "read the config files again; says what that changes"},
    {Command::ConfigCheck,
     "config check",
     {},
     {AllOptions},
     "whether the daemon could start with these settings"},
    {Command::ConfigShow,
     "config show",
     {"json"},
     {AllOptions},
     "every setting, and where its value comes from"},
    {Command::SpoolList,
     "spool ls",
     {"json"},
     {"spool-dir"},
     "what waits on disk, and what was given up and why"},
    {Command::SpoolVerify, "spool verify", {}, {"spool-dir"}, "check every record of the spool"},
    {Command::SpoolExport,
     "spool export",
     {"dead-letters"},
     {"spool-dir"},
     "print what waits and what was given up, a call a line"},
    {Command::SpoolRetry,
     "spool retry",
     {},
     {"spool-dir", "socket"},
     "hand what was given up to the daemon once more"},
    {Command::SpoolPurge,
     "spool purge",
     {},
     {"spool-dir"},
     "remove what was given up and damaged pieces"},
    {Command::Doctor,
     "doctor",
     {"json"},
     {AllOptions},
     "look for what is wrong here, and say what to do"},
}};

constexpr std::array<CommandSwitch, 3> Switches{{
    {"json", "Print it as JSON, for programs."},
    {"watch", "Print it once a second, until Ctrl-C."},
    {"dead-letters", "Of what was given up alone, without what waits."},
}};

std::string_view firstWordOf(std::string_view name)
{
    return name.substr(0, name.find(' '));
}

// Appends once: words of the table that belong together stand side by side.
void append(std::string &list, std::string_view word)
{
    if (list.empty())
        list = word;
    else if (list != word && !list.ends_with(" " + std::string(word)))
        list.append(", ").append(word);
}

} // namespace

bool CommandSpec::takes(std::string_view switchName) const
{
    return std::find(switches.begin(), switches.end(), switchName) != switches.end();
}

bool CommandSpec::reads(std::string_view optionName) const
{
    return optionName == "config" || options.front() == AllOptions
        || std::find(options.begin(), options.end(), optionName) != options.end();
}

std::span<const CommandSpec> commandTable()
{
    return Table;
}

std::span<const CommandSwitch> commandSwitches()
{
    return Switches;
}

const CommandSpec *findCommand(std::string_view words)
{
    const auto *const found =
        std::find_if(Table.begin(), Table.end(),
                     [words](const CommandSpec &spec) { return spec.name == words; });
    return found == Table.end() ? nullptr : &*found;
}

std::string secondWords(std::string_view firstWord)
{
    std::string list;
    for (const CommandSpec &spec : Table) {
        const std::string_view first = firstWordOf(spec.name);
        if (first == firstWord && first != spec.name)
            append(list, spec.name.substr(first.size() + 1));
    }
    return list;
}

std::string firstWords()
{
    std::string list;
    for (const CommandSpec &spec : Table)
        append(list, firstWordOf(spec.name));
    return list;
}

std::string commandsWith(std::string_view switchName)
{
    std::string list;
    for (const CommandSpec &spec : Table) {
        if (spec.takes(switchName))
            append(list, spec.name);
    }
    return list;
}

} // namespace Weave
