#include "fakes/httpclient.h"

#include "common/unixsocket.h"

#include <QCoreApplication>
#include <QDeadlineTimer>

#include <algorithm>
#include <array>
#include <cerrno>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace Weave {

QByteArray HttpAnswer::header(const QByteArray &name) const
{
    for (const QByteArray &line : headers) {
        const qsizetype colon = line.indexOf(':');
        if (line.left(colon).compare(name, Qt::CaseInsensitive) == 0)
            return line.mid(colon + 1).trimmed();
    }
    return {};
}

HttpClient::~HttpClient()
{
    close();
}

HttpClient::HttpClient(HttpClient &&other) noexcept
    : m_fd(std::exchange(other.m_fd, -1)),
      m_receiveBuffer(other.m_receiveBuffer),
      m_isEnded(other.m_isEnded),
      m_isReset(other.m_isReset),
      m_input(std::move(other.m_input))
{
}

void HttpClient::beginAgain(int family)
{
    QCoreApplication::processEvents(); // a server here may have a queue to empty before there is
                                       // room
    close();
    m_isEnded = false;
    m_isReset = false;
    m_input.clear();
    m_fd = ::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

bool HttpClient::connectTo(const QString &unixPath)
{
    beginAgain(AF_UNIX);
    if (connectUnix(m_fd, unixAddress(unixPath.toStdString())) == 0)
        return true;
    close();
    return false;
}

bool HttpClient::connectTo(quint16 port)
{
    beginAgain(AF_INET);
    if (m_receiveBuffer > 0)
        ::setsockopt(m_fd, SOL_SOCKET, SO_RCVBUF, &m_receiveBuffer, sizeof m_receiveBuffer);
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(m_fd, reinterpret_cast<const sockaddr *>(&address), sizeof address) == 0)
        return true;
    close();
    return false;
}

qsizetype HttpClient::sendSome(const QByteArray &bytes)
{
    return ::send(m_fd, bytes.constData(), static_cast<std::size_t>(bytes.size()),
                  MSG_DONTWAIT | MSG_NOSIGNAL);
}

bool HttpClient::send(const QByteArray &bytes, std::chrono::milliseconds timeout)
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
void HttpClient::waitABit(short events) const
{
    QCoreApplication::processEvents();
    QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    pollfd entry{m_fd, events, 0};
    ::poll(&entry, 1, 2);
}

void HttpClient::readAvailable()
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

const QByteArray &HttpClient::received()
{
    waitABit(POLLIN);
    readAvailable();
    return m_input;
}

std::optional<HttpAnswer> HttpClient::readAnswer(std::chrono::milliseconds timeout, bool isHead)
{
    const QDeadlineTimer deadline(timeout);
    for (;;) {
        readAvailable();
        HttpAnswer answer;
        if (takeAnswer(answer, isHead))
            return answer;
        if (m_isEnded || m_fd < 0 || deadline.hasExpired())
            return answer.status > 0 ? std::optional(answer) : std::nullopt;
        waitABit(POLLIN);
    }
}

// The head is in answer once it is there, even when this is not the whole answer.
bool HttpClient::takeAnswer(HttpAnswer &answer, bool isHead)
{
    const qsizetype headEnd = m_input.indexOf("\r\n\r\n");
    if (headEnd < 0)
        return false;
    answer.headers = m_input.left(headEnd).split('\n');
    for (QByteArray &line : answer.headers)
        line = line.trimmed();
    answer.statusLine = answer.headers.takeFirst();
    answer.status = answer.statusLine.split(' ').value(1).toInt();
    if (isHead || answer.status < 200 || answer.status == 204 || answer.status == 304) {
        answer.isComplete = true;
        m_input.remove(0, headEnd + 4);
        return true;
    }
    return takeBody(answer, headEnd + 4);
}

bool HttpClient::takeBody(HttpAnswer &answer, qsizetype at)
{
    if (answer.header("Transfer-Encoding") == "chunked") {
        for (;;) {
            const qsizetype lineEnd = m_input.indexOf("\r\n", at);
            if (lineEnd < 0)
                return false;
            const qsizetype size = m_input.mid(at, lineEnd - at).toLongLong(nullptr, 16);
            if (m_input.size() < lineEnd + 2 + size + 2)
                return false;
            answer.body += m_input.mid(lineEnd + 2, size);
            at = lineEnd + 2 + size + 2;
            if (size == 0)
                break;
        }
    } else if (const QByteArray length = answer.header("Content-Length"); !length.isNull()) {
        answer.body = m_input.mid(at, length.toLongLong());
        if (answer.body.size() < length.toLongLong())
            return false;
        at += answer.body.size();
    } else {
        answer.body = m_input.mid(at);
        if (!m_isEnded || m_isReset)
            return false;
        at = m_input.size();
    }
    answer.isComplete = true;
    m_input.remove(0, at);
    return true;
}

bool HttpClient::isClosed()
{
    waitABit(POLLIN);
    readAvailable();
    return m_isEnded;
}

bool HttpClient::waitForClose(std::chrono::milliseconds timeout)
{
    const QDeadlineTimer deadline(timeout);
    while (!isClosed()) {
        if (deadline.hasExpired())
            return false;
    }
    return m_input.isEmpty() && !m_isReset;
}

void HttpClient::closeWriting()
{
    ::shutdown(m_fd, SHUT_WR);
}

void HttpClient::close()
{
    if (m_fd >= 0)
        ::close(m_fd);
    m_fd = -1;
}

void HttpClient::reset()
{
    const linger atOnce{1, 0};
    ::setsockopt(m_fd, SOL_SOCKET, SO_LINGER, &atOnce, sizeof atOnce);
    close();
}

} // namespace Weave
