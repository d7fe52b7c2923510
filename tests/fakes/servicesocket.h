#pragma once

#include <QFile>
#include <QString>

#include <cstring>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace Weave {

// A socket as a service manager makes it, which also holds it while no daemon is there.
class ServiceSocket final
{
public:
    explicit ServiceSocket(const QString &path, int type = SOCK_STREAM, bool listens = true)
        : m_fd(::socket(AF_UNIX, type | SOCK_CLOEXEC, 0))
    {
        sockaddr_un address = {};
        address.sun_family = AF_UNIX;
        const QByteArray name = QFile::encodeName(path);
        std::memcpy(address.sun_path, name.constData(), static_cast<std::size_t>(name.size()));
        if (::bind(m_fd, reinterpret_cast<const sockaddr *>(&address), sizeof address) != 0)
            qFatal("cannot bind %s", name.constData());
        if (listens && ::listen(m_fd, 128) != 0)
            qFatal("cannot listen on %s", name.constData());
        ::chmod(name.constData(), 0640);
    }
    ~ServiceSocket() { ::close(m_fd); }
    ServiceSocket(const ServiceSocket &) = delete;
    ServiceSocket &operator=(const ServiceSocket &) = delete;

    [[nodiscard]] int descriptor() const { return m_fd; }

private:
    const int m_fd;
};

} // namespace Weave
