#pragma once

#include "config/config.h"
#include "http/httpserver.h"

#include <cstdint>
#include <memory>

namespace Weave {

[[nodiscard]] HttpServerOptions httpDoorOptions(const Config &config, std::uint64_t maxConnections);

// The HTTP door as the user wants it; null without --http. It does not listen yet.
[[nodiscard]] std::unique_ptr<HttpServer> makeHttpDoor(const Config &config,
                                                       std::uint64_t maxConnections,
                                                       RequestHandler &handler, Stats &stats);

} // namespace Weave
