#include "app/doctor/socketcheck.h"

#include "app/statusclient.h"
#include "app/statustext.h"
#include "common/unixsocket.h"
#include "config/socketlookup.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <optional>
#include <sys/stat.h>

namespace Weave {

namespace {

constexpr const char *Check = "socket";

std::string adviceToStart(const std::string &path)
{
    if (path == SystemSocket)
        return "start weave-sidecar; of the system's service `systemctl status weave-sidecar` says "
               "why it does not run, and `systemctl start weave-sidecar.socket "
               "weave-sidecar.service` starts it";
    return "start weave-sidecar, or say --socket PATH (WEAVE_SIDECAR_SOCKET) if it listens "
           "elsewhere";
}

// Where everybody may write and take away what is not theirs, anybody can put a socket of their own
// in the daemon's place.
std::optional<Finding> judgeFolder(const std::string &path)
{
    std::string folder = std::filesystem::path(path).parent_path().string();
    if (folder.empty())
        folder = ".";
    struct stat found = {};
    if (::stat(folder.c_str(), &found) != 0)
        return std::nullopt;
    if ((found.st_mode & S_IWOTH) == 0 || (found.st_mode & S_ISVTX) != 0)
        return std::nullopt;
    return warning(
        Check,
        "everybody may replace what is in " + folder + " (mode " + modeText(found.st_mode) + ")",
        "put the socket into a folder of its own, or set the sticky bit: chmod +t " + folder);
}

bool mayConnect(const struct stat &socket, const Identity &me)
{
    if (me.isRoot())
        return true;
    if (socket.st_uid == me.user)
        return (socket.st_mode & S_IWUSR) != 0;
    if (me.isIn(socket.st_gid))
        return (socket.st_mode & S_IWGRP) != 0;
    return (socket.st_mode & S_IWOTH) != 0;
}

bool isLeftBehind(const std::string &path)
{
    if (path.size() > MaxUnixPathBytes)
        return false; // asking it says so
    const UniqueFd probe = makeUnixSocket();
    setNonBlocking(probe.get());
    return connectUnix(probe.get(), unixAddress(path)) != 0 && errno == ECONNREFUSED;
}

// Of a service the socket's unit says who may connect, and the daemon's flags say nothing.
std::string howToShare(const std::string &path)
{
    const std::string byFlags = "--socket-mode 0660 --socket-group GROUP";
    return path == SystemSocket ? byFlags
            + ", of the system's service SocketMode= and SocketGroup= by `systemctl edit "
              "weave-sidecar.socket`"
                                : byFlags;
}

Finding notAllowed(const std::string &path, const struct stat &socket, const Identity &me)
{
    const std::string owner = userName(socket.st_uid);
    return problem(Check,
                   userName(me.user) + " may not connect to " + path + ": it belongs to " + owner
                       + " and the group " + groupName(socket.st_gid) + ", mode "
                       + modeText(socket.st_mode),
                   "run this as " + owner + ", or share the socket: " + howToShare(path)
                       + ", and add yourself to that group");
}

} // namespace

Finding judgeAccess(uid_t owner, gid_t group, mode_t mode)
{
    const std::string whose = userName(owner);
    const std::string others = owner == 0 ? "" : ", root";
    if ((mode & S_IWOTH) != 0)
        return warning(Check,
                       "every user of this machine may connect (mode " + modeText(mode) + ")",
                       "use --socket-mode 0600, or 0660 with --socket-group; of a service "
                       "SocketMode= and SocketGroup= of its socket's unit");
    if ((mode & S_IWGRP) != 0)
        return ok(Check,
                  whose + others + " and the group " + groupName(group) + " may connect (mode "
                      + modeText(mode) + ")");
    return ok(Check,
              (owner == 0 ? whose : whose + " and root") + " may connect (mode " + modeText(mode)
                  + ")");
}

SocketReport checkSocket(const std::string &path, const Identity &me)
{
    SocketReport report;
    Findings &findings = report.findings;
    struct stat found = {};
    if (::lstat(path.c_str(), &found) != 0) {
        if (errno == ENOENT)
            findings.push_back(problem(Check, "nothing is at " + path + ": no daemon is running",
                                       adviceToStart(path)));
        else
            findings.push_back(problem(Check,
                                       "cannot look at " + path + ": " + std::strerror(errno),
                                       "run this as root or as the daemon's user"));
        return report;
    }
    if (!S_ISSOCK(found.st_mode)) {
        findings.push_back(
            problem(Check, path + " is not a socket", "move it away, or choose another --socket"));
        return report;
    }
    if (auto folder = judgeFolder(path))
        findings.push_back(std::move(*folder));
    report.owner = found.st_uid;
    if (!mayConnect(found, me)) {
        findings.push_back(notAllowed(path, found, me));
        return report;
    }
    if (isLeftBehind(path)) {
        findings.push_back(
            problem(Check, "nobody answers at " + path + "; a daemon that is gone has left it",
                    adviceToStart(path) + "; a new daemon replaces what is left"));
        return report;
    }
    const auto reply = ask(path, R"({"method":"status"})");
    const auto status = reply ? parseStatusReply(*reply) : Result<QJsonObject>(reply.error());
    if (!status) {
        findings.push_back(problem(Check, status.error().message,
                                   "see the daemon's log, and restart it if it hangs"));
        return report;
    }
    report.status = *status;
    findings.push_back(ok(Check, "a daemon answers at " + path));
    findings.push_back(judgeAccess(found.st_uid, found.st_gid, found.st_mode));
    return report;
}

} // namespace Weave
