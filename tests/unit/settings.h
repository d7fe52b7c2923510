#pragma once

#include "config/environment.h"
#include "config/options.h"

#include <initializer_list>
#include <map>
#include <string>
#include <utility>

namespace Weave {

using Settings = std::initializer_list<std::pair<const char *, const char *>>;

// Environment variables that are these and no others.
inline Environment environmentOf(std::map<std::string, std::string> variables)
{
    return [variables = std::move(variables)](const char *name) -> std::optional<std::string> {
        const auto found = variables.find(name);
        return found == variables.end() ? std::nullopt : std::optional(found->second);
    };
}

inline Environment environmentOf(Settings variables)
{
    return environmentOf(std::map<std::string, std::string>(variables.begin(), variables.end()));
}

// Flags as the command line sets them.
inline Options optionsOf(Settings flags)
{
    Options options;
    for (const auto &[name, text] : flags)
        options.set(name, text, Options::Source::Flag);
    return options;
}

} // namespace Weave
