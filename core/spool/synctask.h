#pragma once

#include "spool/segment.h"
#include "spool/taskthread.h"

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace Weave {

// Syncs segments to the disk in a thread of its own: a slow disk must not keep clients waiting.
// Those in which nothing waits any more are passed over.
class SyncTask
{
public:
    using Deadline = std::atomic<std::chrono::steady_clock::time_point>;

    SyncTask() = default;
    // Goes on with what has been asked for, for two seconds and the sync that is under way then.
    // The system writes the rest in its own time, and the end of a daemon on a slow disk is not
    // held up until it is killed.
    ~SyncTask();
    SyncTask(const SyncTask &) = delete;
    SyncTask &operator=(const SyncTask &) = delete;

    using Segments = std::vector<std::shared_ptr<const Segment>>;
    // Called in the thread, with the first error there was.
    using Done = std::function<void(const Result<void> &result)>;

    struct Job
    {
        std::function<void()> first = {}; // called in the thread before anything is synced
        Segments segments = {}; // stay mapped until they are synced
        std::string directory = {}; // whose entries have changed; empty when they have not
        Done done = {};
    };
    // Returns at once. Jobs are done one after the other.
    void sync(Job job);

private:
    Deadline m_deadline{std::chrono::steady_clock::time_point::max()};
    TaskThread m_thread; // ends before that
};

} // namespace Weave
