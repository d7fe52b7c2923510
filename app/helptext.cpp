#include "app/helptext.h"

#include "app/commandtable.h"
#include "config/optiontable.h"

#include <algorithm>

namespace Weave {

namespace {

constexpr std::size_t PageWidth = 88;
constexpr std::size_t Indent = 6;
constexpr std::size_t CommandHelpColumn = 45;

constexpr std::string_view Title =
    R"(weave-sidecar - takes the trace calls of every Weave process on this host and delivers them

Usage:
  weave-sidecar --backend URL [flags]        run the daemon
)";

constexpr std::string_view Introduction = R"(
SDK processes hand their calls over through a Unix socket and get an answer at once. The
daemon batches the calls and forwards them to the trace server over a few kept connections,
again and again if it must.

Try it without an account:
  weave-sidecar --backend file:weave-calls.ndjson

Use it for real:
  weave-sidecar --headless --backend https://trace.wandb.ai --api-key-file ~/.weave-key
)";

constexpr std::string_view Notes = R"(
Values:
  DURATION is a number with a unit: 500ms, 1s, 1m30s, 1.5h.
  SIZE is a number of bytes, or 10MB (10,000,000), or 10MiB (10,485,760).
  A flag on the command line wins over the environment, and both over the config files.
  HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY name a proxy, as for curl.

Exit codes:
  0  stopped by SIGTERM or SIGINT    1  could not start, for example: the socket is in use
  2  a flag or a setting is wrong
  Commands: 0 done, 1 not done, for example: no daemon is running, calls are left by flush,
  doctor or spool verify has found a problem, or spool ls or export had to leave out what is
  damaged or cannot be opened
)";

// Appends the words of text in lines of PageWidth, each indented.
void appendWrapped(std::string &page, std::string_view text)
{
    std::size_t column = 0;
    while (!text.empty()) {
        const std::size_t length = std::min(text.find(' '), text.size());
        const std::string_view word = text.substr(0, length);
        text.remove_prefix(std::min(length + 1, text.size()));
        if (column == 0 || column + 1 + word.size() > PageWidth) {
            page += (column == 0 ? "" : "\n") + std::string(Indent, ' ');
            column = Indent;
        } else {
            page += ' ';
            ++column;
        }
        page += word;
        column += word.size();
    }
    page += '\n';
}

void appendCommands(std::string &page)
{
    for (const CommandSpec &spec : commandTable()) {
        std::string usage = "  weave-sidecar " + std::string(spec.name);
        for (const std::string_view name : spec.switches) {
            if (!name.empty())
                usage.append(" [--").append(name).append("]");
        }
        usage.resize(std::max(usage.size() + 2, CommandHelpColumn), ' ');
        page.append(usage).append(spec.help).append("\n");
    }
}

void appendSwitches(std::string &page)
{
    page.append("\nFlags of commands:\n");
    for (const CommandSwitch &spec : commandSwitches()) {
        page.append("  --").append(spec.name).append("  [").append(commandsWith(spec.name));
        page.append("]\n");
        appendWrapped(page, spec.help);
    }
}

} // namespace

std::string helpText()
{
    std::string page(Title);
    appendCommands(page);
    page.append(Introduction);
    std::string_view section;
    for (const OptionSpec &spec : optionTable()) {
        if (spec.section != section) {
            section = spec.section;
            page.append("\n").append(section).append(":\n");
        }
        page.append("  --").append(spec.name);
        if (!spec.valueName.empty())
            page.append(" ").append(spec.valueName);
        if (!spec.defaultValue.empty())
            page.append("  (default ").append(spec.defaultValue).append(")");
        if (!spec.environment.empty())
            page.append("  [env ").append(spec.environment).append("]");
        page += '\n';
        appendWrapped(page, spec.help);
    }
    appendSwitches(page);
    page.append(Notes);
    return page;
}

} // namespace Weave
