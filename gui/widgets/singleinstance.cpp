#include "widgets/singleinstance.h"

#include "widgets/privatefolder.h"

#include <QCryptographicHash>
#include <QLocalSocket>

namespace Weave {

namespace {

constexpr char RaiseWord[] = "raise\n";
constexpr int AnswerTime = 1000; // ms

} // namespace

SingleInstance::SingleInstance(const QString &key, QObject *parent)
    : QObject(parent)
{
    const QByteArray digest =
        QCryptographicHash::hash(key.toUtf8(), QCryptographicHash::Sha1).toHex().left(8);
    m_path =
        privateFolder() + QStringLiteral("/weave-sidecar-tray-%1").arg(QString::fromLatin1(digest));
    m_server.setSocketOptions(QLocalServer::UserAccessOption);
    connect(&m_server, &QLocalServer::newConnection, this, &SingleInstance::handleConnection);
}

SingleInstance::~SingleInstance() = default;

bool SingleInstance::claim(bool quietly)
{
    // The lock, not the socket, says who is first: two that start together cannot both get it.
    m_lock = std::make_unique<QLockFile>(m_path + QStringLiteral(".lock"));
    m_lock->setStaleLockTime(0);
    if (!m_lock->tryLock() && m_lock->error() == QLockFile::LockFailedError) {
        if (!quietly)
            (void)askOther();
        return false;
    }
    // Two icons are better than none where there can be no lock, as on a full disk.
    QLocalServer::removeServer(m_path);
    (void)m_server.listen(m_path); // without it the tray works, but a second start cannot raise it
    return true;
}

bool SingleInstance::askOther() const
{
    QLocalSocket socket;
    socket.connectToServer(m_path);
    if (!socket.waitForConnected(AnswerTime))
        return false;
    socket.write(RaiseWord);
    return socket.waitForBytesWritten(AnswerTime);
}

void SingleInstance::handleConnection()
{
    while (QLocalSocket *const socket = m_server.nextPendingConnection()) {
        connect(socket, &QLocalSocket::readyRead, this, [this, socket] {
            if (socket->readAll().startsWith(RaiseWord))
                Q_EMIT raiseRequested();
            socket->disconnectFromServer();
        });
        connect(socket, &QLocalSocket::disconnected, socket, &QObject::deleteLater);
    }
}

} // namespace Weave
