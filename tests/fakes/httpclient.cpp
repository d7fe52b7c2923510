#include "fakes/httpclient.h"

#include "common/unixsocket.h"

#include <QCoreApplication>
#include <QDeadlineTimer>

#include <netinet/in.h>
#include <poll.h>

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

bool HttpClient::connectTo(const QString &unixPath)
{
    // A server here may have a queue to empty before there is room.
    QCoreApplication::processEvents();
    beginAgain(AF_UNIX);
    if (connectUnix(m_fd, unixAddress(unixPath.toStdString())) == 0)
        return true;
    close();
    return false;
}

bool HttpClient::connectTo(quint16 port)
{
    QCoreApplication::processEvents();
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

bool HttpClient::waitForClose(std::chrono::milliseconds timeout)
{
    return waitUntilClosed(timeout) && m_input.isEmpty() && !m_isReset;
}

void HttpClient::reset()
{
    const linger atOnce{1, 0};
    ::setsockopt(m_fd, SOL_SOCKET, SO_LINGER, &atOnce, sizeof atOnce);
    close();
}

} // namespace Weave
