#include "eventloop/epolldispatcher.h"

#include "common/logging.h"

#include <QCoreApplication>
#include <QSocketNotifier>
#include <QThread>
#include <QTimerEvent>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <unistd.h>
#include <utility>

namespace Weave {

namespace {

// More that are ready come next time; a larger number would gain nothing any more.
constexpr std::size_t MaxEvents = 256;

// By QSocketNotifier::Type: what epoll is asked for, and what a notifier is told of. As in Qt, who
// waits for anything hears of an end and of an error.
constexpr std::array<std::uint32_t, 3> Asked{EPOLLIN, EPOLLOUT, EPOLLPRI};
constexpr std::uint32_t Ends = EPOLLHUP | EPOLLERR;

constexpr std::uint64_t WakerKey = UINT64_MAX;
constexpr std::uint64_t AlarmKey = WakerKey - 1;

std::uint64_t keyOf(int fd, std::uint32_t generation)
{
    return std::uint64_t{generation} << 32U | static_cast<std::uint32_t>(fd);
}

// How late a timer may be, so that several need one wake-up. The rules are Qt's: a coarse timer
// keeps within a twentieth of its interval, a very coarse one within its second.
Milliseconds toleranceOf(Milliseconds interval, Qt::TimerType type)
{
    using namespace std::chrono_literals;
    constexpr Milliseconds MaxTolerance = 1s;
    switch (type) {
    case Qt::PreciseTimer:
        return 0ms;
    case Qt::CoarseTimer:
        return interval < 20ms ? 0ms : std::min(interval / 20, MaxTolerance);
    case Qt::VeryCoarseTimer:
        return MaxTolerance;
    }
    return 0ms;
}

} // namespace

std::unique_ptr<EpollDispatcher> EpollDispatcher::create()
{
    UniqueFd poller(::epoll_create1(EPOLL_CLOEXEC));
    UniqueFd waker(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    UniqueFd alarm(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK));
    const auto watch = [&poller](const UniqueFd &file, std::uint64_t key) {
        epoll_event wanted = {};
        wanted.events = EPOLLIN;
        wanted.data.u64 = key;
        return ::epoll_ctl(poller.get(), EPOLL_CTL_ADD, file.get(), &wanted) == 0;
    };
    if (!watch(waker, WakerKey) || !watch(alarm, AlarmKey))
        return nullptr;
    return std::unique_ptr<EpollDispatcher>(
        new EpollDispatcher(std::move(poller), std::move(waker), std::move(alarm)));
}

EpollDispatcher::EpollDispatcher(UniqueFd poller, UniqueFd waker, UniqueFd alarm)
    : m_poller(std::move(poller)),
      m_waker(std::move(waker)),
      m_alarm(std::move(alarm))
{
}

EpollDispatcher::~EpollDispatcher() = default;

bool EpollDispatcher::processEvents(QEventLoop::ProcessEventsFlags flags)
{
    m_isInterrupted = false;
    Q_EMIT awake();
    const bool wasWoken = m_isWoken.exchange(false); // who posts an event from here on does it anew
    QCoreApplication::sendPostedEvents();
    if (m_isInterrupted)
        return wasWoken;
    // Whoever has woken us, to interrupt perhaps, wants the caller to look around.
    if (wasWoken)
        flags.setFlag(QEventLoop::WaitForMoreEvents, false);
    // QEventLoop::exec() does nothing between two calls but call again, and while nobody wakes us
    // up nothing is posted: going on here takes 6 % from a call that one of eight clients waits
    // for. A turn that ran a loop of its own is the last, since that may have taken an interruption
    // for its own, or left events that only our caller may send.
    const bool mayGoOn = flags.testFlag(QEventLoop::EventLoopExec) && !wasWoken;
    bool hadAny = wasWoken;
    std::uint64_t turn = 0;
    do {
        turn = ++m_turn;
        if (flags.testFlag(QEventLoop::WaitForMoreEvents) && !m_isWoken && !m_isInterrupted)
            Q_EMIT aboutToBlock();
        if (mayGoOn && m_isWoken)
            break; // what those have posted who heard that comes before what has happened since
        std::array<epoll_event, MaxEvents> events;
        const std::size_t count = wait(flags, events);
        hadAny |= activateNotifiers({events.data(), count}, turn);
        if (!flags.testFlag(QEventLoop::X11ExcludeTimers))
            hadAny |= activateTimers();
    } while (mayGoOn && turn == m_turn && !m_isWoken);
    return hadAny;
}

std::size_t EpollDispatcher::wait(QEventLoop::ProcessEventsFlags flags,
                                  std::span<epoll_event> events)
{
    applyChanges();
    setAlarm();
    const int timeout = timeoutOf(flags);
    if (flags.testFlag(QEventLoop::ExcludeSocketNotifiers)) {
        std::array<pollfd, 2> own{{{m_waker.get(), POLLIN, 0}, {m_alarm.get(), POLLIN, 0}}};
        if (::poll(own.data(), own.size(), timeout) > 0) {
            if (own[0].revents != 0)
                clearWaker();
            if (own[1].revents != 0)
                clearAlarm();
        }
        return 0;
    }
    const int count =
        ::epoll_wait(m_poller.get(), events.data(), static_cast<int>(events.size()), timeout);
    return count > 0 ? static_cast<std::size_t>(count) : 0; // a signal is as good as a wake-up
}

// Times are kept by the kernel from one wait to the next. Told with each wait, as its timeout, they
// would have the clock read twice a turn, and the kernel set up a timer and take it down again, for
// timers that are hardly ever the reason for waking up: 2 % of a call that comes alone.
void EpollDispatcher::setAlarm()
{
    const auto due = m_queue.nextDue();
    // An alarm for a timer that is gone is left alone; it rings in vain, once.
    if (m_hasDueTimers || !due || (m_alarmAt && *m_alarmAt <= *due))
        return;
    using namespace std::chrono;
    const nanoseconds time = due->time_since_epoch(); // of CLOCK_MONOTONIC, where Linux is
    const seconds wholeSeconds = floor<seconds>(time);
    itimerspec when = {};
    when.it_value.tv_sec = wholeSeconds.count();
    when.it_value.tv_nsec = (time - wholeSeconds).count();
    ::timerfd_settime(m_alarm.get(), TFD_TIMER_ABSTIME, &when, nullptr);
    m_alarmAt = due;
}

// Milliseconds; -1: until a descriptor or the alarm is ready.
int EpollDispatcher::timeoutOf(QEventLoop::ProcessEventsFlags flags) const
{
    if (!flags.testFlag(QEventLoop::WaitForMoreEvents) || m_isWoken || m_isInterrupted)
        return 0;
    return m_hasDueTimers && !flags.testFlag(QEventLoop::X11ExcludeTimers) ? 0 : -1;
}

// A handler may remove, add or delete any notifier, so nothing is kept from one to the next; and it
// may run an event loop of its own, which has then seen newer events than these.
bool EpollDispatcher::activateNotifiers(std::span<const epoll_event> events, std::uint64_t turn)
{
    for (const epoll_event &event : events) {
        if (turn != m_turn)
            break;
        if (event.data.u64 == WakerKey) {
            clearWaker();
            continue;
        }
        if (event.data.u64 == AlarmKey) {
            clearAlarm();
            continue;
        }
        const auto fd = static_cast<std::size_t>(event.data.u64 & UINT32_MAX);
        for (std::size_t type = 0; type < Asked.size(); ++type) {
            const Descriptor &descriptor = m_descriptors[fd];
            if (descriptor.generation != event.data.u64 >> 32U)
                break; // the number stands for something else by now
            QSocketNotifier *notifier = descriptor.notifiers[type];
            if (!notifier || (event.events & (Asked[type] | Ends)) == 0)
                continue;
            QCoreApplication::sendEvent(notifier, &m_activation);
        }
    }
    return !events.empty();
}

bool EpollDispatcher::activateTimers()
{
    if (!m_hasDueTimers)
        return false;
    const TimePoint now = SteadyClock::now();
    bool hadTimers = false;
    // At most each of them once: one without an interval is due at once again.
    for (std::size_t left = m_timers.size(); left > 0; --left) {
        const auto id = m_queue.takeDue(now);
        if (!id)
            break;
        hadTimers = true;
        QTimerEvent event(*id);
        QCoreApplication::sendEvent(m_timers.at(*id).object, &event);
        m_queue.putBack(*id, SteadyClock::now());
    }
    const auto next = m_queue.nextDue();
    m_hasDueTimers = next && *next <= SteadyClock::now();
    return hadTimers;
}

void EpollDispatcher::registerSocketNotifier(QSocketNotifier *notifier)
{
    const auto fd = static_cast<std::size_t>(notifier->socket());
    if (fd >= m_descriptors.size())
        m_descriptors.resize(fd + 1);
    m_descriptors[fd].notifiers[notifier->type()] = notifier;
    noteChange(static_cast<int>(fd));
}

void EpollDispatcher::unregisterSocketNotifier(QSocketNotifier *notifier)
{
    const auto fd = static_cast<std::size_t>(notifier->socket());
    if (fd >= m_descriptors.size() || m_descriptors[fd].notifiers[notifier->type()] != notifier)
        return;
    m_descriptors[fd].notifiers[notifier->type()] = nullptr;
    noteChange(static_cast<int>(fd));
}

// Notifiers come and go several times between two waits, so epoll is told before a wait; but at
// once when nobody is left, because the descriptor may be closed next, and its number be used for
// another one.
void EpollDispatcher::noteChange(int fd)
{
    Descriptor &descriptor = m_descriptors[static_cast<std::size_t>(fd)];
    if (wantedEvents(descriptor) == 0) {
        ++descriptor.generation;
        if (std::exchange(descriptor.watched, 0) != 0)
            ::epoll_ctl(m_poller.get(), EPOLL_CTL_DEL, fd, nullptr);
    } else if (!std::exchange(descriptor.isChanged, true)) {
        m_changed.push_back(fd);
    }
}

std::uint32_t EpollDispatcher::wantedEvents(const Descriptor &descriptor)
{
    std::uint32_t wanted = 0;
    for (std::size_t type = 0; type < Asked.size(); ++type)
        wanted |= descriptor.notifiers[type] ? Asked[type] : 0;
    return wanted;
}

void EpollDispatcher::applyChanges()
{
    // Notifiers that are switched off for an error change nothing that is still to be told.
    for (const int fd : std::exchange(m_changed, {})) {
        Descriptor &descriptor = m_descriptors[static_cast<std::size_t>(fd)];
        descriptor.isChanged = false;
        const std::uint32_t wanted = wantedEvents(descriptor);
        if (wanted == descriptor.watched)
            continue;
        epoll_event event = {};
        event.events = wanted;
        event.data.u64 = keyOf(fd, descriptor.generation);
        const int operation = descriptor.watched == 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;
        if (::epoll_ctl(m_poller.get(), operation, fd, &event) == 0) {
            descriptor.watched = wanted;
            continue;
        }
        qCWarning(lcApp, "cannot watch the descriptor %d: %s", fd, std::strerror(errno));
        for (QSocketNotifier *notifier : std::array(descriptor.notifiers)) {
            if (notifier)
                notifier->setEnabled(false);
        }
    }
}

void EpollDispatcher::registerTimer(int timerId, qint64 interval, Qt::TimerType timerType,
                                    QObject *object)
{
    const Milliseconds length(interval);
    m_timers[timerId] = {object, interval, timerType};
    if (interval == 0)
        m_hasDueTimers = true;
    m_queue.add(timerId, length, toleranceOf(length, timerType), SteadyClock::now());
}

bool EpollDispatcher::unregisterTimer(int timerId)
{
    m_timers.erase(timerId);
    return m_queue.remove(timerId);
}

bool EpollDispatcher::unregisterTimers(QObject *object)
{
    return std::erase_if(m_timers,
                         [this, object](const auto &timer) {
                             return timer.second.object == object && m_queue.remove(timer.first);
                         })
        > 0;
}

QList<QAbstractEventDispatcher::TimerInfo> EpollDispatcher::registeredTimers(QObject *object) const
{
    QList<TimerInfo> timers;
    for (const auto &[id, timer] : m_timers) {
        if (timer.object == object)
            timers.append(TimerInfo(id, static_cast<int>(timer.interval), timer.type));
    }
    return timers;
}

int EpollDispatcher::remainingTime(int timerId)
{
    const auto left = m_queue.remaining(timerId, SteadyClock::now());
    return left ? static_cast<int>(std::min<Milliseconds::rep>(left->count(), INT_MAX)) : -1;
}

void EpollDispatcher::wakeUp()
{
    // Our own thread sees the flag before it waits.
    if (m_isWoken.exchange(true) || QThread::currentThread() == thread())
        return;
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(m_waker.get(), &one, sizeof one);
}

void EpollDispatcher::clearWaker()
{
    std::uint64_t count = 0;
    [[maybe_unused]] const auto length = ::read(m_waker.get(), &count, sizeof count);
}

void EpollDispatcher::clearAlarm()
{
    std::uint64_t count = 0;
    [[maybe_unused]] const auto length = ::read(m_alarm.get(), &count, sizeof count);
    m_alarmAt.reset();
    m_hasDueTimers = true;
}

void EpollDispatcher::interrupt()
{
    m_isInterrupted = true;
    wakeUp();
}

} // namespace Weave
