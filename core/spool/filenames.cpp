#include "spool/filenames.h"

#include <cerrno>
#include <cstdio>
#include <fcntl.h>

namespace Weave {

std::optional<FileId> fileIdOf(int descriptor)
{
    struct stat found = {};
    if (::fstat(descriptor, &found) != 0)
        return std::nullopt;
    return FileId{found.st_dev, found.st_ino};
}

std::optional<FileId> fileIdOf(const std::string &path)
{
    struct stat found = {};
    if (::lstat(path.c_str(), &found) != 0)
        return std::nullopt;
    return FileId{found.st_dev, found.st_ino};
}

int renameToFree(const std::string &from, const std::string &to)
{
#if defined(RENAME_NOREPLACE)
    if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0)
        return 0;
    if (errno != EINVAL && errno != ENOSYS) // not every file system knows the flag
        return errno;
#endif
    if (fileIdOf(to))
        return EEXIST;
    return ::rename(from.c_str(), to.c_str()) == 0 ? 0 : errno;
}

} // namespace Weave
