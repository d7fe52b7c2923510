#include "config/options.h"

#include "config/optiontable.h"

namespace Weave {

Options::Options()
{
    for (const OptionSpec &spec : optionTable())
        m_values.emplace(spec.name, Value{std::string(spec.defaultValue), Source::Default, {}});
}

void Options::set(std::string_view name, std::string text, Source source, std::string place)
{
    const auto found = m_values.find(name);
    if (found != m_values.end() && source >= found->second.source)
        found->second = {std::move(text), source, std::move(place)};
}

void Options::replace(std::string_view name, const Value &value)
{
    if (const auto found = m_values.find(name); found != m_values.end())
        found->second = value;
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
    const Value &value = get(name);
    if (value.source == Source::File)
        return value.place + ": " + std::string(name);
    return value.source == Source::Variable ? origin(name) : "--" + std::string(name);
}

std::string Options::origin(std::string_view name) const
{
    const Value &value = get(name);
    switch (value.source) {
    case Source::Default:
        break;
    case Source::File:
        return value.place;
    case Source::Variable:
        return std::string(findOption(name)->environment);
    case Source::Flag:
        return "--" + std::string(name);
    }
    return "default";
}

} // namespace Weave
