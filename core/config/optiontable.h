#pragma once

#include <span>
#include <string_view>

namespace Weave {

// What a running daemon does with a new value when it is told to reload.
enum class OnReload {
    Applies,
    NeedsRestart,
    NotInFile, // the command line's and the environment's alone
};

// One flag of the daemon. Command line, environment, config file, help page and documentation all
// come from this table, so a thing has one name everywhere.
struct OptionSpec
{
    std::string_view name; // without the dashes
    std::string_view valueName; // empty: a switch
    std::string_view defaultValue; // empty: none
    std::string_view environment; // empty: none
    std::string_view section; // of the help page
    std::string_view help;
    OnReload onReload = OnReload::Applies;

    [[nodiscard]] bool isSwitch() const { return valueName.empty(); }
};

// In the order of the help page.
[[nodiscard]] std::span<const OptionSpec> optionTable();

// Null when there is no such flag.
[[nodiscard]] const OptionSpec *findOption(std::string_view name);

} // namespace Weave
