#pragma once

#include <span>
#include <string_view>

namespace Weave {

// One flag of the daemon. Command line, environment, help page and documentation all come from
// this table, so a thing has one name everywhere.
struct OptionSpec
{
    std::string_view name; // without the dashes
    std::string_view valueName; // empty: a switch
    std::string_view defaultValue; // empty: none
    std::string_view environment; // empty: none
    std::string_view section; // of the help page
    std::string_view help;
};

// In the order of the help page.
[[nodiscard]] std::span<const OptionSpec> optionTable();

// Null when there is no such flag.
[[nodiscard]] const OptionSpec *findOption(std::string_view name);

} // namespace Weave
