#pragma once

#include "http/httpreply.h"
#include "http/httprequest.h"
#include "ingest/requesthandler.h"

#include <string_view>

namespace Weave {

// The pages about the daemon itself: /healthz, /readyz and /metrics, at the HTTP door and at
// --metrics.
[[nodiscard]] bool isHealthPath(std::string_view path);

// GET or HEAD.
[[nodiscard]] bool isReading(const HttpRequest &request);

// The page at a path for which isHealthPath() holds, or at /status: what the socket's method says.
// The reason why it is not ready may have the backend's words.
[[nodiscard]] HttpReply healthPage(std::string_view path, RequestHandler &handler,
                                   bool tellsReason);

} // namespace Weave
