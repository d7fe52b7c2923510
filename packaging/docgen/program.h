#pragma once

#include "app/commandtable.h"
#include "config/optiontable.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace Weave {

// A program as its man page and its completions need it: the tables that its command line is read
// by.
struct ProgramSpec
{
    std::string_view name;
    std::span<const OptionSpec> options;
    std::span<const CommandSpec> commands;
    std::span<const CommandSwitch> switches; // of the commands
};

// weave-sidecar or, where it is built, weave-sidecar-tray. Null for any other name.
[[nodiscard]] const ProgramSpec *findProgram(std::string_view name);

// What a shell can offer for the value of an option.
enum class ValueKind { None, Words, File, Directory, Group, Free };
[[nodiscard]] ValueKind valueKind(const OptionSpec &spec);

// What comes first in the help, for a shell that shows one line a flag.
[[nodiscard]] std::string summary(const OptionSpec &spec);
[[nodiscard]] std::string summary(std::string_view help);
// "a, b, c"; empty when the option takes any value.
[[nodiscard]] std::string choiceList(const OptionSpec &spec);

// Commands by their first word, in the order of the table: those of one word have one spec, whose
// name is the word; the others have all that begin with it.
struct CommandGroup
{
    std::string_view word;
    std::vector<const CommandSpec *> specs;

    [[nodiscard]] bool hasSecondWords() const { return specs.front()->name != word; }
};
[[nodiscard]] std::vector<CommandGroup> commandGroups(const ProgramSpec &program);
// What stands behind the first word; empty for a command of one word.
[[nodiscard]] std::string_view secondWord(const CommandSpec &spec);

// The flags that go with a group's commands: the options that they read, their switches, --help. By
// name and in the order of the tables.
[[nodiscard]] std::vector<std::string_view> flagsOf(const ProgramSpec &program,
                                                    const CommandGroup &group);

// The text with a backslash before each of `characters`.
[[nodiscard]] std::string escaped(std::string_view text, std::string_view characters);

} // namespace Weave
