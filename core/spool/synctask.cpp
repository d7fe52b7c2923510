#include "spool/synctask.h"

#include <utility>

namespace Weave {

SyncTask::SyncTask(ReportError reportError)
    : m_reportError(std::move(reportError)),
      m_thread([this] { run(); })
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

void SyncTask::sync(Segments segments)
{
    if (segments.empty())
        return;
    {
        const std::lock_guard lock(m_mutex);
        for (auto &segment : segments)
            m_waiting.push_back(std::move(segment));
    }
    m_wake.notify_one();
}

void SyncTask::run()
{
    std::unique_lock lock(m_mutex);
    while (!m_isEnding || !m_waiting.empty()) {
        m_wake.wait(lock, [this] { return m_isEnding || !m_waiting.empty(); });
        const Segments segments = std::exchange(m_waiting, {});
        lock.unlock();
        for (const auto &segment : segments) {
            if (const auto synced = segment->sync(); !synced)
                m_reportError(synced.error());
        }
        lock.lock();
    }
}

} // namespace Weave
