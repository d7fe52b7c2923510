#pragma once

#include "app/doctor/finding.h"

#include <QJsonObject>

#include <cstdint>
#include <string>
#include <string_view>

namespace Weave {

// What the running daemon's status says: version, delivery, spool, what was refused or given up.
[[nodiscard]] Findings judgeDaemon(const QJsonObject &status, std::string_view ownVersion);

// Whether the daemon has the connections that it was asked for, and descriptors for them.
// Without a daemon (an empty status) the limits are those that one started now would get.
struct FileLimits
{
    std::uint64_t soft = 0;
    std::uint64_t hard = 0;

    [[nodiscard]] static FileLimits ofThisProcess();
};
[[nodiscard]] Finding judgeFiles(const QJsonObject &status, const FileLimits &limits,
                                 std::uint64_t wantedConnections);

} // namespace Weave
