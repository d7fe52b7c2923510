#include "fakes/fakeclient.h"

#include <QCoreApplication>
#include <QDeadlineTimer>
#include <QFile>
#include <QJsonDocument>

#include <array>
#include <cerrno>
#include <cstring>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace Weave {

FakeClient::FakeClient(int descriptor)
    : m_fd(descriptor)
{
}

FakeClient::~FakeClient()
{
    close();
}

FakeClient::FakeClient(FakeClient &&other) noexcept
    : m_fd(std::exchange(other.m_fd, -1)),
      m_ended(other.m_ended),
      m_input(std::move(other.m_input))
{
}

bool FakeClient::connectTo(const QString &path)
{
    close();
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    const QByteArray name = QFile::encodeName(path);
    if (static_cast<std::size_t>(name.size()) >= sizeof address.sun_path)
        return false;
    std::memcpy(address.sun_path, name.constData(), static_cast<std::size_t>(name.size()));
    m_fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    m_ended = false;
    m_input.clear();
    if (::connect(m_fd, reinterpret_cast<const sockaddr *>(&address), sizeof address) == 0)
        return true;
    close();
    return false;
}

qsizetype FakeClient::sendSome(const QByteArray &bytes)
{
    return ::send(m_fd, bytes.constData(), static_cast<std::size_t>(bytes.size()),
                  MSG_DONTWAIT | MSG_NOSIGNAL);
}

bool FakeClient::send(const QByteArray &bytes, std::chrono::milliseconds timeout)
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
void FakeClient::waitABit(short events) const
{
    QCoreApplication::processEvents();
    pollfd entry{m_fd, events, 0};
    ::poll(&entry, 1, 2);
}

void FakeClient::readAvailable()
{
    std::array<char, 65536> buffer{};
    while (!m_ended) {
        const ssize_t length = ::recv(m_fd, buffer.data(), buffer.size(), MSG_DONTWAIT);
        if (length > 0)
            m_input.append(buffer.data(), length);
        else if (length == 0 || (errno != EAGAIN && errno != EINTR))
            m_ended = true;
        else
            return;
    }
}

std::optional<QByteArray> FakeClient::readLine(std::chrono::milliseconds timeout)
{
    const QDeadlineTimer deadline(timeout);
    for (;;) {
        qsizetype end = m_input.indexOf('\n');
        if (end < 0) {
            readAvailable();
            end = m_input.indexOf('\n');
        }
        if (end >= 0) {
            const QByteArray line = m_input.left(end);
            m_input.remove(0, end + 1);
            return line;
        }
        if (m_fd < 0 || m_ended || deadline.hasExpired())
            return std::nullopt;
        waitABit(POLLIN);
    }
}

QJsonObject FakeClient::ask(const QByteArray &line, std::chrono::milliseconds timeout)
{
    if (!send(line + '\n'))
        return {};
    return QJsonDocument::fromJson(readLine(timeout).value_or(QByteArray())).object();
}

int FakeClient::sendCalls(const QByteArray &lines, int count)
{
    if (!send(lines))
        return -1;
    int accepted = 0;
    for (int i = 0; i < count; ++i) {
        const auto reply = readLine();
        if (!reply)
            return -1;
        if (*reply == R"({"success":true})")
            ++accepted;
    }
    return accepted;
}

bool FakeClient::waitForClose(std::chrono::milliseconds timeout)
{
    const QDeadlineTimer deadline(timeout);
    for (;;) {
        readAvailable();
        if (m_ended)
            return m_input.isEmpty();
        if (deadline.hasExpired())
            return false;
        waitABit(POLLIN);
    }
}

void FakeClient::closeWriting()
{
    ::shutdown(m_fd, SHUT_WR);
}

void FakeClient::close()
{
    if (m_fd >= 0)
        ::close(m_fd);
    m_fd = -1;
}

} // namespace Weave
