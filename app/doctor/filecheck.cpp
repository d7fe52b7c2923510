#include "app/doctor/filecheck.h"

#include "spool/spooldirectory.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>

namespace Weave {

namespace {

constexpr mode_t OthersBits = 077;

Finding unseen(const char *check, const std::string &path)
{
    return warning(check, "cannot look at " + path + ": " + std::strerror(errno),
                   "run this as root or as the daemon's user to check it");
}

// The nearest folder above that is there.
std::string existingParent(const std::string &path)
{
    std::error_code status;
    std::filesystem::path folder = std::filesystem::absolute(path, status).parent_path();
    while (folder.has_relative_path() && !std::filesystem::exists(folder, status))
        folder = folder.parent_path();
    return folder.string();
}

// As root, access() says yes to everything but a file system that cannot be written.
bool isWritable(const std::string &folder)
{
    return ::access(folder.c_str(), W_OK | X_OK) == 0;
}

Finding missingSpool(const std::string &path, const Identity &me)
{
    const std::string parent = existingParent(path);
    if (isWritable(parent))
        return ok("spool", path + " is not there yet; the daemon makes it");
    return problem("spool",
                   path + " is not there, and " + userName(me.user) + " cannot make it in " + parent
                       + ": " + std::strerror(errno),
                   "make it for the daemon's user (install -d -m 0700 -o USER " + path
                       + "), or choose another --spool-dir");
}

} // namespace

Finding checkSpoolFolder(const std::string &path, uid_t owner, const Identity &me)
{
    constexpr const char *Check = "spool";
    struct stat found = {};
    if (::lstat(path.c_str(), &found) != 0) {
        if (errno == ENOENT)
            return missingSpool(path, me);
        return unseen(Check, path);
    }
    if (!S_ISDIR(found.st_mode))
        return problem(Check, path + " is not a folder", "choose another --spool-dir");
    if (found.st_uid != owner)
        return problem(Check,
                       path + " belongs to " + userName(found.st_uid) + ", and the daemon runs as "
                           + userName(owner),
                       "chown -R " + userName(owner) + " " + path
                           + ", or choose another --spool-dir");
    if ((found.st_mode & OthersBits) != 0 && holdsOtherThings(path))
        return problem(Check, path + " is open to others and has other things in it",
                       "give the spool a folder of its own by --spool-dir");
    if ((found.st_mode & OthersBits) != 0)
        return warning(Check,
                       "others can look into " + path + " (mode " + modeText(found.st_mode)
                           + "); calls are nobody else's business",
                       "chmod 0700 " + path + "; a daemon that starts does so itself");
    if (me.user == owner && !isWritable(path))
        return problem(Check, path + " cannot be written: " + std::strerror(errno),
                       "chmod 0700 " + path + ", or look after its file system");
    return ok(Check,
              path + " belongs to " + userName(owner) + " alone (mode " + modeText(found.st_mode)
                  + ")");
}

Finding checkKeyFile(const std::string &path, const Identity &me)
{
    constexpr const char *Check = "key";
    struct stat found = {};
    if (::stat(path.c_str(), &found) != 0 || ::access(path.c_str(), R_OK) != 0)
        return problem(
            Check, path + " cannot be read by " + userName(me.user) + ": " + std::strerror(errno),
            "check the path and who owns it");
    if ((found.st_mode & OthersBits) != 0)
        return warning(Check,
                       "others can read or change the API key in " + path + " (mode "
                           + modeText(found.st_mode) + ")",
                       "chmod 0600 " + path);
    return ok(Check, path + " is for " + userName(found.st_uid) + " alone");
}

Finding checkConfigFile(const std::string &path, bool hasKey)
{
    constexpr const char *Check = "config";
    constexpr mode_t WriteBits = S_IWGRP | S_IWOTH;
    struct stat found = {};
    if (::stat(path.c_str(), &found) != 0) {
        if (errno != ENOENT && errno != ENOTDIR)
            return unseen(Check, path); // the daemon may well have found it
        return ok(Check, path + " is not there, which is fine");
    }
    if ((found.st_mode & WriteBits) != 0)
        return warning(Check,
                       "others can change " + path + " (mode " + modeText(found.st_mode)
                           + "), and so where calls and the key go",
                       "chmod go-w " + path);
    if (hasKey && (found.st_mode & OthersBits) != 0)
        return warning(Check,
                       "others can read the API key in " + path + " (mode "
                           + modeText(found.st_mode) + ")",
                       "chmod 0600 " + path + ", or keep the key in a file of its own");
    return ok(Check, path + " is read");
}

} // namespace Weave
