#include "common/linefile.h"

#include <cerrno>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

namespace Weave {

bool endsWithinLine(int descriptor)
{
    struct stat status = {};
    char last = '\n';
    return ::fstat(descriptor, &status) == 0 && status.st_size > 0
        && ::pread(descriptor, &last, 1, status.st_size - 1) == 1 && last != '\n';
}

bool appendWhole(int descriptor, std::string_view line)
{
    const ssize_t written = ::write(descriptor, line.data(), line.size());
    if (written == static_cast<ssize_t>(line.size()))
        return true;
    const int error = written < 0 ? errno : ENOSPC; // the usual reason for half a line
    struct stat now = {};
    const off_t end = ::lseek(descriptor, 0, SEEK_CUR);
    if (written > 0 && ::fstat(descriptor, &now) == 0 && now.st_size == end) {
        [[maybe_unused]] const int status = ::ftruncate(descriptor, end - written);
    }
    errno = error;
    return false;
}

} // namespace Weave
