#pragma once

#include "app/doctor/finding.h"
#include "app/doctor/identity.h"

#include <QJsonObject>

#include <optional>
#include <string>
#include <sys/types.h>

namespace Weave {

// What lies at the socket's path, and what the daemon behind it says.
struct SocketReport
{
    Findings findings;
    std::optional<uid_t> owner; // of the socket: whom the daemon runs as
    QJsonObject status; // of the daemon; empty when none has answered
};

// Asks the daemon for its status, which takes some seconds at most.
[[nodiscard]] SocketReport checkSocket(const std::string &path, const Identity &me);

// Who may connect to a socket of that owner and mode, and whether that is too many.
[[nodiscard]] Finding judgeAccess(uid_t owner, gid_t group, mode_t mode);

} // namespace Weave
