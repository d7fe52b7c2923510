#pragma once

#include <QByteArray>
#include <QLocalServer>
#include <QLocalSocket>
#include <QString>

namespace Weave {

// A daemon that says the same to everybody who subscribes: once a line has come from them, the
// script. Other methods are answered with success.
class ScriptedDaemon final
{
public:
    ScriptedDaemon(const QString &path, const QByteArray &script)
        : m_script(script)
    {
        QLocalServer::removeServer(path);
        m_isListening = m_server.listen(path);
        QObject::connect(&m_server, &QLocalServer::newConnection, &m_server, [this] {
            QLocalSocket *const socket = m_server.nextPendingConnection();
            QObject::connect(socket, &QLocalSocket::readyRead, socket, [this, socket] {
                while (socket->canReadLine()) {
                    const bool isSubscription = socket->readLine().contains("subscribe");
                    socket->write("{\"success\":true}\n");
                    if (isSubscription)
                        socket->write(m_script);
                }
            });
        });
    }

    [[nodiscard]] bool isListening() const { return m_isListening; }

private:
    QByteArray m_script;
    QLocalServer m_server;
    bool m_isListening = false;
};

} // namespace Weave
