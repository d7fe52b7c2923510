#include "client/daemonconfig.h"

#include "common/logging.h"
#include "config/configfile.h"

#include <QFile>

#include <utility>

namespace Weave {

namespace {

constexpr qint64 MaxFileBytes = qint64{1024} * 1024;

Options environmentOptions(const Environment &environment)
{
    Options options;
    options.readEnvironment(environment);
    return options;
}

} // namespace

DaemonConfig::DaemonConfig(Environment environment)
    : m_environment(std::move(environment))
{
    // WEAVE_SIDECAR_CONFIG names one instead of the usual ones, of which the user's is the last.
    const auto files = configFiles(environmentOptions(m_environment), m_environment);
    if (!files.empty())
        m_path = files.back();
}

Result<Options> DaemonConfig::options() const
{
    Options options = environmentOptions(m_environment);
    // A file that WEAVE_SIDECAR_CONFIG names may be one that is made here first.
    if (options.has("config") && !QFile::exists(toQString(m_path)))
        return options;
    if (auto read = readConfigFiles(m_environment, options); !read)
        return read.error();
    return options;
}

Result<std::vector<ConfigSetting>> DaemonConfig::ownSettings() const
{
    QFile file(toQString(m_path));
    if (!file.exists())
        return std::vector<ConfigSetting>();
    if (!file.open(QIODevice::ReadOnly))
        return Error{ErrorCode::Io,
                     m_path + ": cannot be opened: " + file.errorString().toStdString()};
    auto settings = parseConfigText(file.read(MaxFileBytes).toStdString());
    if (!settings)
        return settings.error().withPrefix(m_path + ": ");
    return settings;
}

Result<Config> DaemonConfig::resolved(const std::vector<ConfigChange> &changes,
                                      const std::string &apiKey) const
{
    auto options = this->options();
    if (!options)
        return options.error();
    const Options defaults;
    for (const auto &[name, text] : changes) {
        if (options->get(name).source > Options::Source::File)
            continue; // the environment stands above
        if (text.empty())
            options->replace(name, defaults.get(name));
        else
            options->replace(name, {text, Options::Source::File, m_path});
    }
    if (!apiKey.empty()) {
        options->replace("api-key-file", {});
        options->set("api-key", apiKey, Options::Source::Flag);
    }
    return Config::resolve(*options, m_environment);
}

Result<void> DaemonConfig::change(const std::vector<ConfigChange> &changes) const
{
    if (m_path.empty())
        return Error{ErrorCode::NotFound,
                     "there is no file to keep the settings in: there is no home directory, or "
                     "WEAVE_SIDECAR_CONFIG is none"};
    return editConfigFile(m_path, changes);
}

} // namespace Weave
