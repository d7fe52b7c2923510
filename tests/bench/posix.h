// The little that the bench programs share of the operating system: an owned descriptor, epoll, the
// clock, and listening or connecting on this host. Failing to set something up ends the program.
#pragma once

#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <netinet/in.h>
#include <span>
#include <string>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <utility>

namespace Weave {

constexpr std::size_t KiB = 1024;

[[noreturn]] inline void failWithErrno(const char *what)
{
    std::perror(what);
    std::exit(1);
}

class FileDescriptor final
{
public:
    explicit FileDescriptor(int fd = -1)
        : m_fd(fd)
    {
    }
    FileDescriptor(FileDescriptor &&other) noexcept
        : m_fd(std::exchange(other.m_fd, -1))
    {
    }
    FileDescriptor &operator=(FileDescriptor &&other) noexcept
    {
        std::swap(m_fd, other.m_fd);
        return *this;
    }
    FileDescriptor(const FileDescriptor &) = delete;
    FileDescriptor &operator=(const FileDescriptor &) = delete;
    ~FileDescriptor() { close(); }

    int get() const { return m_fd; }
    bool isOpen() const { return m_fd >= 0; }

    void close()
    {
        if (m_fd >= 0)
            ::close(m_fd);
        m_fd = -1;
    }

private:
    int m_fd;
};

// Level-triggered epoll: one read an event is enough, so no read is spent on seeing EAGAIN.
class Poller final
{
public:
    Poller()
        : m_epoll(::epoll_create1(EPOLL_CLOEXEC))
    {
        if (!m_epoll.isOpen())
            failWithErrno("epoll_create1");
    }

    // `tag` comes back as data.ptr of each event; closing the descriptor removes it.
    void add(int fd, std::uint32_t events, void *tag) { control(EPOLL_CTL_ADD, fd, events, tag); }
    void modify(int fd, std::uint32_t events, void *tag)
    {
        control(EPOLL_CTL_MOD, fd, events, tag);
    }

    // A negative timeout waits for ever. The events are valid until the next call.
    std::span<const epoll_event> wait(int timeoutMs)
    {
        const int count =
            ::epoll_wait(m_epoll.get(), m_events.data(), int(m_events.size()), timeoutMs);
        if (count < 0 && errno != EINTR)
            failWithErrno("epoll_wait");
        return {m_events.data(), std::size_t(count < 0 ? 0 : count)};
    }

private:
    void control(int operation, int fd, std::uint32_t events, void *tag)
    {
        epoll_event event{};
        event.events = events;
        event.data.ptr = tag;
        if (::epoll_ctl(m_epoll.get(), operation, fd, &event) != 0)
            failWithErrno("epoll_ctl");
    }

    FileDescriptor m_epoll;
    std::array<epoll_event, 256> m_events{};
};

inline std::int64_t steadyNanoseconds()
{
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::nanoseconds>(now).count();
}

// A thousand connections do not fit under the usual soft limit of 1024 descriptors.
inline void raiseFileLimit()
{
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0)
        failWithErrno("getrlimit");
    limit.rlim_cur = limit.rlim_max;
    if (::setrlimit(RLIMIT_NOFILE, &limit) != 0)
        failWithErrno("setrlimit");
}

// SIGTERM and SIGINT as a readable descriptor: no handler, so nothing to get wrong in one.
inline FileDescriptor terminationSignals()
{
    sigset_t signals{};
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    if (::sigprocmask(SIG_BLOCK, &signals, nullptr) != 0)
        failWithErrno("sigprocmask");
    FileDescriptor descriptor(::signalfd(-1, &signals, SFD_NONBLOCK | SFD_CLOEXEC));
    if (!descriptor.isOpen())
        failWithErrno("signalfd");
    return descriptor;
}

// The casts that the socket calls ask for, in one place.
template <typename Address>
sockaddr *asSocketAddress(Address &address)
{
    return static_cast<sockaddr *>(static_cast<void *>(&address));
}

inline sockaddr_un unixAddress(const std::string &path)
{
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof(address.sun_path)) {
        std::fprintf(stderr, "the socket path is too long: %s\n", path.c_str());
        std::exit(2);
    }
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    return address;
}

inline sockaddr_in loopbackAddress(std::uint16_t port)
{
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

template <typename Address>
FileDescriptor listenOn(Address address)
{
    constexpr int Backlog = 1024;
    sockaddr *socketAddress = asSocketAddress(address);
    FileDescriptor listener(
        ::socket(socketAddress->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!listener.isOpen() || ::bind(listener.get(), socketAddress, sizeof(address)) != 0
        || ::listen(listener.get(), Backlog) != 0)
        failWithErrno("listen");
    return listener;
}

// Connects blocking, so that a full backlog is waited for, and hands the descriptor over
// non-blocking.
template <typename Address>
FileDescriptor connectTo(Address address)
{
    sockaddr *socketAddress = asSocketAddress(address);
    FileDescriptor connection(::socket(socketAddress->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const timeval patience{10, 0};
    if (!connection.isOpen()
        || ::setsockopt(connection.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience)) != 0
        || ::connect(connection.get(), socketAddress, sizeof(address)) != 0
        || ::fcntl(connection.get(), F_SETFL, O_NONBLOCK) != 0)
        failWithErrno("connect");
    return connection;
}

// The next waiting connection, or a closed descriptor when there is none.
inline FileDescriptor acceptFrom(const FileDescriptor &listener)
{
    return FileDescriptor(
        ::accept4(listener.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
}

inline bool wouldBlock()
{
    return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

} // namespace Weave
