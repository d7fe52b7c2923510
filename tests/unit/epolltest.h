#pragma once

#include "common/uniquefd.h"
#include "eventloop/epolldispatcher.h"

#include <QCoreApplication>
#include <QEventLoop>
#include <QRegularExpression>
#include <QSocketNotifier>
#include <QTest>
#include <QTimer>

#include <array>
#include <atomic>
#include <functional>
#include <semaphore>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

// What the tests of EpollDispatcher share.

namespace Weave {

inline constexpr Milliseconds Patience{5000};

// Two connected sockets.
struct Pair
{
    Pair()
    {
        std::array<int, 2> ends{-1, -1};
        if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()) != 0)
            qFatal("no sockets left");
        here = UniqueFd(ends[0]);
        there = UniqueFd(ends[1]);
    }
    UniqueFd here;
    UniqueFd there;
};

inline void send(const UniqueFd &socket)
{
    if (::write(socket.get(), "x", 1) != 1)
        qFatal("cannot write");
}

inline void fill(const UniqueFd &socket)
{
    const std::vector<char> bytes(65536);
    while (::write(socket.get(), bytes.data(), bytes.size()) > 0) { }
}

inline void drain(const UniqueFd &socket)
{
    std::array<char, 65536> buffer;
    while (::read(socket.get(), buffer.data(), buffer.size()) > 0) { }
}

// A notifier that counts how often it is told.
class Listener
{
public:
    explicit Listener(int fd, QSocketNotifier::Type type = QSocketNotifier::Read)
        : notifier(fd, type)
    {
        QObject::connect(&notifier, &QSocketNotifier::activated, &notifier, [this] {
            ++count;
            if (handler)
                handler();
        });
    }
    explicit Listener(const UniqueFd &fd, QSocketNotifier::Type type = QSocketNotifier::Read)
        : Listener(fd.get(), type)
    {
    }
    QSocketNotifier notifier;
    int count = 0;
    std::function<void()> handler;
};

// An object whose timers and posted events call a function.
class Probe : public QObject
{
public:
    std::function<void(int)> onTimer = [](int) {};
    std::function<void()> onEvent = [] {};
    int timers = 0;
    int events = 0;

protected:
    void timerEvent(QTimerEvent *event) override
    {
        ++timers;
        onTimer(event->timerId());
    }
    void customEvent(QEvent * /*event*/) override
    {
        ++events;
        onEvent();
    }
};

inline void post(QObject *receiver)
{
    QCoreApplication::postEvent(receiver, new QEvent(QEvent::User));
}

inline QAbstractEventDispatcher *dispatcher()
{
    return QCoreApplication::eventDispatcher();
}

// Handles what there is; by default without waiting for more.
inline bool turn(QEventLoop::ProcessEventsFlags flags = QEventLoop::AllEvents)
{
    return dispatcher()->processEvents(flags);
}

// Whether the loop was quit. One that waits for nothing ends after a while, so that the test fails
// and does not hang.
inline bool ends(QEventLoop &loop)
{
    QTimer guard;
    guard.setSingleShot(true);
    QObject::connect(&guard, &QTimer::timeout, &loop, [&loop] { loop.exit(1); });
    guard.start(Patience);
    return loop.exec() == 0;
}

// Whether a turn has to be ended after that time. From another thread, since it may be a turn
// without timers.
inline bool takesLongerThan(Milliseconds time, QEventLoop::ProcessEventsFlags flags)
{
    std::binary_semaphore isBack(0);
    std::atomic<bool> isLate = false;
    std::thread waker([&isBack, &isLate, time, that = dispatcher()] {
        if (isBack.try_acquire_for(time))
            return;
        isLate = true;
        that->wakeUp();
    });
    turn(flags);
    isBack.release();
    waker.join();
    return isLate;
}

inline bool waits(QEventLoop::ProcessEventsFlags flags = QEventLoop::AllEvents)
{
    return takesLongerThan(Milliseconds(50), flags | QEventLoop::WaitForMoreEvents);
}

inline bool returnsAtOnce(QEventLoop::ProcessEventsFlags flags)
{
    return !takesLongerThan(Patience, flags);
}

// Whether the loop sleeps while it has nothing to do but to wait for a timer.
inline bool isIdle(QEventLoop::ProcessEventsFlags flags = QEventLoop::AllEvents)
{
    int turns = 0;
    QEventLoop loop;
    const auto count = [&turns] { ++turns; };
    QObject::connect(dispatcher(), &QAbstractEventDispatcher::awake, &loop, count);
    QObject::connect(dispatcher(), &QAbstractEventDispatcher::aboutToBlock, &loop, count);
    QTimer::singleShot(Milliseconds(50), Qt::PreciseTimer, &loop, &QEventLoop::quit);
    loop.exec(flags);
    return turns > 0 && turns < 10;
}

// Calls a function in another thread, as soon as the loop is about to wait.
class WhenWaiting
{
public:
    explicit WhenWaiting(std::function<void()> function)
        : m_thread([this, function = std::move(function)] {
              m_isWaiting.acquire();
              function();
          })
    {
        QObject::connect(dispatcher(), &QAbstractEventDispatcher::aboutToBlock, &m_context, [this] {
            if (!std::exchange(m_hasWaited, true))
                m_isWaiting.release();
        });
    }
    ~WhenWaiting()
    {
        if (!m_hasWaited)
            m_isWaiting.release();
        m_thread.join();
    }
    WhenWaiting(const WhenWaiting &) = delete;
    WhenWaiting &operator=(const WhenWaiting &) = delete;

private:
    QObject m_context;
    bool m_hasWaited = false;
    std::binary_semaphore m_isWaiting{0};
    std::thread m_thread;
};

// For the init() of a test.
inline void startAfresh()
{
    QTest::failOnWarning(QRegularExpression(QStringLiteral(".")));
    while (turn()) { } // what the test before has left
}

// For main().
template <typename Test>
int runOnEpoll(int argc, char **argv)
{
    auto epoll = EpollDispatcher::create();
    if (!epoll)
        qFatal("no descriptors left");
    QCoreApplication::setEventDispatcher(epoll.release());
    const QCoreApplication application(argc, argv);
    Test test;
    return QTest::qExec(&test, argc, argv);
}

} // namespace Weave
