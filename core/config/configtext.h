#pragma once

#include "common/result.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace Weave {

// One line of a config file: a flag's name and the text that the flag would have been given.
struct ConfigSetting
{
    std::string name;
    std::string text; // a switch that is off, and an empty string, are empty
    int line = 0; // from 1
};

// Reads a config file: TOML v1.0, flat, with the names of flags as keys. Every key is one of the
// option table's that may stand in a file, and its value is of the flag's kind: a string, a whole
// number, or for switches true or false. The error names the line.
[[nodiscard]] Result<std::vector<ConfigSetting>> parseConfigText(std::string_view text);

// The text with these settings changed and all the rest, comments too, as it was. An empty value
// takes the setting out. What is not there yet goes to the end. An error when the text is no config
// file in the first place.
using ConfigChange = std::pair<std::string, std::string>; // name and new value
[[nodiscard]] Result<std::string> editConfigText(std::string_view text,
                                                 const std::vector<ConfigChange> &changes);

} // namespace Weave
