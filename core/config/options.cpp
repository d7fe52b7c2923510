#include "config/options.h"

#include "config/optiontable.h"

namespace Weave {

Options::Options()
{
    for (const OptionSpec &spec : optionTable())
        m_values.emplace(spec.name, Value{std::string(spec.defaultValue), Source::Default});
}

void Options::set(std::string_view name, std::string text, Source source)
{
    const auto found = m_values.find(name);
    if (found != m_values.end() && source >= found->second.source)
        found->second = {std::move(text), source};
}

void Options::readEnvironment(const Environment &environment)
{
    for (const OptionSpec &spec : optionTable()) {
        if (spec.environment.empty())
            continue;
        // An empty variable is the usual way to switch one off.
        if (auto text = environment(spec.environment.data()); text && !text->empty())
            set(spec.name, std::move(*text), Source::Variable);
    }
}

const Options::Value &Options::get(std::string_view name) const
{
    static const Value None;
    const auto found = m_values.find(name);
    return found == m_values.end() ? None : found->second;
}

std::string Options::displayName(std::string_view name) const
{
    const OptionSpec *spec = findOption(name);
    if (spec && get(name).source == Source::Variable)
        return std::string(spec->environment);
    return "--" + std::string(name);
}

} // namespace Weave
