#pragma once

#include <optional>
#include <string>
#include <sys/stat.h>

namespace Weave {

// Which file it is, whatever its name: the spool's folder may be replaced while a daemon works in
// it, and then the names it knows are those of another's files.
struct FileId
{
    dev_t device = 0;
    ino_t inode = 0;

    bool operator==(const FileId &) const = default;
};

// Nothing when it cannot be told, as when there is no such file. A link is not followed.
[[nodiscard]] std::optional<FileId> fileIdOf(int descriptor);
[[nodiscard]] std::optional<FileId> fileIdOf(const std::string &path);

// rename() that replaces nothing: 0, or errno, which is EEXIST where the new name is taken.
[[nodiscard]] int renameToFree(const std::string &from, const std::string &to);

} // namespace Weave
