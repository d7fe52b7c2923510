#include "spool/taskthread.h"

#if defined(__linux__)
#include <sys/resource.h>
#endif
#include <utility>

namespace Weave {

namespace {

thread_local bool isLow = false; // this thread's priority

// Linux has a nice value for each thread; elsewhere it would be that of the whole process.
void lowerPriority()
{
    isLow = true;
#if defined(__linux__)
    constexpr int Nicest = 19;
    ::setpriority(PRIO_PROCESS, 0, Nicest); // of this thread
#endif
}

} // namespace

TaskThread::TaskThread(Priority priority)
    : m_thread([this, priority] { run(priority); })
{
}

TaskThread::~TaskThread()
{
    {
        const std::lock_guard lock(m_mutex);
        m_isEnding = true;
    }
    m_wake.notify_one();
    m_thread.join();
}

void TaskThread::post(Task task)
{
    {
        const std::lock_guard lock(m_mutex);
        m_waiting.push_back(std::move(task));
    }
    m_wake.notify_one();
}

void TaskThread::finish(std::chrono::milliseconds patience, const std::function<bool()> &isEnough)
{
    std::unique_lock lock(m_mutex);
    m_progress.wait_for(lock, patience, [&] {
        return (m_waiting.empty() && !m_isWorking) || (isEnough && isEnough());
    });
}

void TaskThread::giveWay()
{
    if (isLow)
        std::this_thread::yield();
}

void TaskThread::run(Priority priority)
{
    if (priority == Priority::Low)
        lowerPriority();
    std::unique_lock lock(m_mutex);
    while (!m_isEnding || !m_waiting.empty()) {
        m_wake.wait(lock, [this] { return m_isEnding || !m_waiting.empty(); });
        m_isWorking = true;
        {
            std::vector<Task> tasks = std::exchange(m_waiting, {});
            lock.unlock();
            for (Task &task : tasks) {
                std::exchange(task, {})(); // with what it holds
                lock.lock(); // or who is about to wait would not hear of it
                lock.unlock();
                m_progress.notify_all();
            }
        }
        lock.lock();
        m_isWorking = false;
        m_progress.notify_all();
    }
}

} // namespace Weave
