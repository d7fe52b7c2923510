// Feeds what a person may have written into flags, config files and netrc files.

#include "common/bytesize.h"
#include "common/duration.h"
#include "config/backendaddress.h"
#include "config/configtext.h"
#include "config/netrc.h"

#include <cstdint>
#include <cstdlib>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const std::string_view text(reinterpret_cast<const char *>(data), size);
    if (const auto duration = Weave::parseDuration(text)) {
        const auto again = Weave::parseDuration(Weave::formatDuration(*duration));
        if (!again || *again != *duration)
            std::abort();
    }
    if (const auto bytes = Weave::parseByteSize(text);
        bytes && Weave::formatByteSize(*bytes).empty())
        std::abort();
    if (const auto backend = Weave::parseBackend(text, true)) {
        // What people are shown never holds what looks like a password.
        if (backend->kind == Weave::BackendAddress::Kind::Http
            && (!backend->url.userInfo().isEmpty() || Weave::netrcMachines(backend->url).empty()))
            std::abort();
    }
    const auto password = Weave::netrcPassword(text, "api.wandb.ai");
    if (password && password->size() > text.size())
        std::abort();
    // A setting that has been changed in a good file says so, and no other does.
    if (const auto settings = Weave::parseConfigText(text)) {
        const auto edited = Weave::editConfigText(text, {{"senders", "7"}});
        const auto again = edited ? Weave::parseConfigText(*edited) : edited.error();
        if (!again)
            std::abort();
        std::size_t found = 0;
        for (const auto &setting : *again)
            found += setting.name == "senders" && setting.text == "7" ? 1 : 0;
        for (const auto &before : *settings) {
            for (const auto &after : *again)
                found += before.name != "senders" && after.name == before.name
                        && after.text == before.text
                    ? 1
                    : 0;
        }
        if (found != again->size())
            std::abort();
    }
    return 0;
}
