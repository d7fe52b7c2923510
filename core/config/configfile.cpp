#include "config/configfile.h"

#include "common/bytesize.h"
#include "common/logging.h"
#include "config/smallfile.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QSaveFile>

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <unistd.h>
#include <utility>

namespace Weave {

namespace {

constexpr std::size_t MaxFileBytes = MiB;

bool isForbidden(const std::string &path)
{
    return ::faccessat(AT_FDCWD, path.c_str(), R_OK, AT_EACCESS) != 0 && errno == EACCES;
}

// Nothing when there is no such file.
Result<std::optional<std::string>> readText(const std::string &path, PipeWait wait)
{
    if (!QFile::exists(toQString(path)))
        return std::optional<std::string>();
    auto text = readSmallFile(path, MaxFileBytes, wait);
    if (text)
        return std::optional(std::move(*text));
    if (text.error().code == ErrorCode::TooLarge)
        return Error{ErrorCode::TooLarge, path + ": is larger than 1 MiB; no config file is"};
    return Error{
        ErrorCode::Io,
        path + ": cannot be read: " + text.error().message
            + (isForbidden(path) ? ". Make it readable for this user, or say --config FILE" : "")};
}

bool isPrivate(const std::string &path)
{
    constexpr QFile::Permissions Others =
        QFile::ReadGroup | QFile::WriteGroup | QFile::ReadOther | QFile::WriteOther;
    return !(QFile::permissions(toQString(path)) & Others);
}

// Nobody but root could read a private file of the system, neither its service nor the users.
std::string howToHideKey(const std::string &path)
{
    return path == SystemConfigFile ? "keep the key in /etc/weave-sidecar/api-key (root, mode "
                                      "0600), which systemd hands to the "
                                      "service, and leave this file readable"
                                    : "chmod 600 it, or use api-key-file";
}

// They are two ways to say one thing: a key in this file wins over both of an earlier file.
void forgetOtherKey(const std::vector<ConfigSetting> &settings, Options &options)
{
    constexpr std::array<std::string_view, 2> Keys{"api-key", "api-key-file"};
    const auto isKey = [&](const ConfigSetting &setting) {
        return std::ranges::find(Keys, setting.name) != Keys.end();
    };
    if (std::ranges::none_of(settings, isKey))
        return;
    for (const std::string_view name : Keys) {
        if (options.get(name).source == Options::Source::File)
            options.replace(name, {});
    }
}

Result<void> readConfigFile(const std::string &path, bool mustExist, Options &options)
{
    const auto text = readText(path, options.pipeWait());
    if (!text)
        return text.error();
    if (!*text && mustExist)
        return Error{ErrorCode::NotFound,
                     options.displayName("config") + ": there is no file " + path};
    if (!*text)
        return {};
    const auto settings = parseConfigText(**text);
    if (!settings)
        return settings.error().withPrefix(path + ": ");
    forgetOtherKey(*settings, options);
    for (const ConfigSetting &setting : *settings) {
        std::string place = path + ":" + std::to_string(setting.line);
        if (setting.name == "api-key" && !isPrivate(path))
            return Error{ErrorCode::InvalidArgument,
                         place
                             + ": others can read the API key in this file: " + howToHideKey(path)};
        options.set(setting.name, setting.text, Options::Source::File, std::move(place));
    }
    return {};
}

} // namespace

std::string userConfigFile(const Environment &environment)
{
    constexpr std::string_view Name = "/weave-sidecar/config.toml";
    // The XDG base directory specification: relative paths are to be ignored.
    if (const auto folder = environment("XDG_CONFIG_HOME"); folder && folder->starts_with('/'))
        return *folder + std::string(Name);
    const auto home = environment("HOME");
    return home && !home->empty() ? *home + "/.config" + std::string(Name) : std::string();
}

std::vector<std::string> configFiles(const Options &options, const Environment &environment)
{
    if (const std::string &given = options.get("config").text; given == "none")
        return {};
    else if (!given.empty())
        return {given};
    std::vector<std::string> files{SystemConfigFile};
    if (std::string user = userConfigFile(environment); !user.empty())
        files.push_back(std::move(user));
    return files;
}

Result<void> readConfigFiles(const Environment &environment, Options &options)
{
    const bool isNamed = options.has("config");
    for (const std::string &path : configFiles(options, environment)) {
        if (auto read = readConfigFile(path, isNamed, options); !read)
            return read;
    }
    return {};
}

Result<void> editConfigFile(const std::string &path, const std::vector<ConfigChange> &changes)
{
    const auto before = readText(path, PipeWait::Short);
    if (!before)
        return before.error();
    const auto after = editConfigText(before->value_or(""), changes);
    if (!after)
        return after.error().withPrefix(path + ": ");
    if (*before && *after == **before)
        return {};
    const QFileInfo info(toQString(path));
    const auto failed = [&path](const QString &reason) {
        return Error{ErrorCode::Io, path + ": cannot be written: " + reason.toStdString()};
    };
    if (!QDir().mkpath(info.absolutePath()))
        return failed(QStringLiteral("its folder cannot be made"));
    QSaveFile file(info.absoluteFilePath()); // keeps the mode of a file that is there
    if (!file.open(QIODevice::WriteOnly))
        return failed(file.errorString());
    if (!*before)
        file.setPermissions(QFile::ReadOwner | QFile::WriteOwner);
    file.write(after->data(), static_cast<qint64>(after->size()));
    if (!file.commit())
        return failed(file.errorString());
    return {};
}

} // namespace Weave
