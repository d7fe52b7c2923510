#include "docgen/bashcompletion.h"

#include "config/choices.h"

#include <algorithm>

namespace Weave {

namespace {

// A function's name may not have every letter that a program's may.
std::string functionName(const ProgramSpec &program)
{
    std::string name = "_" + std::string(program.name);
    std::replace(name.begin(), name.end(), '-', '_');
    return name;
}

template <class Names>
std::string joined(const Names &names, std::string_view before, std::string_view between)
{
    std::string list;
    for (const auto &name : names)
        list.append(list.empty() ? "" : between).append(before).append(name);
    return list;
}

// Of all options whose value is of this kind: "--a|--b". Empty when there are none.
std::string pattern(const ProgramSpec &program, ValueKind kind)
{
    std::vector<std::string_view> names;
    for (const OptionSpec &spec : program.options) {
        if (valueKind(spec) == kind)
            names.push_back(spec.name);
    }
    return joined(names, "--", "|");
}

std::string offer(const std::string &words)
{
    return "COMPREPLY=($(compgen -W '" + words + "' -- \"$cur\"))";
}

void appendCase(std::string &script, const std::string &names, const std::string &action)
{
    if (!names.empty())
        script.append("        ").append(names).append(") ").append(action).append(" ;;\n");
}

// The value of the flag before the cursor.
void appendValues(std::string &script, const ProgramSpec &program)
{
    script += "    case $flag in\n";
    for (const OptionSpec &spec : program.options) {
        if (valueKind(spec) == ValueKind::Words)
            appendCase(script, "--" + std::string(spec.name),
                       offer(joined(choicesOf(spec.name), "", " ")) + "; return");
    }
    appendCase(script, pattern(program, ValueKind::File), "compopt -o default 2>/dev/null; return");
    appendCase(script, pattern(program, ValueKind::Directory),
               "compopt -o dirnames 2>/dev/null; return");
    appendCase(script, pattern(program, ValueKind::Group),
               "COMPREPLY=($(compgen -g -- \"$cur\")); return");
    appendCase(script, pattern(program, ValueKind::Free), "return");
    script += "    esac\n";
}

// Which command the line has. Words of COMP_WORDS are divided at ":" and "=", too, so it is looked
// for in the line itself.
void appendCommandSearch(std::string &script, const ProgramSpec &program)
{
    std::vector<std::string_view> names;
    for (const OptionSpec &spec : program.options) {
        if (!spec.valueName.empty())
            names.push_back(spec.name);
    }
    script += R"(    local first='' second='' i line=${COMP_LINE:0:COMP_POINT} words
    read -ra words <<< "${line% *}"
    for ((i = 1; i < ${#words[@]}; i++)); do
        case ${words[i]} in
)";
    script.append("            ").append(joined(names, "--", "|")).append(") ((i++)) ;;\n");
    script += R"(            -*) ;;
            *) if [[ -z $first ]]; then first=${words[i]}; else second=${words[i]}; fi ;;
        esac
    done
)";
}

void appendFlags(std::string &script, const ProgramSpec &program)
{
    std::vector<std::string_view> all;
    for (const OptionSpec &spec : program.options)
        all.push_back(spec.name);
    script += "    if [[ $cur == -* ]]; then\n        case $first in\n";
    script.append("            '') ").append(offer(joined(all, "--", " "))).append(" ;;\n");
    for (const CommandGroup &group : commandGroups(program))
        script.append("            ")
            .append(group.word)
            .append(") ")
            .append(offer(joined(flagsOf(program, group), "--", " ")))
            .append(" ;;\n");
    script += "        esac\n        return\n    fi\n";
}

void appendCommands(std::string &script, const ProgramSpec &program)
{
    std::vector<std::string_view> firstWords;
    for (const CommandGroup &group : commandGroups(program))
        firstWords.push_back(group.word);
    script += "    case $first:$second in\n";
    appendCase(script, ":", offer(joined(firstWords, "", " ")));
    for (const CommandGroup &group : commandGroups(program)) {
        if (!group.hasSecondWords())
            continue;
        std::vector<std::string_view> words;
        for (const CommandSpec *spec : group.specs)
            words.push_back(secondWord(*spec));
        appendCase(script, std::string(group.word) + ":", offer(joined(words, "", " ")));
    }
    script += "    esac\n";
}

} // namespace

std::string bashCompletion(const ProgramSpec &program)
{
    std::string script = "# Completion of " + std::string(program.name)
        + " for bash, made from the program's own tables.\n\n" + functionName(program) + R"(()
{
    local cur=${COMP_WORDS[COMP_CWORD]} flag=${COMP_WORDS[COMP_CWORD-1]}
    COMPREPLY=()
    # Of --flag=value, flag, "=" and value are words of their own.
    if [[ $cur == '=' ]]; then
        cur=''
    elif [[ $flag == '=' ]]; then
        flag=${COMP_WORDS[COMP_CWORD-2]}
    fi
)";
    appendValues(script, program);
    appendCommandSearch(script, program);
    appendFlags(script, program);
    if (!program.commands.empty())
        appendCommands(script, program);
    script += "}\n\ncomplete -F " + functionName(program) + " " + std::string(program.name) + "\n";
    return script;
}

} // namespace Weave
