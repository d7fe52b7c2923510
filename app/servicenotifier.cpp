#include "app/servicenotifier.h"

#include "app/servicemanager.h"

#include <ctime>
#include <utility>

namespace Weave {

namespace {

using namespace std::chrono_literals;

// Above what the daemon allows itself, before the service manager kills it.
constexpr Milliseconds StopMargin = 5s;

// systemd tells by it which of several reloads this is.
std::string monotonicMicroseconds()
{
    timespec now = {};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    const auto passed = std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
    return std::to_string(std::chrono::floor<std::chrono::microseconds>(passed).count());
}

} // namespace

ServiceNotifier::ServiceNotifier(StatusSource status, Milliseconds statusDelay)
    : m_status(std::move(status)),
      m_statusDelay(statusDelay),
      m_isActive(ServiceManager::isListening())
{
    m_statusTimer.setSingleShot(true);
    connect(&m_statusTimer, &QTimer::timeout, this, &ServiceNotifier::tellStatus);
    connect(&m_watchdogTimer, &QTimer::timeout, this, [] { ServiceManager::tell("WATCHDOG=1"); });
}

void ServiceNotifier::ready()
{
    if (!m_isActive)
        return;
    const std::string status = newStatus();
    ServiceManager::tell(status.empty() ? "READY=1" : "READY=1\n" + status);
    if (const auto timeout = ServiceManager::watchdogTimeout(); timeout && *timeout >= 2ms)
        m_watchdogTimer.start(*timeout / 2);
}

void ServiceNotifier::reloading()
{
    if (m_isActive)
        ServiceManager::tell("RELOADING=1\nMONOTONIC_USEC=" + monotonicMicroseconds());
}

void ServiceNotifier::stopping(Milliseconds allowance)
{
    if (!m_isActive)
        return;
    m_isStopping = true;
    m_statusTimer.stop();
    const auto mayTake = std::chrono::microseconds(allowance + StopMargin);
    ServiceManager::tell("STOPPING=1\nEXTEND_TIMEOUT_USEC=" + std::to_string(mayTake.count())
                         + "\nSTATUS=" + m_status());
}

void ServiceNotifier::noteChange()
{
    if (m_isActive && !m_isStopping && !m_statusTimer.isActive())
        m_statusTimer.start(m_statusDelay);
}

void ServiceNotifier::tellStatus()
{
    if (const std::string status = newStatus(); !status.empty())
        ServiceManager::tell(status);
}

// Empty when the status is still the same.
std::string ServiceNotifier::newStatus()
{
    std::string status = m_status();
    if (status == m_lastStatus)
        return {};
    m_lastStatus = std::move(status);
    return "STATUS=" + m_lastStatus;
}

} // namespace Weave
