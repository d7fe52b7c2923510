#pragma once

#include "config/config.h"
#include "unit/settings.h"
#include "unit/text.h"

namespace Weave {

// Settings as Config takes or refuses them.

inline constexpr const char *Backend = "https://trace.example";

inline constexpr const char *Home = "/home/somebody";

inline Result<Config> resolve(const Options &options, Settings environment = {{"HOME", Home}})
{
    return Config::resolve(options, environmentOf(environment));
}

// With a backend and the flags.
inline Result<Config> resolve(Settings flags)
{
    Options options = optionsOf({{"backend", Backend}});
    for (const auto &[name, text] : flags)
        options.set(name, text, Options::Source::Flag);
    return resolve(options);
}

// The same, or an empty Config when there is an error.
inline Config configOf(Settings flags)
{
    const auto config = resolve(flags);
    return config.ok() ? *config : Config();
}

inline QByteArray messageOf(const Result<Config> &config)
{
    return config.ok() ? QByteArray("no error") : toBytes(config.error().message);
}

} // namespace Weave
