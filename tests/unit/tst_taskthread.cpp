#include "spool/taskthread.h"

#include <QTest>

#include <atomic>
#include <chrono>
#include <memory>
#if defined(__linux__)
#include <sched.h>
#include <sys/resource.h>
#endif
#include <thread>
#include <vector>

using namespace Weave;
using namespace std::chrono_literals;

class TstTaskThread final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void worksInAnotherThread();
    void keepsTheOrder();
    void finishWaitsForWhatIsPosted();
    void finishHasNothingToWaitFor();
    void finishWaitsNoLongerThanAsked();
    void dropsWhatATaskHolds();
    void endsWithEverythingDone();
    void takesTasksFromSeveralThreads();
    void aLowPriorityIsOfItsThreadAlone();
    void aLowPriorityGivesWay();
};

void TstTaskThread::worksInAnotherThread()
{
    std::thread::id worker;
    TaskThread thread;
    thread.post([&worker] { worker = std::this_thread::get_id(); });
    thread.finish(10s);
    QVERIFY(worker != std::thread::id());
    QVERIFY(worker != std::this_thread::get_id());
}

void TstTaskThread::keepsTheOrder()
{
    std::vector<int> done;
    std::vector<int> wanted;
    TaskThread thread;
    for (int i = 0; i < 1000; ++i) {
        wanted.push_back(i);
        thread.post([&done, i] { done.push_back(i); });
    }
    thread.finish(10s);
    QVERIFY(done == wanted);
}

void TstTaskThread::finishWaitsForWhatIsPosted()
{
    std::atomic<bool> isDone = false;
    TaskThread thread;
    thread.post([&isDone] {
        std::this_thread::sleep_for(50ms);
        isDone = true;
    });
    QVERIFY(!isDone);
    thread.finish(10s);
    QVERIFY(isDone);
}

void TstTaskThread::finishHasNothingToWaitFor()
{
    TaskThread thread;
    thread.finish(10s);
    thread.post([] {});
    thread.finish(10s);
    thread.finish(10s);
}

void TstTaskThread::finishWaitsNoLongerThanAsked()
{
    std::atomic<bool> isFirstDone = false;
    std::atomic<bool> mayEnd = false;
    TaskThread thread;
    thread.post([&isFirstDone] { isFirstDone = true; });
    thread.post([&mayEnd] { mayEnd.wait(false); });
    thread.finish(10s, [&isFirstDone] { return isFirstDone.load(); });
    QVERIFY(isFirstDone);
    thread.finish(1ms);
    mayEnd = true;
    mayEnd.notify_all();
}

// A file is not gone before the last one lets go of it.
void TstTaskThread::dropsWhatATaskHolds()
{
    auto held = std::make_shared<int>(1);
    const std::weak_ptr<int> watched = held;
    TaskThread thread;
    thread.post([held = std::move(held)] {});
    thread.finish(10s);
    QVERIFY(watched.expired());
}

void TstTaskThread::endsWithEverythingDone()
{
    std::atomic<int> done = 0;
    {
        TaskThread thread;
        thread.post([] { std::this_thread::sleep_for(20ms); });
        for (int i = 0; i < 100; ++i)
            thread.post([&done] { ++done; });
    }
    QCOMPARE(done.load(), 100);
}

void TstTaskThread::takesTasksFromSeveralThreads()
{
    int done = 0; // tasks run one after the other
    TaskThread thread;
    std::vector<std::thread> others;
    for (int i = 0; i < 4; ++i) {
        others.emplace_back([&thread, &done] {
            for (int j = 0; j < 1000; ++j)
                thread.post([&done] { ++done; });
        });
    }
    for (std::thread &other : others)
        other.join();
    thread.finish(10s);
    QCOMPARE(done, 4000);
}

void TstTaskThread::aLowPriorityIsOfItsThreadAlone()
{
#if defined(__linux__)
    const auto niceValue = [] { return ::getpriority(PRIO_PROCESS, 0); };
    const int before = niceValue();
    int low = -1;
    int normal = -1;
    {
        TaskThread first(TaskThread::Priority::Low);
        first.post([&] { low = niceValue(); });
        TaskThread second;
        second.post([&] { normal = niceValue(); });
    }
    QCOMPARE(low, 19);
    QCOMPARE(normal, before);
    QCOMPARE(niceValue(), before);
#else
    QSKIP("threads have no priority of their own here");
#endif
}

void TstTaskThread::aLowPriorityGivesWay()
{
#if defined(__linux__)
    cpu_set_t before;
    QCOMPARE(::sched_getaffinity(0, sizeof before, &before), 0);
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(::sched_getcpu(), &one);
    QCOMPARE(::sched_setaffinity(0, sizeof one, &one), 0); // and the thread's that it starts

    constexpr int Last = 200;
    std::atomic<int> asked = 0;
    std::atomic<int> answered = 0;
    int atOnce = 0;
    {
        TaskThread thread(TaskThread::Priority::Low);
        thread.post([&] {
            for (int i = 1; i <= Last; ++i) {
                asked = i;
                asked.notify_one();
                TaskThread::giveWay();
                atOnce += answered == i ? 1 : 0;
                std::this_thread::sleep_for(200us); // till the other waits again
            }
        });
        for (int i = 1; i <= Last; ++i) {
            asked.wait(i - 1);
            answered = i;
            answered.notify_one();
        }
    }
    QCOMPARE(::sched_setaffinity(0, sizeof before, &before), 0);
    QVERIFY2(atOnce > Last / 2, qPrintable(QString::number(atOnce)));
#else
    QSKIP("threads have no priority of their own here");
#endif
}

QTEST_APPLESS_MAIN(TstTaskThread)

#include "tst_taskthread.moc"
