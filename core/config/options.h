#pragma once

#include "common/result.h"
#include "config/environment.h"
#include "config/smallfile.h"

#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace Weave {

// What the user typed, nothing checked yet: the text of each option and where it came from.
class Options
{
public:
    enum class Source { Default, File, Variable, Flag }; // the later ones win

    struct Value
    {
        std::string text;
        Source source = Source::Default;
        std::string place; // of a file: "/etc/weave-sidecar/config.toml:3"
    };

    // All defaults of the option table.
    Options();

    // A flag beats the environment, which beats a file, which beats the default, in whatever order
    // they are set. Of the same source the later one wins.
    void set(std::string_view name, std::string text, Source source, std::string place = {});
    // Takes the value as it is, wherever it came from.
    void replace(std::string_view name, const Value &value);
    void readEnvironment(const Environment &environment);

    // Empty text when the option has no value. name is one of the table's.
    [[nodiscard]] const Value &get(std::string_view name) const;
    [[nodiscard]] bool has(std::string_view name) const { return !get(name).text.empty(); }

    // How to speak of the option in an error: "--backend", or where else the value came from.
    [[nodiscard]] std::string displayName(std::string_view name) const;
    // The same for a list of values: "--backend", "WANDB_API_KEY", "FILE:LINE", "default".
    [[nodiscard]] std::string origin(std::string_view name) const;

    // For files that are pipes. Who has clients to serve keeps it short.
    void setPipeWait(PipeWait wait) { m_pipeWait = wait; }
    [[nodiscard]] PipeWait pipeWait() const { return m_pipeWait; }

private:
    PipeWait m_pipeWait = PipeWait::Short;
    std::map<std::string, Value, std::less<>> m_values;
};

} // namespace Weave
