#include "fakes/fakeclient.h"

#include "common/unixsocket.h"

#include <QDeadlineTimer>
#include <QFile>
#include <QJsonDocument>

#include <poll.h>

namespace Weave {

bool FakeClient::connectTo(const QString &path)
{
    const std::string name = QFile::encodeName(path).toStdString();
    if (name.size() > MaxUnixPathBytes)
        return false;
    beginAgain(AF_UNIX);
    if (connectUnix(m_fd, unixAddress(name)) == 0)
        return true;
    close();
    return false;
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
        if (m_fd < 0 || m_isEnded || deadline.hasExpired())
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
    return waitUntilClosed(timeout) && m_input.isEmpty();
}

} // namespace Weave
