#include "app/commandline.h"
#include "app/controlcommand.h"
#include "app/daemon.h"
#include "app/helptext.h"
#include "app/spoolcommand.h"
#include "app/statusclient.h"
#include "app/statustext.h"
#include "common/version.h"
#include "config/config.h"

#include <QCoreApplication>

#include <cstdio>
#include <cstdlib>

namespace {

constexpr int ExitFailure = 1;
constexpr int ExitUsage = 2;

std::optional<std::string> processEnvironment(const char *name)
{
    const char *value = std::getenv(name);
    return value ? std::optional<std::string>(value) : std::nullopt;
}

int complain(const Weave::Error &error, int exitCode)
{
    std::fprintf(stderr, "weave-sidecar: %s\n", error.message.c_str());
    return exitCode;
}

int printStatus(const Weave::CommandLine &line)
{
    const auto reply = Weave::ask(line.options.get("socket").text, R"({"method":"status"})");
    if (!reply)
        return complain(reply.error(), ExitFailure);
    const auto status = Weave::parseStatusReply(*reply);
    if (!status)
        return complain(status.error(), ExitFailure);
    if (line.json)
        std::printf("%s\n", reply->c_str());
    else
        std::fputs(Weave::statusText(*status).c_str(), stdout);
    return 0;
}

int run(const Weave::CommandLine &line)
{
    const auto config = Weave::Config::resolve(line.options, processEnvironment);
    if (!config)
        return complain(config.error(), ExitUsage);
    return Weave::runDaemon(*config);
}

} // namespace

int main(int argc, char **argv)
{
    // Qt's own event dispatcher needs less time a wake-up than GLib's. Before any Qt object.
    ::setenv("QT_NO_GLIB", "1", 1);
    const QCoreApplication application(argc, argv);
    QCoreApplication::setApplicationName(QStringLiteral("weave-sidecar"));
    const auto line = Weave::parseCommandLine(QCoreApplication::arguments(), processEnvironment);
    if (!line)
        return complain(line.error(), ExitUsage);
    switch (line->command) {
    case Weave::CommandLine::Command::Help:
        std::fputs(Weave::helpText().c_str(), stdout);
        return 0;
    case Weave::CommandLine::Command::Version:
        std::printf("weave-sidecar %s\n", std::string(Weave::version()).c_str());
        return 0;
    case Weave::CommandLine::Command::Status:
        return line->watch ? Weave::watchStatus(*line) : printStatus(*line);
    case Weave::CommandLine::Command::Pause:
    case Weave::CommandLine::Command::Resume:
    case Weave::CommandLine::Command::Flush:
    case Weave::CommandLine::Command::Retry:
        return Weave::runControlCommand(*line);
    case Weave::CommandLine::Command::Spool:
        return Weave::runSpoolCommand(*line, processEnvironment);
    case Weave::CommandLine::Command::Run:
        return run(*line);
    }
    return 0;
}
