#include "docgen/fishcompletion.h"

#include "config/choices.h"

#include <algorithm>

namespace Weave {

namespace {

std::string inQuotes(std::string_view text)
{
    return "'" + escaped(text, "'\\") + "'";
}

std::string functionName(const ProgramSpec &program)
{
    std::string name = "__fish_" + std::string(program.name) + "_command";
    std::replace(name.begin(), name.end(), '-', '_');
    return name;
}

// " a b c"
std::string wordList(const std::vector<CommandGroup> &groups)
{
    std::string words;
    for (const CommandGroup &group : groups)
        words.append(" ").append(group.word);
    return words;
}

// fish's own __fish_seen_subcommand_from takes the value of a flag for a command.
std::string commandFunction(const ProgramSpec &program)
{
    std::string valued;
    for (const OptionSpec &spec : program.options) {
        if (!spec.valueName.empty())
            valued.append(" --").append(spec.name);
    }
    return "# True when the line has so many words of a command, and the first is one of the "
           "others.\n"
           "function "
        + functionName(program) + R"( -a count
    set -l found
    set -l is_value 0
    set -l words (commandline -opc)
    set -e words[1]
    for word in $words
        if test $is_value = 1
            set is_value 0
        else if contains -- $word)"
        + valued + R"(
            set is_value 1
        else if not string match -q -- '-*' $word
            set -a found $word
        end
    end
    test $count = any -o $count = (count $found)
    and begin
        test (count $argv) = 1
        or contains -- "$found[1]" $argv[2..-1]
    end
end

)";
}

// When a flag is offered: in front of a command, if it is one of the daemon's, and behind the
// commands that take it. Empty: always.
std::string condition(const ProgramSpec &program, std::string_view flag, bool isDaemons)
{
    const auto groups = commandGroups(program);
    std::vector<CommandGroup> takers;
    for (const CommandGroup &group : groups) {
        const auto flags = flagsOf(program, group);
        if (std::find(flags.begin(), flags.end(), flag) != flags.end())
            takers.push_back(group);
    }
    if (isDaemons && takers.size() == groups.size())
        return {};
    std::string text = isDaemons ? functionName(program) + " 0" : std::string();
    if (!takers.empty())
        text += (text.empty() ? "" : "; or ") + functionName(program) + " any" + wordList(takers);
    return " -n " + inQuotes(text);
}

std::string valueArguments(const OptionSpec &spec)
{
    switch (valueKind(spec)) {
    case ValueKind::None:
        return {};
    case ValueKind::Words: {
        std::string words;
        for (const std::string_view word : choicesOf(spec.name))
            words.append(words.empty() ? "" : " ").append(word);
        return " -x -a " + inQuotes(words);
    }
    case ValueKind::File:
        return " -r -F";
    case ValueKind::Directory:
        return " -x -a '(__fish_complete_directories)'";
    case ValueKind::Group:
        return " -x -a '(__fish_complete_groups)'";
    case ValueKind::Free:
        break;
    }
    return " -x";
}

} // namespace

std::string fishCompletion(const ProgramSpec &program)
{
    const std::string name(program.name);
    const std::string start = "complete -c " + name;
    const auto groups = commandGroups(program);
    std::string script = "# Completion of " + name
        + " for fish, made from the program's own tables.\n\n" + start + " -f\n";
    if (!groups.empty())
        script += commandFunction(program);
    for (const CommandGroup &group : groups) {
        std::string help(group.specs.front()->help);
        if (group.hasSecondWords()) {
            help.clear();
            for (const CommandSpec *spec : group.specs) {
                help.append(help.empty() ? "" : ", ").append(secondWord(*spec));
                script += start + " -n "
                    + inQuotes(functionName(program) + " 1 " + std::string(group.word)) + " -a "
                    + std::string(secondWord(*spec)) + " -d " + inQuotes(spec->help) + "\n";
            }
        }
        script += start + " -n " + inQuotes(functionName(program) + " 0") + " -a "
            + std::string(group.word) + " -d " + inQuotes(help) + "\n";
    }
    for (const OptionSpec &spec : program.options)
        script += start + condition(program, spec.name, true) + " -l " + std::string(spec.name)
            + valueArguments(spec) + " -d " + inQuotes(summary(spec)) + "\n";
    for (const CommandSwitch &spec : program.switches)
        script += start + condition(program, spec.name, false) + " -l " + std::string(spec.name)
            + " -d " + inQuotes(summary(spec.help)) + "\n";
    return script;
}

} // namespace Weave
