#pragma once

#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace Weave {

// Who a check is made for.
struct Identity
{
    uid_t user = 0;
    std::vector<gid_t> groups;

    [[nodiscard]] static Identity ofThisProcess();
    [[nodiscard]] bool isRoot() const { return user == 0; }
    [[nodiscard]] bool isIn(gid_t group) const;
};

// "ada", or "uid 1000" where the system knows no name.
[[nodiscard]] std::string userName(uid_t user);
[[nodiscard]] std::string groupName(gid_t group);
// Nothing when the system knows no such user.
[[nodiscard]] std::optional<uid_t> userNamed(const char *name);
// "0600"
[[nodiscard]] std::string modeText(mode_t mode);

} // namespace Weave
