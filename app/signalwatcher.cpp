#include "app/signalwatcher.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <sys/socket.h>

namespace Weave {

namespace {

// Where the handler writes to. A signal handler has no other way to reach anything.
volatile sig_atomic_t s_writeEnd = -1;

void handleSignal(int number)
{
    const int saved = errno;
    const char byte = static_cast<char>(number);
    [[maybe_unused]] const auto sent = ::send(s_writeEnd, &byte, 1, MSG_DONTWAIT);
    errno = saved;
}

void setHandler(void (*handler)(int))
{
    struct sigaction action = {};
    action.sa_handler = handler;
    action.sa_flags = SA_RESTART;
    ::sigaction(SIGTERM, &action, nullptr);
    ::sigaction(SIGINT, &action, nullptr);
    ::sigaction(SIGHUP, &action, nullptr);
}

} // namespace

SignalWatcher::SignalWatcher()
{
    std::array<int, 2> ends{-1, -1};
    if (::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()) != 0)
        qFatal("cannot make a socket pair for signals");
    m_readEnd = UniqueFd(ends[0]);
    m_writeEnd = UniqueFd(ends[1]);
    s_writeEnd = ends[1];
    m_notifier = std::make_unique<QSocketNotifier>(ends[0], QSocketNotifier::Read);
    connect(m_notifier.get(), &QSocketNotifier::activated, this, &SignalWatcher::readSignals);
    setHandler(handleSignal);
}

SignalWatcher::~SignalWatcher()
{
    setHandler(SIG_DFL);
    s_writeEnd = -1;
}

void SignalWatcher::readSignals()
{
    std::array<char, 16> bytes{};
    const auto count = ::recv(m_readEnd.get(), bytes.data(), bytes.size(), MSG_DONTWAIT);
    bool isReload = false; // several say no more than one
    for (ssize_t i = 0; i < count; ++i) {
        if (bytes[static_cast<std::size_t>(i)] == SIGHUP)
            isReload = true;
        else
            Q_EMIT terminationRequested();
    }
    if (isReload)
        Q_EMIT reloadRequested();
}

} // namespace Weave
