#include "fakes/notifysocket.h"

#include <QFile>

#include <algorithm>
#include <array>
#include <cstring>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace Weave {

NotifySocket::NotifySocket(const QString &path)
    : m_fd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0))
{
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    const QByteArray name = QFile::encodeName(path);
    std::memcpy(address.sun_path, name.constData(), static_cast<std::size_t>(name.size()));
    if (::bind(m_fd, reinterpret_cast<const sockaddr *>(&address), sizeof address) != 0)
        qFatal("cannot bind %s", name.constData());
}

NotifySocket::~NotifySocket()
{
    ::close(m_fd);
}

const QList<QByteArray> &NotifySocket::messages()
{
    std::array<char, 8192> buffer{};
    while (true) {
        const ssize_t length = ::recv(m_fd, buffer.data(), buffer.size(), MSG_DONTWAIT);
        if (length < 0)
            return m_messages;
        m_messages.append(QByteArray(buffer.data(), length));
    }
}

QByteArray NotifySocket::last(const QByteArray &name)
{
    QByteArray value;
    for (const QByteArray &message : messages()) {
        for (const QByteArray &line : message.split('\n')) {
            if (line.startsWith(name + '='))
                value = line.mid(name.size() + 1);
        }
    }
    return value;
}

qsizetype NotifySocket::count(const QByteArray &assignment)
{
    const QList<QByteArray> &all = messages();
    return std::count_if(all.begin(), all.end(), [&assignment](const QByteArray &message) {
        return message.split('\n').contains(assignment);
    });
}

} // namespace Weave
