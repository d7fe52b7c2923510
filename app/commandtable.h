#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>

namespace Weave {

enum class Command {
    Run,
    Status,
    Pause,
    Resume,
    Flush,
    Retry,
    Reload,
    ConfigCheck,
    ConfigShow,
    SpoolList,
    SpoolVerify,
    SpoolExport,
    SpoolRetry,
    SpoolPurge,
    Doctor,
    Help, // of the flag, as is Version
    Version,
};

// In the place of an option's name: all of them.
inline constexpr std::string_view AllOptions = "*";

// One command. Command line, help page, man page and completions all come from this table, so a
// new command is a row here and a case in main().
struct CommandSpec
{
    Command command;
    std::string_view name; // one word, or two: "spool ls"
    std::array<std::string_view, 2> switches; // of commandSwitches(), by name; empty: none
    // Of the option table, those that it reads besides config; empty: none.
    std::array<std::string_view, 2> options;
    std::string_view help;

    [[nodiscard]] bool takes(std::string_view switchName) const;
    [[nodiscard]] bool reads(std::string_view optionName) const;
};

// A flag that only commands have; it has no value.
struct CommandSwitch
{
    std::string_view name; // without the dashes
    std::string_view help;
};

// In the order of the help page.
[[nodiscard]] std::span<const CommandSpec> commandTable();
[[nodiscard]] std::span<const CommandSwitch> commandSwitches();

// Null when there is no such command. words are divided by one space.
[[nodiscard]] const CommandSpec *findCommand(std::string_view words);

// The second words of the commands that begin with this word: "ls, verify, …". Empty for a command
// of one word and for none.
[[nodiscard]] std::string secondWords(std::string_view firstWord);

// The first words of all commands: "status, pause, …".
[[nodiscard]] std::string firstWords();

// The names of the commands that take a switch: "status".
[[nodiscard]] std::string commandsWith(std::string_view switchName);

} // namespace Weave
