#include "config/choices.h"

namespace Weave {

namespace {

template <const auto &choices>
constexpr auto Words = [] {
    std::array<std::string_view, choices.size()> words;
    for (std::size_t i = 0; i < words.size(); ++i)
        words[i] = choices[i].first;
    return words;
}();

constexpr std::array<std::pair<std::string_view, std::span<const std::string_view>>, 5> ByOption{{
    {"calls-mode", Words<CallsModes>},
    {"log-format", Words<LogFormats>},
    {"log-level", Words<LogLevels>},
    {"socket-mode", Words<SocketModes>},
    {"spool-sync", Words<SpoolSyncs>},
}};

} // namespace

std::span<const std::string_view> choicesOf(std::string_view optionName)
{
    for (const auto &[name, words] : ByOption) {
        if (name == optionName)
            return words;
    }
    return {};
}

} // namespace Weave
