#include "client/sidecarclient.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QPointer>

#include <algorithm>
#include <memory>
#include <utility>

namespace Weave {

namespace {

constexpr int FirstWaitMs = 250;
constexpr int LongestWaitMs = 2000;
constexpr int SilenceMs = 5000; // a status comes each second
constexpr int AnswerMs = 6000; // the daemon's flush takes 4 s at most
constexpr qsizetype MaxLineBytes = qsizetype{8} * 1024 * 1024;

QJsonObject parse(const QByteArray &line)
{
    return QJsonDocument::fromJson(line).object();
}

} // namespace

SidecarClient::SidecarClient(QString socketPath, QObject *parent)
    : QObject(parent),
      m_path(std::move(socketPath))
{
    m_again.setSingleShot(true);
    m_silence.setSingleShot(true);
    m_silence.setInterval(SilenceMs);
    connect(&m_again, &QTimer::timeout, this, &SidecarClient::connectNow);
    connect(&m_silence, &QTimer::timeout, this,
            [this] { lose(Absence::NotUnderstood, tr("The daemon does not answer.")); });
    connect(&m_events, &QLocalSocket::connected, this, &SidecarClient::subscribe);
    connect(&m_events, &QLocalSocket::readyRead, this, &SidecarClient::readEvents);
    connect(&m_events, &QLocalSocket::errorOccurred, this,
            [this](QLocalSocket::LocalSocketError error) {
                if (error == QLocalSocket::SocketAccessError)
                    lose(Absence::NotPermitted,
                         tr("The socket %1 belongs to another user.").arg(m_path));
                else
                    lose(Absence::NoDaemon, tr("No daemon answers on %1.").arg(m_path));
            });
}

SidecarClient::~SidecarClient()
{
    m_events.disconnect(this);
}

void SidecarClient::start()
{
    if (!std::exchange(m_isStarted, true))
        connectNow();
}

void SidecarClient::setTopics(bool clients, bool calls, bool payloads)
{
    if (clients == m_wantsClients && calls == m_wantsCalls && payloads == m_wantsPayloads)
        return;
    m_wantsClients = clients;
    m_wantsCalls = calls;
    m_wantsPayloads = payloads;
    if (m_isStarted && m_events.state() == QLocalSocket::ConnectedState) {
        // A subscription cannot be changed. This is no loss of the daemon, so nobody is told.
        const QSignalBlocker quiet(m_events);
        m_events.abort();
        m_again.start(0);
    }
}

void SidecarClient::connectNow()
{
    m_input.clear();
    m_isSubscribed = false;
    m_silence.start();
    m_events.connectToServer(m_path);
}

void SidecarClient::subscribe()
{
    QJsonArray topics{QStringLiteral("flushes")};
    if (m_wantsClients)
        topics.append(QStringLiteral("clients"));
    if (m_wantsCalls)
        topics.append(QStringLiteral("calls"));
    if (m_wantsCalls && m_wantsPayloads)
        topics.append(QStringLiteral("payloads"));
    const QJsonObject request{
        {QStringLiteral("method"), QStringLiteral("subscribe")},
        {QStringLiteral("payload"), QJsonObject{{QStringLiteral("topics"), topics}}}};
    m_events.write(QJsonDocument(request).toJson(QJsonDocument::Compact) + '\n');
}

void SidecarClient::readEvents()
{
    m_input += m_events.readAll();
    qsizetype from = 0;
    const QPointer<SidecarClient> self(this);
    for (qsizetype end = 0; (end = m_input.indexOf('\n', from)) >= 0;) {
        const QByteArray line = m_input.mid(from, end - from);
        from = end + 1;
        handleLine(line);
        if (!self || m_events.state() != QLocalSocket::ConnectedState)
            return; // somebody has let go of the connection meanwhile
    }
    m_input.remove(0, from);
    if (m_input.size() > MaxLineBytes)
        lose(Absence::NotUnderstood, tr("What answers on %1 is not the daemon.").arg(m_path));
}

void SidecarClient::handleLine(const QByteArray &line)
{
    const QJsonObject object = parse(line);
    const QString event = object.value(QLatin1String("event")).toString();
    if (event.isEmpty()) {
        handleReply(object);
    } else if (event == QLatin1String("status")) {
        handleStatus(object);
    } else if (event == QLatin1String("flush")) {
        const FlushEvent flush = FlushEvent::fromJson(object);
        if (flush.time > m_lastFlushTime) {
            m_lastFlushTime = flush.time;
            Q_EMIT flushArrived(flush);
        }
    } else if (event == QLatin1String("call")) {
        Q_EMIT callArrived(CallEvent::fromJson(object));
    }
}

void SidecarClient::handleReply(const QJsonObject &reply)
{
    if (reply.value(QLatin1String("success")).toBool()) {
        m_isSubscribed = true;
        return;
    }
    const QString error = reply.value(QLatin1String("error")).toString();
    if (error.contains(QLatin1String("only root")))
        lose(Absence::NotPermitted,
             tr("The daemon on %1 runs as another user, who alone may look into it.").arg(m_path));
    else if (error.isEmpty())
        lose(Absence::NotUnderstood, tr("What answers on %1 is not the daemon.").arg(m_path));
    else
        lose(Absence::NotUnderstood,
             tr("The daemon is of a version that this program cannot show: %1").arg(error));
}

void SidecarClient::handleStatus(const QJsonObject &event)
{
    m_silence.start();
    m_waitMs = 0;
    m_snapshot = Snapshot::fromJson(event.value(QLatin1String("status")).toObject());
    if (!std::exchange(m_isConnected, true)) {
        m_absenceText.clear();
        Q_EMIT connected();
    }
    Q_EMIT snapshotArrived(m_snapshot);
    const QJsonValue clients = event.value(QLatin1String("clients"));
    if (clients.isArray())
        Q_EMIT clientsArrived(ClientSnapshot::fromJson(clients.toArray()));
    if (const qint64 skipped = event.value(QLatin1String("calls_skipped")).toInteger(); skipped > 0)
        Q_EMIT callsSkipped(skipped);
}

void SidecarClient::lose(Absence why, const QString &text)
{
    m_silence.stop();
    {
        const QSignalBlocker quiet(m_events);
        m_events.abort();
    }
    m_waitMs = std::clamp(m_waitMs * 2, FirstWaitMs, LongestWaitMs);
    m_again.start(m_waitMs);
    const bool isNews = m_isConnected || text != m_absenceText;
    m_isConnected = false;
    m_absenceText = text;
    if (isNews)
        Q_EMIT disconnected(why, text);
}

void SidecarClient::pause(const Callback &done)
{
    ask("pause", done);
}

void SidecarClient::resume(const Callback &done)
{
    ask("resume", done);
}

void SidecarClient::flush(const Callback &done)
{
    ask("flush", done);
}

void SidecarClient::retryNow(const Callback &done)
{
    ask("retry", done);
}

void SidecarClient::ask(const QByteArray &method, const Callback &done)
{
    auto *socket = new QLocalSocket(this);
    const auto finish = [socket, done](const Done &result) {
        socket->disconnect();
        socket->abort();
        socket->deleteLater();
        if (done)
            done(result);
    };
    QTimer::singleShot(AnswerMs, socket,
                       [finish] { finish({tr("The daemon did not answer in time.")}); });
    connect(socket, &QLocalSocket::errorOccurred, socket, [finish, socket] {
        finish({tr("The daemon cannot be reached: %1").arg(socket->errorString())});
    });
    connect(socket, &QLocalSocket::connected, socket,
            [socket, method] { socket->write("{\"method\":\"" + method + "\"}\n"); });
    connect(socket, &QLocalSocket::readyRead, socket, [finish, socket] {
        if (!socket->canReadLine())
            return;
        const QJsonObject reply = parse(socket->readLine());
        Done result;
        result.pending = reply.value(QLatin1String("pending")).toInteger();
        if (!reply.value(QLatin1String("success")).toBool()) {
            result.error = reply.value(QLatin1String("error")).toString();
            if (result.error.isEmpty())
                result.error = tr("The daemon's answer makes no sense.");
        }
        finish(result);
    });
    socket->connectToServer(m_path);
}

} // namespace Weave
