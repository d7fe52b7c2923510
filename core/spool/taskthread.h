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

    // For what a task does, between its steps: lets others have the processor, in a thread of Low
    // priority; in any other it does nothing. Since Linux 6.6 a thread that wakes up may have to
    // wait for 1 ms and longer behind one that runs, however low the priority of that: with 100,000
    // calls a second p99 of their replies was 1.1 ms without, and is 0.5 ms where each step is
    // short.
    static void giveWay();

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
