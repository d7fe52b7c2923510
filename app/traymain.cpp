#include "app/trayoptions.h"
#include "common/version.h"
#include "widgets/frontend.h"
#include "widgets/readablepalette.h"
#include "widgets/singleinstance.h"
#include "widgets/translations.h"
#include "widgets/trayicons.h"

#include <QApplication>
#include <QFileInfo>

#include <algorithm>
#include <cstdio>

namespace {

using namespace Weave;
using namespace Qt::StringLiterals;

constexpr int ExitNoDisplay = 1;
constexpr int ExitUsage = 2;

void print(FILE *stream, const QString &text)
{
    std::fputs(qUtf8Printable(text), stream);
}

int run(const TrayOptions &options)
{
    // One for the daemon that the settings lead to, whichever that is at the moment, and one for
    // each other that is named.
    SingleInstance instance(
        options.socket.isEmpty() ? QString() : QFileInfo(options.socket).absoluteFilePath());
    if (!instance.claim(options.isHidden))
        return 0;
    Frontend frontend(options.socket);
    QObject::connect(&instance, &SingleInstance::raiseRequested, &frontend, &Frontend::openWindow);
    frontend.start(options.isHidden);
    return QApplication::exec();
}

// For --help and --version no display is needed, so they are looked for before there is a
// QApplication.
bool isAnswered(const TrayOptions &options)
{
    if (!options.error.isEmpty())
        return false;
    if (options.action == TrayOptions::Action::Help)
        print(stdout, trayHelpText());
    else if (options.action == TrayOptions::Action::Version)
        std::printf("weave-sidecar-tray %s\n", std::string(version()).c_str());
    else
        return false;
    return true;
}

// Without one Qt ends the program by a crash. Who names a platform knows what it needs.
bool lacksDisplay(const QStringList &arguments)
{
#if defined(Q_OS_LINUX)
    const auto isGiven = [](const char *variable) {
        return !qEnvironmentVariableIsEmpty(variable);
    };
    const auto namesOne = [](const QString &argument) { // with one dash or two
        return argument.endsWith(u"-platform"_s) || argument.endsWith(u"-display"_s);
    };
    const QString usual = qEnvironmentVariable("XDG_RUNTIME_DIR") + u"/wayland-0"_s;
    return !isGiven("DISPLAY") && !isGiven("WAYLAND_DISPLAY") && !isGiven("WAYLAND_SOCKET")
        && !isGiven("QT_QPA_PLATFORM") && !QFileInfo::exists(usual)
        && std::none_of(arguments.begin(), arguments.end(), namesOne);
#else
    static_cast<void>(arguments);
    return false;
#endif
}

} // namespace

int main(int argc, char **argv)
{
    QStringList arguments;
    for (int i = 1; i < argc; ++i)
        arguments.append(QString::fromLocal8Bit(argv[i]));
    if (isAnswered(parseTrayOptions(arguments)))
        return 0;
    if (lacksDisplay(arguments)) {
        print(stderr,
              QStringLiteral("weave-sidecar-tray: there is no display (neither DISPLAY nor "
                             "WAYLAND_DISPLAY is set). Start it on a desktop; `weave-sidecar "
                             "status --watch` shows the daemon without one\n"));
        return ExitNoDisplay;
    }

    QApplication app(argc, argv);
    QApplication::setApplicationName(QStringLiteral("weave-sidecar-tray"));
    QApplication::setApplicationDisplayName(QStringLiteral("Weave Sidecar"));
    QApplication::setDesktopFileName(QStringLiteral("weave-sidecar-tray"));
    QApplication::setQuitOnLastWindowClosed(false);
    QApplication::setWindowIcon(applicationIcon());
    // Qt has taken its own flags out.
    const TrayOptions options = parseTrayOptions(QApplication::arguments().mid(1));
    if (!options.error.isEmpty()) {
        print(stderr, QStringLiteral("weave-sidecar-tray: %1\n").arg(options.error));
        return ExitUsage;
    }
    installTranslations(app, QLocale());
    const ReadablePalette palette(app);
    return run(options);
}
