#include "app/commandline.h"
#include "app/configcommand.h"
#include "app/controlcommand.h"
#include "app/daemon.h"
#include "app/doctor/doctorcommand.h"
#include "app/exitcodes.h"
#include "app/helptext.h"
#include "app/spoolcommand.h"
#include "common/heap.h"
#include "common/logging.h"
#include "common/version.h"
#include "config/config.h"
#include "config/configfile.h"
#include "config/socketlookup.h"
#if defined(__linux__)
#include "eventloop/epolldispatcher.h"
#endif

#include <QCoreApplication>

#include <cerrno>
#include <cstdio>
#include <cstdlib>

namespace {

std::optional<std::string> processEnvironment(const char *name)
{
    const char *value = std::getenv(name);
    return value ? std::optional<std::string>(value) : std::nullopt;
}

int run(const Weave::CommandLine &line)
{
    const auto load = [flags =
                           line.options](Weave::PipeWait wait) -> Weave::Result<Weave::Options> {
        Weave::Options options = flags;
        options.setPipeWait(wait);
        if (const auto read = Weave::readConfigFiles(processEnvironment, options); !read)
            return read.error();
        return options;
    };
    const auto options = load(Weave::PipeWait::WhileWritten);
    if (!options)
        return Weave::complain(options.error().message, Weave::ExitUsage);
    const auto config = Weave::Config::resolve(*options, processEnvironment);
    if (!config)
        return Weave::complain(config.error().message, Weave::ExitUsage);
    const auto reload = [load] { return load(Weave::PipeWait::Short); };
    return Weave::runDaemon(*config,
                            Weave::ConfigReloader(*options, *config, reload, processEnvironment));
}

// Commands need little of the settings: where the socket and the spool are. A file with a fault in
// it is no reason not to say how a running daemon is.
void completeForCommand(Weave::CommandLine &line)
{
    Weave::Options options = line.options;
    if (const auto read = Weave::readConfigFiles(processEnvironment, options); !read)
        Weave::writeError("warning: " + read.error().message);
    Weave::Options::Value socket = options.get("socket");
    socket.text = Weave::clientSocketPath(options, processEnvironment);
    options.replace("socket", socket);
    line.options = std::move(options);
}

int execute(Weave::CommandLine &line)
{
    using Weave::Command;
    // The others read the files themselves, or need nothing of them.
    if (line.command != Command::Run && line.command != Command::ConfigCheck
        && line.command != Command::ConfigShow && line.command != Command::Doctor
        && line.command != Command::Help && line.command != Command::Version)
        completeForCommand(line);
    switch (line.command) {
    case Command::Help:
        std::fputs(Weave::helpText().c_str(), stdout);
        return 0;
    case Command::Version:
        std::printf("weave-sidecar %s\n", std::string(Weave::version()).c_str());
        return 0;
    case Command::Status:
        return line.watch ? Weave::watchStatus(line) : Weave::printStatus(line);
    case Command::Pause:
    case Command::Resume:
    case Command::Flush:
    case Command::Retry:
    case Command::Reload:
        return Weave::runControlCommand(line);
    case Command::SpoolList:
    case Command::SpoolVerify:
    case Command::SpoolExport:
    case Command::SpoolRetry:
    case Command::SpoolPurge:
        return Weave::runSpoolCommand(line, processEnvironment);
    case Command::ConfigCheck:
    case Command::ConfigShow:
        return Weave::runConfigCommand(line, processEnvironment);
    case Command::Doctor:
        return Weave::runDoctor(line, processEnvironment);
    case Command::Run:
        return run(line);
    }
    return 0;
}

// What could not be written is missing where somebody may rely on it: an export on a full disk.
int finishOutput(int exitCode)
{
    const bool isFlushed = std::fflush(stdout) == 0;
    if (!isFlushed && errno == EPIPE)
        return exitCode; // who reads it has had enough
    if (isFlushed && std::ferror(stdout) == 0)
        return exitCode;
    return Weave::complain("not all of the output could be written; is the disk full?");
}

} // namespace

int main(int argc, char **argv)
{
    // Qt's own event dispatcher needs less time a wake-up than GLib's. Before any Qt object.
    ::setenv("QT_NO_GLIB", "1", 1);
    Weave::keepFreedMemory();
#if defined(__linux__)
    if (auto dispatcher = Weave::EpollDispatcher::create()) // else there is Qt's
        QCoreApplication::setEventDispatcher(dispatcher.release());
#endif
    const QCoreApplication application(argc, argv);
    QCoreApplication::setApplicationName(QStringLiteral("weave-sidecar"));
    auto line = Weave::parseCommandLine(QCoreApplication::arguments(), processEnvironment);
    if (!line)
        return Weave::complain(line.error().message, Weave::ExitUsage);
    return finishOutput(execute(*line));
}
