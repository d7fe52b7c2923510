#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace Weave {

// Does one thing after the other in a thread of its own: for what may take as long as the disk
// likes.
class TaskThread
{
public:
    using Task = std::function<void()>;

    enum class Priority {
        Normal,
        // Leaves the processor to threads that somebody waits for, save a hundredth of it. On
        // Linux; elsewhere it is the same as Normal.
        Low,
    };

    explicit TaskThread(Priority priority = Priority::Normal);
    // Does what has been posted, and ends.
    ~TaskThread();
    TaskThread(const TaskThread &) = delete;
    TaskThread &operator=(const TaskThread &) = delete;

    // Returns at once. The task must not throw. From any thread.
    void post(Task task);
    // Waits until all is done that has been posted, or isEnough, which is asked after each task,
    // says so; but no longer than patience.
    void finish(std::chrono::milliseconds patience, const std::function<bool()> &isEnough = {});

private:
    void run(Priority priority);

    std::mutex m_mutex;
    std::condition_variable m_wake;
    std::condition_variable m_progress;
    std::vector<Task> m_waiting;
    bool m_isWorking = false;
    bool m_isEnding = false;
    std::thread m_thread;
};

} // namespace Weave
