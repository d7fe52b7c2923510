#pragma once

#include "common/call.h"
#include "forwarding/requestreport.h"
#include "ingest/clientinfo.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace Weave {

// The lines that a subscriber gets, each with its newline. docs/protocol.md describes them.

// {"event":"status","status":…,"clients":[…],"calls_skipped":N}. clients only when hasClients.
[[nodiscard]] std::string statusEvent(std::string_view statusJson, bool hasClients,
                                      std::span<const ClientInfo> clients,
                                      std::uint64_t callsSkipped);

// {"event":"flush",…}. time is in milliseconds since 1970.
[[nodiscard]] std::string flushEvent(const RequestReport &report, std::int64_t time);

// {"event":"call",…}. withPayload adds the start's inputs or the end's output, cut where they are
// long.
[[nodiscard]] std::string callEvent(const CallView &call, std::int64_t time, bool withPayload);

} // namespace Weave
