#pragma once

#include <QByteArray>
#include <QList>
#include <QString>

namespace Weave {

// The service manager's end of sd_notify: keeps all that it is told, in order.
class NotifySocket final
{
public:
    explicit NotifySocket(const QString &path);
    ~NotifySocket();
    NotifySocket(const NotifySocket &) = delete;
    NotifySocket &operator=(const NotifySocket &) = delete;

    // Each message with its assignments as lines.
    [[nodiscard]] const QList<QByteArray> &messages();
    // The last value that was assigned, such as of STATUS; empty when there was none.
    [[nodiscard]] QByteArray last(const QByteArray &name);
    [[nodiscard]] qsizetype count(const QByteArray &assignment);

private:
    int m_fd;
    QList<QByteArray> m_messages;
};

} // namespace Weave
