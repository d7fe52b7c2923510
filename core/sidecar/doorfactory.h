#pragma once

#include "config/config.h"
#include "http/httpserver.h"

#include <cstdint>
#include <memory>

namespace Weave {

// Clients of --metrics at a time.
inline constexpr std::uint64_t MaxMetricsConnections = 32;

// What a reload may change of the HTTP door.
[[nodiscard]] std::unique_ptr<HttpRouter> makeDoorRouter(const Config &config,
                                                         RequestHandler &handler);
[[nodiscard]] HttpServerOptions httpDoorOptions(const Config &config, std::uint64_t maxConnections);

// The HTTP door as the user wants it; null without --http. It does not listen yet.
[[nodiscard]] std::unique_ptr<HttpServer> makeHttpDoor(const Config &config,
                                                       std::uint64_t maxConnections,
                                                       RequestHandler &handler, Stats &stats);

// The server of --metrics; null without it.
[[nodiscard]] std::unique_ptr<HttpServer> makeMetricsServer(const Config &config,
                                                            RequestHandler &handler, Stats &stats);
[[nodiscard]] Result<void> listen(HttpServer &server, const MetricsAddress &address);

} // namespace Weave
