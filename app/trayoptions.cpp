#include "app/trayoptions.h"

namespace Weave {

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

QString trayHelpText()
{
    return QStringLiteral(
        R"(weave-sidecar-tray - shows what the Weave sidecar receives and delivers

Usage:
  weave-sidecar-tray [flags]

Starts the sidecar when none answers, and opens its window. A second start brings the window of
the first to the front. Closing the tray leaves the sidecar running.

Flags:
  --socket PATH   the sidecar's socket, instead of the one in the settings
  --hidden        show the tray icon only, as at login
  --version       print the version
  --help          print this page
)");
}

} // namespace Weave
