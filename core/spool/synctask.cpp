#include "spool/synctask.h"

#include "common/uniquefd.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>
#include <utility>

namespace Weave {

namespace {

// At the end of the daemon, for what is left to sync.
constexpr std::chrono::seconds EndPatience{2};

Result<void> syncDirectory(const std::string &path)
{
    const UniqueFd directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!directory.isValid() || ::fsync(directory.get()) != 0)
        return Error{ErrorCode::Io, "cannot sync " + path + ": " + std::strerror(errno)};
    return {};
}

Result<void> perform(const SyncTask::Job &job, const SyncTask::Deadline &deadline)
{
    Result<void> result;
    if (job.first)
        job.first();
    for (const auto &segment : job.segments) {
        if (std::chrono::steady_clock::now() > deadline.load())
            return Error{ErrorCode::Unavailable, "the daemon ends before all is synced"};
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

SyncTask::~SyncTask()
{
    m_deadline = std::chrono::steady_clock::now() + EndPatience;
}

void SyncTask::sync(Job job)
{
    m_thread.post([this, job = std::move(job)] { job.done(perform(job, m_deadline)); });
}

} // namespace Weave
