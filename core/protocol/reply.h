#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace Weave {

// The reply to every accepted call.
inline constexpr std::string_view SuccessReply = "{\"success\":true}\n";

// {"success":true,"pending":N} with its newline.
[[nodiscard]] std::string successReply(std::uint64_t pendingCalls);

// {"success":false,"error":"…"} and, where given, "pending":N; with its newline.
[[nodiscard]] std::string failureReply(std::string_view error,
                                       std::optional<std::uint64_t> pendingCalls = {});

// {"success":true,"status":…} around JSON text that is already complete.
[[nodiscard]] std::string statusReply(std::string_view statusJson);

} // namespace Weave
