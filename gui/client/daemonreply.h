#pragma once

#include <QByteArray>
#include <QCoreApplication>
#include <QString>
#include <QStringList>

#include <functional>

class QObject;

namespace Weave {

// How the daemon has answered a request.
struct DaemonReply
{
    Q_DECLARE_TR_FUNCTIONS(DaemonReply)

public:
    QString error; // empty when it was done
    bool isAnswered = false; // it said so itself
    qint64 pending = 0; // what a flush has left
    // Of a reload: names of the settings that apply from now on, of those that need the daemon to
    // be started anew, and of those that it has no use for, since systemd has made its socket.
    QStringList changed;
    QStringList needsRestart;
    QStringList notUsed;

    using Callback = std::function<void(const DaemonReply &)>;

    // Asks on a connection of its own, and answers within 6 s unless parent goes before.
    static void ask(const QString &socketPath, const QByteArray &method, const Callback &done,
                    QObject *parent);
};

} // namespace Weave
