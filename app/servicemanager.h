#pragma once

#include "common/clock.h"
#include "common/result.h"
#include "common/uniquefd.h"

#include <optional>
#include <string>

// What systemd, as the service manager that has started this process, can be told and asked: the
// interface of libsystemd in the project's terms. Without a service manager, and in a build without
// libsystemd, telling does nothing and asking finds nothing. Reads the process's environment.
namespace Weave::ServiceManager {

// Whether anybody listens to tell().
[[nodiscard]] bool isListening();

// Assignments as sd_notify(3) has them, a line each: "READY=1\nSTATUS=…".
void tell(const std::string &assignments);

// Time after which a process that has not said WATCHDOG=1 is killed; nothing when it need not.
[[nodiscard]] std::optional<Milliseconds> watchdogTimeout();

// The listening socket that came with the process (socket activation). Not valid when none came;
// an error when there are several. Takes it: a second call finds none.
[[nodiscard]] Result<UniqueFd> takeSocket();

} // namespace Weave::ServiceManager
