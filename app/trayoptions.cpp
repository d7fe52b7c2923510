#include "app/trayoptions.h"

#include <array>

namespace Weave {

namespace {

constexpr std::array<OptionSpec, 4> Table{{
    {"socket", "PATH", "", "", "Flags",
     "The sidecar's socket, instead of the one in the settings."},
    {"hidden", "", "", "", "Flags", "Show the tray icon only, as at login."},
    {"version", "", "", "", "Flags", "Print the version and exit."},
    {"help", "", "", "", "Flags", "Print this page and exit."},
}};

QString toText(std::string_view text)
{
    return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
}

} // namespace

TrayOptions parseTrayOptions(const QStringList &arguments)
{
    const QString socketFlag = QStringLiteral("--socket");
    TrayOptions options;
    for (qsizetype i = 0; i < arguments.size() && options.error.isEmpty(); ++i) {
        const QString &argument = arguments.at(i);
        if (argument == QStringLiteral("--help") || argument == QStringLiteral("-h")) {
            options.action = TrayOptions::Action::Help;
        } else if (argument == QStringLiteral("--version")) {
            options.action = TrayOptions::Action::Version;
        } else if (argument == QStringLiteral("--hidden")) {
            options.isHidden = true;
        } else if (argument.startsWith(socketFlag + u'=')) {
            options.socket = argument.mid(socketFlag.size() + 1);
        } else if (argument == socketFlag && i + 1 < arguments.size()) {
            options.socket = arguments.at(++i);
        } else if (argument == socketFlag) {
            options.error = QStringLiteral("--socket needs a path");
        } else {
            options.error = QStringLiteral("unknown flag %1 (--help lists them)").arg(argument);
        }
    }
    return options;
}

std::span<const OptionSpec> trayOptionTable()
{
    return Table;
}

QString trayHelpText()
{
    QString page = QStringLiteral(
        R"(weave-sidecar-tray - shows what the Weave sidecar receives and delivers

Usage:
  weave-sidecar-tray [flags]

Starts the sidecar when none answers, and opens its window. A second start brings the window of
the first to the front. Closing the tray leaves the sidecar running.

Flags:
)");
    for (const OptionSpec &spec : Table) {
        const QString value = spec.valueName.empty() ? QString() : u' ' + toText(spec.valueName);
        page += QStringLiteral("  --%1  %2\n")
                    .arg((toText(spec.name) + value).leftJustified(13), toText(spec.help));
    }
    return page;
}

} // namespace Weave
