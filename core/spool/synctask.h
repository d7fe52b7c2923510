#pragma once

#include "spool/segment.h"

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace Weave {

// Syncs segments to the disk in a thread of its own: a slow disk must not keep clients waiting.
class SyncTask
{
public:
    using Segments = std::vector<std::shared_ptr<const Segment>>;
    // Called in the thread when a sync has failed.
    using ReportError = std::function<void(const Error &)>;

    explicit SyncTask(ReportError reportError);
    // Finishes what has been asked for.
    ~SyncTask();
    SyncTask(const SyncTask &) = delete;
    SyncTask &operator=(const SyncTask &) = delete;

    // Returns at once. What is asked for while a sync is under way is done after it, together.
    void sync(Segments segments);

private:
    void run();

    const ReportError m_reportError;
    std::mutex m_mutex;
    std::condition_variable m_wake;
    Segments m_waiting;
    bool m_isEnding = false;
    std::thread m_thread;
};

} // namespace Weave
