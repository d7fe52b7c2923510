#pragma once

#include "common/uniquefd.h"
#include "eventloop/timerqueue.h"

#include <QAbstractEventDispatcher>
#include <QEvent>

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <sys/epoll.h>
#include <unordered_map>
#include <vector>

namespace Weave {

// Qt's event loop on epoll. The dispatchers that Qt has poll: they hand every descriptor to the
// kernel each time, and look at every one of them afterwards. With a thousand clients of which one
// has something to say that is most of the work.
//
// For one thread, whose dispatcher it is; wakeUp() and interrupt() come from any. Linux only.
class EpollDispatcher final : public QAbstractEventDispatcher
{
    Q_OBJECT

public:
    // Null when the system has no descriptor left.
    [[nodiscard]] static std::unique_ptr<EpollDispatcher> create();
    ~EpollDispatcher() override;

    bool processEvents(QEventLoop::ProcessEventsFlags flags) override;

    void registerSocketNotifier(QSocketNotifier *notifier) override;
    void unregisterSocketNotifier(QSocketNotifier *notifier) override;

    // Times in milliseconds.
    void registerTimer(int timerId, qint64 interval, Qt::TimerType timerType,
                       QObject *object) override;
    bool unregisterTimer(int timerId) override;
    bool unregisterTimers(QObject *object) override;
    [[nodiscard]] QList<TimerInfo> registeredTimers(QObject *object) const override;
    int remainingTime(int timerId) override;

    void wakeUp() override;
    void interrupt() override;

private:
    // By QSocketNotifier::Type.
    struct Descriptor
    {
        std::array<QSocketNotifier *, 3> notifiers{};
        std::uint32_t watched = 0; // what epoll has been told
        std::uint32_t generation = 0; // of what the number stands for
        bool isChanged = false; // since
    };
    struct Timer
    {
        QObject *object;
        qint64 interval;
        Qt::TimerType type;
    };

    EpollDispatcher(UniqueFd poller, UniqueFd waker, UniqueFd alarm);

    [[nodiscard]] static std::uint32_t wantedEvents(const Descriptor &descriptor);
    void noteChange(int fd);
    void applyChanges();
    void setAlarm();
    [[nodiscard]] int timeoutOf(QEventLoop::ProcessEventsFlags flags) const;
    [[nodiscard]] std::size_t wait(QEventLoop::ProcessEventsFlags flags,
                                   std::span<epoll_event> events);
    void clearWaker();
    void clearAlarm();
    bool activateNotifiers(std::span<const epoll_event> events, std::uint64_t turn);
    bool activateTimers();

    const UniqueFd m_poller;
    const UniqueFd m_waker; // an eventfd that other threads write to
    const UniqueFd m_alarm; // a timerfd
    std::vector<Descriptor> m_descriptors; // by number
    std::vector<int> m_changed;
    QEvent m_activation{QEvent::SockAct}; // the same for all, because to make one takes two calls
    std::uint64_t m_turn = 0; // counts them, those of nested loops too
    TimerQueue m_queue;
    std::optional<TimePoint> m_alarmAt; // when it rings: no later than the first timer is due
    bool m_hasDueTimers = false; // it has rung, or a timer needs no alarm
    std::unordered_map<int, Timer> m_timers;
    std::atomic<bool> m_isWoken = false; // posted events have come
    std::atomic<bool> m_isInterrupted = false;
};

} // namespace Weave
