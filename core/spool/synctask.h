#pragma once

#include "spool/segment.h"
#include "spool/taskthread.h"

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
    using Segments = std::vector<std::shared_ptr<const Segment>>;
    // Called in the thread, with the first error there was.
    using Done = std::function<void(const Result<void> &result)>;

    struct Job
    {
        Segments segments; // stay mapped until they are synced
        std::string directory; // whose entries have changed; empty when they have not
        Done done;
    };
    // Returns at once. Jobs are done one after the other.
    void sync(Job job);

private:
    TaskThread m_thread; // finishes what has been asked for
};

} // namespace Weave
