#include "app/doctor/identity.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <grp.h>
#include <pwd.h>
#include <unistd.h>

namespace Weave {

Identity Identity::ofThisProcess()
{
    Identity me;
    me.user = ::geteuid();
    const int count = ::getgroups(0, nullptr);
    me.groups.resize(static_cast<std::size_t>(std::max(count, 0)));
    if (!me.groups.empty())
        me.groups.resize(
            static_cast<std::size_t>(std::max(::getgroups(count, me.groups.data()), 0)));
    me.groups.push_back(::getegid());
    return me;
}

bool Identity::isIn(gid_t group) const
{
    return std::find(groups.begin(), groups.end(), group) != groups.end();
}

std::string userName(uid_t user)
{
    const struct passwd *entry = ::getpwuid(user);
    return entry ? entry->pw_name : "uid " + std::to_string(user);
}

std::optional<uid_t> userNamed(const char *name)
{
    const struct passwd *entry = ::getpwnam(name);
    return entry ? std::optional<uid_t>(entry->pw_uid) : std::nullopt;
}

std::string groupName(gid_t group)
{
    const struct group *entry = ::getgrgid(group);
    return entry ? entry->gr_name : "gid " + std::to_string(group);
}

std::string modeText(mode_t mode)
{
    std::array<char, 16> text{};
    std::snprintf(text.data(), text.size(), "%04o", static_cast<unsigned>(mode & 07777U));
    return text.data();
}

} // namespace Weave
