#include "app/doctor/diskcheck.h"

#include "common/bytesize.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <sys/statvfs.h>

#if defined(__linux__)
#include <linux/magic.h>
#include <sys/vfs.h>
#endif

namespace Weave {

namespace {

constexpr const char *Check = "disk";
// Four segments of the spool.
constexpr std::uint64_t VeryLittle = 16 * MiB;

bool isInMemory([[maybe_unused]] const std::string &folder)
{
#if defined(__linux__)
    struct statfs found = {};
    return ::statfs(folder.c_str(), &found) == 0
        && (found.f_type == TMPFS_MAGIC || found.f_type == RAMFS_MAGIC);
#else
    return false;
#endif
}

} // namespace

Result<DiskSpace> diskSpaceAt(const std::string &path)
{
    const auto failed = [](const std::filesystem::path &folder, const std::string &reason) {
        return Error{ErrorCode::Io,
                     "cannot ask for the room at " + folder.string() + ": " + reason};
    };
    std::error_code status;
    std::filesystem::path folder = std::filesystem::absolute(path, status);
    while (folder.has_relative_path() && !std::filesystem::exists(folder, status)) {
        if (status) // it may be there, and on a disk of its own
            return failed(folder, status.message());
        folder = folder.parent_path();
    }
    struct statvfs found = {};
    if (::statvfs(folder.c_str(), &found) != 0)
        return failed(folder, std::strerror(errno));
    DiskSpace space;
    space.freeBytes = std::uint64_t{found.f_bavail} * found.f_frsize;
    space.isReadOnly = (found.f_flag & ST_RDONLY) != 0;
    space.isInMemory = isInMemory(folder.string());
    space.hasFreeFiles = found.f_files == 0 || found.f_favail > 0; // some file systems count none
    return space;
}

Finding judgeDisk(const std::string &path, const DiskSpace &space, std::uint64_t usedBytes,
                  std::uint64_t maxBytes)
{
    const std::string free = formatByteSize(space.freeBytes);
    const std::uint64_t wanted = maxBytes > usedBytes ? maxBytes - usedBytes : 0;
    if (space.isReadOnly)
        return problem(Check, "the file system of " + path + " is read-only",
                       "mount it for writing (a disk with errors turns read-only: see dmesg), or "
                       "choose another --spool-dir");
    if (!space.hasFreeFiles)
        return problem(Check, "the file system of " + path + " has no room for another file",
                       "remove files there, or choose another --spool-dir");
    if (wanted > space.freeBytes && space.freeBytes < VeryLittle)
        return problem(Check, "the disk of " + path + " is full: " + free + " are free",
                       "make room there, or choose another --spool-dir");
    if (wanted > space.freeBytes)
        return warning(Check,
                       free + " are free for " + path + ", and the spool may grow by "
                           + formatByteSize(wanted),
                       "make room, or lower --spool-max-bytes: a disk that is full refuses calls "
                       "early, and other programs' files with them");
    if (space.isInMemory)
        return warning(Check,
                       path + " is in memory: calls that wait are lost when the machine stops",
                       "choose a --spool-dir on a disk");
    return ok(Check, free + " are free for " + path);
}

} // namespace Weave
