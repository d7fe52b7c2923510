#include "client/settings.h"

#include "config/config.h"

#include <QSettings>

#include <array>
#include <utility>

namespace Weave {

namespace {

struct Flag
{
    const char *name;
    QString Settings::*text;
};

constexpr std::array<Flag, 9> Flags{{{"backend", &Settings::backend},
                                     {"socket", &Settings::socket},
                                     {"http", &Settings::http},
                                     {"spool-dir", &Settings::spoolDir},
                                     {"spool-max-bytes", &Settings::spoolMaxBytes},
                                     {"flush-interval", &Settings::flushInterval},
                                     {"flush-max-count", &Settings::flushMaxCount},
                                     {"flush-max-bytes", &Settings::flushMaxBytes},
                                     {"max-connections", &Settings::maxConnections}}};

QString keyOf(const Flag &flag)
{
    return QLatin1String("daemon/") + QLatin1String(flag.name);
}

const QString NotifiesProblems = QStringLiteral("notifications/problems");
const QString NotifiesRecovery = QStringLiteral("notifications/recovery");

} // namespace

Settings Settings::load(const QSettings &store)
{
    Settings settings;
    for (const Flag &flag : Flags)
        settings.*flag.text = store.value(keyOf(flag)).toString();
    settings.notifiesProblems = store.value(NotifiesProblems, true).toBool();
    settings.notifiesRecovery = store.value(NotifiesRecovery, false).toBool();
    return settings;
}

void Settings::save(QSettings &store) const
{
    for (const Flag &flag : Flags) {
        if (const QString &text = this->*flag.text; text.isEmpty())
            store.remove(keyOf(flag));
        else
            store.setValue(keyOf(flag), text);
    }
    store.setValue(NotifiesProblems, notifiesProblems);
    store.setValue(NotifiesRecovery, notifiesRecovery);
    store.sync();
}

bool Settings::needsRestart(const Settings &before) const
{
    return arguments() != before.arguments();
}

QStringList Settings::arguments() const
{
    QStringList arguments{QStringLiteral("--headless")};
    for (const Flag &flag : Flags) {
        if (const QString &text = this->*flag.text; !text.isEmpty())
            arguments << QLatin1String("--") + QLatin1String(flag.name) << text;
    }
    return arguments;
}

QString Settings::problemOf(const QString &name, const QString &text)
{
    Options options;
    // One field is judged at a time, so the others are such that nothing can be wrong with them.
    options.set("backend", "file:/dev/null", Options::Source::Flag);
    options.set("api-key", "x", Options::Source::Flag);
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

} // namespace Weave
