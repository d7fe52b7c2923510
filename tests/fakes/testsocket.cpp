#include "fakes/testsocket.h"

#include <QCoreApplication>
#include <QDeadlineTimer>

#include <array>
#include <cerrno>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace Weave {

TestSocket::TestSocket(TestSocket &&other) noexcept
    : m_fd(std::exchange(other.m_fd, -1)),
      m_isEnded(other.m_isEnded),
      m_isReset(other.m_isReset),
      m_input(std::move(other.m_input))
{
}

TestSocket::~TestSocket()
{
    close();
}

void TestSocket::beginAgain(int family)
{
    close();
    m_isEnded = false;
    m_isReset = false;
    m_input.clear();
    m_fd = ::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

qsizetype TestSocket::sendSome(const QByteArray &bytes)
{
    return ::send(m_fd, bytes.constData(), static_cast<std::size_t>(bytes.size()),
                  MSG_DONTWAIT | MSG_NOSIGNAL);
}

bool TestSocket::send(const QByteArray &bytes, std::chrono::milliseconds timeout)
{
    const QDeadlineTimer deadline(timeout);
    qsizetype done = 0;
    while (done != bytes.size()) {
        const qsizetype sent = sendSome(bytes.mid(done, 1024 * 1024));
        if (sent > 0) {
            done += sent;
            continue;
        }
        if (errno != EAGAIN || deadline.hasExpired())
            return false;
        waitABit(POLLOUT);
    }
    return true;
}

// Servers in this process run in the event loop; other processes wake the poll.
void TestSocket::waitABit(short events) const
{
    QCoreApplication::processEvents();
    QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    pollfd entry{m_fd, events, 0};
    ::poll(&entry, 1, 2);
}

void TestSocket::readAvailable()
{
    std::array<char, 65536> buffer{};
    while (!m_isEnded) {
        const ssize_t length = ::recv(m_fd, buffer.data(), buffer.size(), MSG_DONTWAIT);
        if (length > 0) {
            m_input.append(buffer.data(), length);
        } else if (length == 0 || (errno != EAGAIN && errno != EINTR)) {
            m_isEnded = true;
            m_isReset = length != 0;
        } else {
            return;
        }
    }
}

bool TestSocket::isClosed()
{
    waitABit(POLLIN);
    readAvailable();
    return m_isEnded;
}

bool TestSocket::waitUntilClosed(std::chrono::milliseconds timeout)
{
    const QDeadlineTimer deadline(timeout);
    while (!isClosed()) {
        if (deadline.hasExpired())
            return false;
    }
    return true;
}

void TestSocket::closeWriting()
{
    ::shutdown(m_fd, SHUT_WR);
}

void TestSocket::close()
{
    if (m_fd >= 0)
        ::close(m_fd);
    m_fd = -1;
}

} // namespace Weave
