#pragma once

#include "common/call.h"
#include "common/logging.h"
#include "config/config.h"

#include <array>
#include <span>
#include <string_view>
#include <sys/types.h>
#include <utility>

namespace Weave {

// The words that an option takes and what they mean. Config checks against these lists, and
// completions offer them.
template <class T, std::size_t N>
using Choices = std::array<std::pair<std::string_view, T>, N>;

inline constexpr Choices<LogLevel, 4> LogLevels{{
    {"debug", LogLevel::Debug},
    {"info", LogLevel::Info},
    {"warning", LogLevel::Warning},
    {"error", LogLevel::Error},
}};

inline constexpr Choices<LogFormat, 2> LogFormats{{
    {"text", LogFormat::Text},
    {"json", LogFormat::Json},
}};

inline constexpr Choices<CallsMode, 3> CallsModes{{
    {"auto", CallsMode::Auto},
    {"upsert", CallsMode::Upsert},
    {"complete", CallsMode::Complete},
}};

inline constexpr Choices<SpoolSync, 3> SpoolSyncs{{
    {"lazy", SpoolSync::Lazy},
    {"always", SpoolSync::Always},
    {"never", SpoolSync::Never},
}};

inline constexpr Choices<mode_t, 2> SocketModes{{
    {"0600", 0600},
    {"0660", 0660},
}};

// The words of an option of the table; empty when it takes more than a few words.
[[nodiscard]] std::span<const std::string_view> choicesOf(std::string_view optionName);

} // namespace Weave
