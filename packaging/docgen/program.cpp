#include "docgen/program.h"

#ifdef WEAVE_WITH_TRAY
#include "app/trayoptions.h"
#endif
#include "config/choices.h"

#include <algorithm>

namespace Weave {

namespace {

bool contains(std::span<const std::string_view> names, std::string_view name)
{
    return std::find(names.begin(), names.end(), name) != names.end();
}

} // namespace

const ProgramSpec *findProgram(std::string_view name)
{
    static const ProgramSpec Daemon{"weave-sidecar", optionTable(), commandTable(),
                                    commandSwitches()};
    if (name == Daemon.name)
        return &Daemon;
#ifdef WEAVE_WITH_TRAY
    static const ProgramSpec Tray{"weave-sidecar-tray", trayOptionTable(), {}, {}};
    if (name == Tray.name)
        return &Tray;
#endif
    return nullptr;
}

ValueKind valueKind(const OptionSpec &spec)
{
    if (spec.valueName.empty())
        return ValueKind::None;
    if (!choicesOf(spec.name).empty())
        return ValueKind::Words;
    if (spec.valueName == "PATH" || spec.valueName == "FILE")
        return ValueKind::File;
    if (spec.valueName == "DIR")
        return ValueKind::Directory;
    return spec.valueName == "GROUP" ? ValueKind::Group : ValueKind::Free;
}

std::string choiceList(const OptionSpec &spec)
{
    std::string list;
    for (const std::string_view word : choicesOf(spec.name))
        list.append(list.empty() ? "" : ", ").append(word);
    return list;
}

std::string summary(std::string_view help)
{
    std::size_t end = help.size();
    for (const std::string_view mark : {". ", "; ", ": ", " (", ", for example"})
        end = std::min(end, help.find(mark));
    std::string text(help.substr(0, end));
    if (text.ends_with('.'))
        text.pop_back();
    return text;
}

std::string summary(const OptionSpec &spec)
{
    std::string text = summary(spec.help);
    // A help that explains one word after the other has no beginning for all of them.
    const auto words = choicesOf(spec.name);
    return contains(words, text) ? "One of " + choiceList(spec) : text;
}

std::vector<CommandGroup> commandGroups(const ProgramSpec &program)
{
    std::vector<CommandGroup> groups;
    for (const CommandSpec &spec : program.commands) {
        const std::string_view word = spec.name.substr(0, spec.name.find(' '));
        if (groups.empty() || groups.back().word != word)
            groups.push_back({word, {}});
        groups.back().specs.push_back(&spec);
    }
    return groups;
}

std::string_view secondWord(const CommandSpec &spec)
{
    const std::size_t space = spec.name.find(' ');
    return space == std::string_view::npos ? std::string_view() : spec.name.substr(space + 1);
}

std::vector<std::string_view> flagsOf(const ProgramSpec &program, const CommandGroup &group)
{
    std::vector<std::string_view> flags;
    for (const OptionSpec &option : program.options) {
        const bool isRead =
            std::any_of(group.specs.begin(), group.specs.end(),
                        [&option](const CommandSpec *spec) { return spec->reads(option.name); });
        if (isRead || option.name == "help")
            flags.push_back(option.name);
    }
    for (const CommandSwitch &known : program.switches) {
        if (std::any_of(group.specs.begin(), group.specs.end(),
                        [&known](const CommandSpec *spec) { return spec->takes(known.name); }))
            flags.push_back(known.name);
    }
    return flags;
}

std::string escaped(std::string_view text, std::string_view characters)
{
    std::string result;
    for (const char c : text) {
        if (characters.find(c) != std::string_view::npos)
            result += '\\';
        result += c;
    }
    return result;
}

} // namespace Weave
