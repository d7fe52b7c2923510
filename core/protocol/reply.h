#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace Weave {

// The reply to every accepted call.
inline constexpr std::string_view SuccessReply = "{\"success\":true}\n";

// {"success":true,"pending":N} with its newline.
[[nodiscard]] std::string successReply(std::uint64_t pendingCalls);

// {"success":false,"error":"…"} and, where given, "pending":N; with its newline.
[[nodiscard]] std::string failureReply(std::string_view error,
                                       std::optional<std::uint64_t> pendingCalls = {});

// {"success":true,"changed":[…],"needs_restart":[…],"not_used":[…]} with names of settings.
[[nodiscard]] std::string reloadReply(const std::vector<std::string> &changed,
                                      const std::vector<std::string> &needsRestart,
                                      const std::vector<std::string> &notUsed);

// {"success":true,"status":…} around JSON text that is already complete.
[[nodiscard]] std::string statusReply(std::string_view statusJson);

} // namespace Weave
