#include "client/daemonreply.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLocalSocket>
#include <QTimer>

namespace Weave {

namespace {

constexpr int AnswerMs = 6000; // the daemon's flush takes 4 s at most

QStringList texts(const QJsonValue &array)
{
    QStringList list;
    for (const QJsonValue each : array.toArray())
        list << each.toString();
    return list;
}

DaemonReply failure(const QString &error)
{
    DaemonReply reply;
    reply.error = error;
    return reply;
}

} // namespace

void DaemonReply::ask(const QString &socketPath, const QByteArray &method, const Callback &done,
                      QObject *parent)
{
    auto *socket = new QLocalSocket(parent);
    const auto finish = [socket, done](const DaemonReply &result) {
        socket->disconnect();
        socket->abort();
        socket->deleteLater();
        if (done)
            done(result);
    };
    QTimer::singleShot(AnswerMs, socket,
                       [finish] { finish(failure(tr("The sidecar did not answer in time."))); });
    QObject::connect(socket, &QLocalSocket::errorOccurred, socket, [finish, socket] {
        finish(failure(tr("The sidecar cannot be reached: %1").arg(socket->errorString())));
    });
    QObject::connect(socket, &QLocalSocket::connected, socket,
                     [socket, method] { socket->write("{\"method\":\"" + method + "\"}\n"); });
    QObject::connect(socket, &QLocalSocket::readyRead, socket, [finish, socket] {
        if (!socket->canReadLine())
            return;
        const QJsonObject reply = QJsonDocument::fromJson(socket->readLine()).object();
        DaemonReply result;
        result.isAnswered = reply.contains(QLatin1String("success"));
        result.pending = reply.value(QLatin1String("pending")).toInteger();
        result.changed = texts(reply.value(QLatin1String("changed")));
        result.needsRestart = texts(reply.value(QLatin1String("needs_restart")));
        result.notUsed = texts(reply.value(QLatin1String("not_used")));
        if (!reply.value(QLatin1String("success")).toBool()) {
            result.error = reply.value(QLatin1String("error")).toString();
            if (result.error.isEmpty())
                result.error = tr("The sidecar's answer makes no sense.");
        }
        finish(result);
    });
    socket->connectToServer(socketPath);
}

} // namespace Weave
