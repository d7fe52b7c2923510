#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace Weave {

// The trace server's routes that carry calls and that the sidecar answers itself (wandb/weave,
// trace_server_interface.py and remote_http_trace_server.py).
struct CallRoute
{
    enum class Kind {
        UpsertBatch, // /call/upsert_batch
        Start, // /call/start
        End, // /call/end
        Complete, // /v2/{entity}/{project}/calls/complete
    };
    Kind kind = Kind::UpsertBatch;
    std::string project; // Complete: "entity/project", percent-encoding resolved
};

// Nothing for every other request.
[[nodiscard]] std::optional<CallRoute> findCallRoute(std::string_view method,
                                                     std::string_view path);

} // namespace Weave
