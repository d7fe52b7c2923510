#include "app/controlcommand.h"

#include "app/exitcodes.h"
#include "app/statusclient.h"
#include "app/statustext.h"
#include "common/logging.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <chrono>
#include <cstdio>
#include <thread>
#include <unistd.h>

namespace Weave {

namespace {

using namespace std::chrono_literals;

struct Control
{
    const char *method;
    const char *done;
};

Control controlOf(Command command)
{
    switch (command) {
    case Command::Pause:
        return {"pause", "delivery is paused; calls are kept until `weave-sidecar resume`"};
    case Command::Resume:
        return {"resume", "delivery goes on"};
    case Command::Reload:
        return {"reload", "the settings are read"};
    case Command::Retry:
        return {"retry", "what waited for another attempt is tried now"};
    default:
        return {"flush", "everything is delivered"};
    }
}

// What a reload has changed.
void printNames(const QJsonObject &answer, const char *key, const char *words)
{
    const QJsonArray names = answer.value(QLatin1String(key)).toArray();
    for (const auto &name : names)
        std::printf("  %s: %s\n", qUtf8Printable(name.toString()), words);
}

Result<std::string> statusPage(const CommandLine &line)
{
    auto reply = ask(line.options.get("socket").text, R"({"method":"status"})");
    if (!reply)
        return reply;
    const auto status = parseStatusReply(*reply);
    if (!status)
        return status.error();
    return line.json ? *reply + "\n" : statusText(*status);
}

} // namespace

int runControlCommand(const CommandLine &line)
{
    const Control control = controlOf(line.command);
    const auto reply = ask(line.options.get("socket").text,
                           std::string(R"({"method":")") + control.method + "\"}");
    if (!reply)
        return complain(reply.error().message);
    const QJsonObject answer = QJsonDocument::fromJson(QByteArray::fromStdString(*reply)).object();
    const auto pending = answer.value(QLatin1String("pending")).toInteger();
    const std::string left =
        std::to_string(pending) + (pending == 1 ? " call is" : " calls are") + " left";
    if (!answer.value(QLatin1String("success")).toBool()) {
        const QString error = answer.value(QLatin1String("error")).toString();
        if (error.isEmpty())
            return complain(notASidecar(line.options.get("socket").text).message);
        std::string text =
            std::string(control.method) + ": the daemon says: " + error.toStdString();
        if (pending > 0)
            text += "; " + left;
        return complain(text);
    }
    // What came meanwhile, or is held for the other half of its call.
    if (pending > 0)
        std::printf("%s; %s that came since or wait for their ends\n", control.done, left.c_str());
    else
        std::printf("%s\n", control.done);
    printNames(answer, "changed", "changed");
    printNames(answer, "needs_restart", "takes effect at the next start of the daemon");
    printNames(answer, "not_used",
               "not used, since systemd has made the socket; `systemctl edit weave-sidecar.socket` "
               "(of a user's own with --user) changes it");
    return 0;
}

int printStatus(const CommandLine &line)
{
    const auto page = statusPage(line);
    if (!page)
        return complain(page.error().message);
    std::fputs(page->c_str(), stdout);
    return 0;
}

int watchStatus(const CommandLine &line)
{
    const bool isTerminal = ::isatty(STDOUT_FILENO) == 1 && !line.json;
    bool isFirst = true;
    while (true) {
        const auto page = statusPage(line);
        if (!page && isFirst)
            return complain(page.error().message);
        if (isTerminal)
            std::fputs("\x1b[H\x1b[2J", stdout); // to the corner, all clear
        else if (!isFirst && !line.json)
            std::fputs("\n", stdout);
        if (page)
            std::fputs(page->c_str(), stdout);
        else if (line.json) // a reader of JSON gets nothing else
            complain(page.error().message);
        else
            std::printf("weave-sidecar: %s\n", page.error().message.c_str());
        if (std::fflush(stdout) != 0)
            return 0; // nobody reads any more
        isFirst = false;
        std::this_thread::sleep_for(1s);
    }
}

} // namespace Weave
