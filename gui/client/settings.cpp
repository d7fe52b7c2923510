#include "client/settings.h"

#include "config/backendaddress.h"
#include "config/config.h"

#include <QLocale>
#include <QSettings>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace Weave {

namespace {

struct Flag
{
    const char *name;
    QString Settings::*text;
};

constexpr std::array<Flag, 11> Flags{{{"backend", &Settings::backend},
                                      {"ca-file", &Settings::caFile},
                                      {"allow-http", &Settings::allowHttp},
                                      {"socket", &Settings::socket},
                                      {"http", &Settings::http},
                                      {"spool-dir", &Settings::spoolDir},
                                      {"spool-max-bytes", &Settings::spoolMaxBytes},
                                      {"flush-interval", &Settings::flushInterval},
                                      {"flush-max-count", &Settings::flushMaxCount},
                                      {"flush-max-bytes", &Settings::flushMaxBytes},
                                      {"max-connections", &Settings::maxConnections}}};

const QString NotifiesProblems = QStringLiteral("notifications/problems");
const QString NotifiesRecovery = QStringLiteral("notifications/recovery");

} // namespace

Settings Settings::load(const QSettings &store, const DaemonConfig &config)
{
    Settings settings;
    settings.notifiesProblems = store.value(NotifiesProblems, true).toBool();
    settings.notifiesRecovery = store.value(NotifiesRecovery, false).toBool();
    const auto own = config.ownSettings();
    if (!own)
        return settings;
    for (const ConfigSetting &setting : *own) {
        const auto flag = std::find_if(Flags.begin(), Flags.end(), [&setting](const Flag &each) {
            return setting.name == each.name;
        });
        if (flag != Flags.end())
            settings.*flag->text = QString::fromStdString(setting.text);
    }
    return settings;
}

void Settings::save(QSettings &store) const
{
    store.setValue(NotifiesProblems, notifiesProblems);
    store.setValue(NotifiesRecovery, notifiesRecovery);
    store.sync();
}

std::vector<ConfigChange> Settings::changesFrom(const Settings &before) const
{
    std::vector<ConfigChange> changes;
    for (const Flag &flag : Flags) {
        if (const QString &text = this->*flag.text; text != before.*flag.text)
            changes.emplace_back(flag.name, text.toStdString());
    }
    return changes;
}

QString Settings::problemOf(const QString &name, const QString &text, bool allowsHttp)
{
    Options options;
    // One field is judged at a time, so the others are such that nothing can be wrong with them.
    options.set("backend", "file:/dev/null", Options::Source::Flag);
    options.set("api-key", "x", Options::Source::Flag);
    if (allowsHttp)
        options.set("allow-http", "true", Options::Source::Flag);
    if (!text.isEmpty() || name == QLatin1String("backend"))
        options.set(name.toStdString(), text.toStdString(), Options::Source::Flag);
    const auto nothing = [](const char *variable) -> std::optional<std::string> {
        // Defaults lie below the home directory.
        return std::string_view(variable) == "HOME" ? std::optional<std::string>("/")
                                                    : std::nullopt;
    };
    const auto config = Config::resolve(options, nothing);
    return config ? QString() : QString::fromStdString(config.error().message);
}

bool Settings::needsAllowHttp(const QString &backend)
{
    const std::string text = backend.toStdString();
    return !parseBackend(text, false).ok() && parseBackend(text, true).ok();
}

QString Settings::nameOf(const QString &name)
{
    const std::array<std::pair<const char *, QString>, 12> names{{
        {"backend", tr("Address of the trace server")},
        {"api-key", tr("API key")},
        {"ca-file", tr("CA file")},
        {"allow-http", tr("Plain http")},
        {"socket", tr("Socket")},
        {"http", tr("HTTP address")},
        {"spool-dir", tr("Spool folder")},
        {"spool-max-bytes", tr("Spool limit")},
        {"flush-interval", tr("Time until a batch is sent")},
        {"flush-max-count", tr("Calls in a batch")},
        {"flush-max-bytes", tr("Size of a batch")},
        {"max-connections", tr("Connections")},
    }};
    const auto found = std::find_if(names.begin(), names.end(), [&name](const auto &each) {
        return name == QLatin1String(each.first);
    });
    if (found != names.end())
        return found->second;
    return name == QLatin1String("api-key-file") ? tr("API key") : name;
}

QString Settings::namesOf(const QStringList &names)
{
    QStringList shown;
    for (const QString &name : names)
        shown << nameOf(name);
    shown.removeDuplicates();
    return QLocale().createSeparatedList(shown);
}

} // namespace Weave
