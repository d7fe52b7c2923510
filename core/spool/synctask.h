#pragma once

#include "spool/segment.h"

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace Weave {

// Syncs segments to the disk in a thread of its own: a slow disk must not keep clients waiting.
class SyncTask
{
public:
    using Segments = std::vector<std::shared_ptr<const Segment>>;
    // Called in the thread, with the first error there was.
    using Done = std::function<void(const Result<void> &result)>;

    SyncTask();
    // Finishes what has been asked for.
    ~SyncTask();
    SyncTask(const SyncTask &) = delete;
    SyncTask &operator=(const SyncTask &) = delete;

    struct Job
    {
        Segments segments; // stay mapped until they are synced
        std::string directory; // whose entries have changed; empty when they have not
        Done done;
    };
    // Returns at once. Jobs are done one after the other.
    void sync(Job job);

private:
    void run();

    std::mutex m_mutex;
    std::condition_variable m_wake;
    std::vector<Job> m_waiting;
    bool m_isEnding = false;
    std::thread m_thread;
};

} // namespace Weave
