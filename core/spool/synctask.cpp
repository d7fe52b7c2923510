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

SyncTask::SyncTask()
    : m_thread([this] { run(); })
{
}

SyncTask::~SyncTask()
{
    {
        const std::lock_guard lock(m_mutex);
        m_isEnding = true;
    }
    m_wake.notify_one();
    m_thread.join();
}

void SyncTask::sync(Job job)
{
    {
        const std::lock_guard lock(m_mutex);
        m_waiting.push_back(std::move(job));
    }
    m_wake.notify_one();
}

void SyncTask::run()
{
    std::unique_lock lock(m_mutex);
    while (!m_isEnding || !m_waiting.empty()) {
        m_wake.wait(lock, [this] { return m_isEnding || !m_waiting.empty(); });
        const std::vector<Job> jobs = std::exchange(m_waiting, {});
        lock.unlock();
        for (const Job &job : jobs)
            job.done(perform(job));
        lock.lock();
    }
}

} // namespace Weave
