#include "docgen/zshcompletion.h"

#include "config/choices.h"

#include <algorithm>

namespace Weave {

namespace {

// Inside single quotes a quote cannot be escaped, only stand outside of them.
std::string inQuotes(std::string_view text)
{
    std::string result = "'";
    for (const char c : text)
        result += c == '\'' ? std::string(R"('\'')") : std::string(1, c);
    return result + "'";
}

std::string description(const std::string &summary)
{
    return "[" + escaped(summary, "[]:\\") + "]";
}

std::string valueAction(const OptionSpec &spec)
{
    const std::string name = ":" + escaped(spec.valueName, ":\\") + ":";
    switch (valueKind(spec)) {
    case ValueKind::None:
        return {};
    case ValueKind::Words: {
        std::string words;
        for (const std::string_view word : choicesOf(spec.name))
            words.append(words.empty() ? "" : " ").append(word);
        return name + "(" + words + ")";
    }
    case ValueKind::File:
        return name + "_files";
    case ValueKind::Directory:
        return name + "_files -/";
    case ValueKind::Group:
        return name + "_groups";
    case ValueKind::Free:
        break;
    }
    return name + " "; // it is named, and nothing is offered
}

// One flag as _arguments wants it: "--name=[help]:VALUE:action".
std::string argument(const OptionSpec &spec)
{
    const bool endsAll = spec.name == "help" || spec.name == "version";
    return inQuotes((endsAll ? "(- *)--" : "--") + std::string(spec.name)
                    + (spec.valueName.empty() ? "" : "=") + description(summary(spec))
                    + valueAction(spec));
}

std::string flagArguments(const ProgramSpec &program, const std::vector<std::string_view> &names)
{
    std::string list;
    for (const OptionSpec &spec : program.options) {
        if (std::find(names.begin(), names.end(), spec.name) != names.end())
            list.append("      ").append(argument(spec)).append("\n");
    }
    for (const CommandSwitch &spec : program.switches) {
        if (std::find(names.begin(), names.end(), spec.name) != names.end())
            list.append("      ")
                .append(inQuotes("--" + std::string(spec.name) + description(summary(spec.help))))
                .append("\n");
    }
    return list;
}

// Looks for the command among the words, past flags and their values, and leaves the line from
// there on: flags in front of a command are no business of its own.
void appendCommandSearch(std::string &script, const ProgramSpec &program)
{
    std::string valued;
    for (const OptionSpec &spec : program.options) {
        if (!spec.valueName.empty())
            valued.append(valued.empty() ? "--" : "|--").append(spec.name);
    }
    script += R"(  for ((i = 2; i < CURRENT; i++)); do
    case $words[i] in
)";
    script.append("      (").append(valued).append(") ((i++)) ;;\n");
    script += R"(      (-*) ;;
      (*)
        first=$words[i]
        words=("${(@)words[i,-1]}")
        ((CURRENT -= i - 1))
        break
        ;;
    esac
  done
)";
}

void appendFlags(std::string &script, const ProgramSpec &program)
{
    std::vector<std::string_view> all;
    for (const OptionSpec &spec : program.options)
        all.push_back(spec.name);
    script += "  case $first in\n    ('') flags=(\n" + flagArguments(program, all) + "    ) ;;\n";
    for (const CommandGroup &group : commandGroups(program))
        script += "    (" + std::string(group.word) + ") flags=(\n"
            + flagArguments(program, flagsOf(program, group)) + "    ) ;;\n";
    script += "  esac\n";
}

std::string described(std::string_view word, std::string_view help)
{
    return "      " + inQuotes(escaped(word, ":\\") + ":" + escaped(help, "\\")) + "\n";
}

void appendCommands(std::string &script, const ProgramSpec &program)
{
    const auto groups = commandGroups(program);
    script += "  _arguments -C $flags '1: :->command' && return\n"
              "  case $state:$first in\n    (command:) commands=(\n";
    for (const CommandGroup &group : groups) {
        std::string help(group.specs.front()->help);
        if (group.hasSecondWords()) {
            help.clear();
            for (const CommandSpec *spec : group.specs)
                help.append(help.empty() ? "" : ", ").append(secondWord(*spec));
        }
        script += described(group.word, help);
    }
    script += "    ) ;;\n";
    for (const CommandGroup &group : groups) {
        if (!group.hasSecondWords())
            continue;
        script += "    (command:" + std::string(group.word) + ") commands=(\n";
        for (const CommandSpec *spec : group.specs)
            script += described(secondWord(*spec), spec->help);
        script += "    ) ;;\n";
    }
    script += "  esac\n  _describe -t commands command commands\n";
}

} // namespace

std::string zshCompletion(const ProgramSpec &program)
{
    const std::string name(program.name);
    std::string script = "#compdef " + name + "\n# Completion of " + name
        + " for zsh, made from the program's own tables.\n\n_" + name
        + "() {\n  local curcontext=$curcontext state first='' i\n  local -a flags commands line\n"
          "  local -A opt_args\n";
    appendCommandSearch(script, program);
    appendFlags(script, program);
    if (program.commands.empty())
        script += "  _arguments $flags\n";
    else
        appendCommands(script, program);
    return script + "}\n\n_" + name + " \"$@\"\n";
}

} // namespace Weave
