#pragma once

#include "config/environment.h"
#include "config/options.h"

#include <string>
#include <vector>

namespace Weave {

// The ListenStream= of the system's unit in packaging/systemd.
inline constexpr const char *SystemSocket = "/run/weave-sidecar/weave-sidecar.sock";

// Where a client (status, pause, the tray, …) finds the daemon: --socket as flag, variable or
// setting, else the first place at which there is a socket that this user may use, else the first
// at which there is one at all, so that the error tells what is wrong with it, else the default. To
// a service's own reload a setting that names no socket counts as none.
// What a daemon listens on by itself is another question: --socket or its default.
[[nodiscard]] std::string clientSocketPath(const Options &options, const Environment &environment);

// The places: the user's service, the system's service, the default of --socket.
[[nodiscard]] std::vector<std::string> socketPlaces(const Environment &environment);

// Whether a daemon that this user starts is found by clients although there is a socket already:
// none is named, none that is there lets this user in, and the place where it listens by itself is
// free. The system's service is not everybody's.
[[nodiscard]] bool isRoomForOwnDaemon(const Options &options, const Environment &environment);

// As above; empty when there is a socket at none of the places.
[[nodiscard]] std::string firstSocket(const std::vector<std::string> &places);

} // namespace Weave
