#include "spool/synctask.h"

#include "common/uniquefd.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>
#include <utility>

namespace Weave {

namespace {

Result<void> syncDirectory(const std::string &path)
{
    const UniqueFd directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!directory.isValid() || ::fsync(directory.get()) != 0)
        return Error{ErrorCode::Io, "cannot sync " + path + ": " + std::strerror(errno)};
    return {};
}

Result<void> perform(const SyncTask::Job &job)
{
    Result<void> result;
    for (const auto &segment : job.segments) {
        // With thousands of them, most may have been delivered before their turn comes.
        if (!segment->isNeeded())
            continue;
        if (auto synced = segment->sync(); !synced && result)
            result = std::move(synced);
    }
    if (!job.directory.empty()) {
        if (auto synced = syncDirectory(job.directory); !synced && result)
            result = std::move(synced);
    }
    return result;
}

} // namespace

void SyncTask::sync(Job job)
{
    m_thread.post([job = std::move(job)] { job.done(perform(job)); });
}

} // namespace Weave
