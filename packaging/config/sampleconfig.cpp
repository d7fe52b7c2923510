// Writes the sample of /etc/weave-sidecar/config.toml: every key that may stand there, as a
// comment, with its default. It is made from the option table when the packages are built, so it
// cannot differ.
#include "config/optiontable.h"

#include <cstdio>
#include <string>
#include <string_view>

namespace {

using namespace Weave;

constexpr std::size_t LineWidth = 96;

constexpr std::string_view Preamble =
    R"(# Settings of weave-sidecar, the daemon. What is commented out has the value that is shown.
#
# Keys are the names of flags; flags and the environment win over this file, and
# ~/.config/weave-sidecar/config.toml wins over it for a daemon that a user runs. The service takes its
# socket from weave-sidecar.socket, not from here.
#
#     weave-sidecar config check      says what is wrong with it
#     weave-sidecar config show       says which value is in force for a daemon of the user who runs it, and
#                                     where it comes from (socket, spool and key of the service are others:
#                                     docs/systemd.md)
#     systemctl reload weave-sidecar  applies a change
#
# Only `backend` has to be set. The API key does not belong here, where everybody can read it. The service
# takes it from /etc/weave-sidecar/api-key (owner root, mode 0600).
)";

void writeComment(std::string_view text)
{
    while (!text.empty()) {
        std::size_t length = text.size();
        if (length > LineWidth) {
            length = text.rfind(' ', LineWidth);
            if (length == std::string_view::npos)
                length = text.find(' ');
        }
        std::printf("# %s\n", std::string(text.substr(0, length)).c_str());
        text = length < text.size() ? text.substr(length + 1) : std::string_view();
    }
}

std::string_view value(const OptionSpec &spec)
{
    return spec.name == "backend" ? "https://trace.wandb.ai" : spec.defaultValue;
}

std::string tomlValue(const OptionSpec &spec)
{
    if (spec.isSwitch())
        return "false";
    const std::string text(value(spec));
    const bool isNumber = !text.empty() && text.front() != '0'
        && text.find_first_not_of("0123456789") == std::string::npos;
    return isNumber ? text : '"' + text + '"';
}

} // namespace

int main()
{
    std::fputs(std::string(Preamble).c_str(), stdout);
    std::string_view section;
    for (const OptionSpec &spec : optionTable()) {
        if (spec.onReload == OnReload::NotInFile)
            continue;
        if (spec.section != section) {
            section = spec.section;
            std::printf("\n# --- %s ---\n", std::string(section).c_str());
        }
        std::putchar('\n');
        writeComment(spec.help);
        std::printf("#%s = %s\n", std::string(spec.name).c_str(), tomlValue(spec).c_str());
    }
    return std::fflush(stdout) == 0 ? 0 : 1;
}
