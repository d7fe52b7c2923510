#pragma once

#include "common/result.h"
#include "config/environment.h"

#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace Weave {

// What the user typed, nothing checked yet: the text of each option and where it came from.
class Options
{
public:
    enum class Source { Default, Variable, Flag };

    struct Value
    {
        std::string text;
        Source source = Source::Default;
    };

    // All defaults of the option table.
    Options();

    // A flag beats the environment, which beats the default, in whatever order they are set.
    void set(std::string_view name, std::string text, Source source);
    void readEnvironment(const Environment &environment);

    // Empty text when the option has no value. name is one of the table's.
    [[nodiscard]] const Value &get(std::string_view name) const;
    [[nodiscard]] bool has(std::string_view name) const { return !get(name).text.empty(); }

    // How to speak of the option in an error: "--backend", or the environment variable when that
    // is where the value came from.
    [[nodiscard]] std::string displayName(std::string_view name) const;

private:
    std::map<std::string, Value, std::less<>> m_values;
};

} // namespace Weave
