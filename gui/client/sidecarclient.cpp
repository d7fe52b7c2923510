#include "client/sidecarclient.h"

#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QPointer>

#include <algorithm>
#include <poll.h>
#include <unistd.h>
#include <utility>

namespace Weave {

namespace {

constexpr int FirstWaitMs = 250;
constexpr int LongestWaitMs = 2000;
constexpr int SilenceMs = 5000; // a status comes each second
constexpr int PollMs = 1000;
constexpr int MaxWordlessEnds = 3;
constexpr qsizetype MaxLineBytes = qsizetype{8} * 1024 * 1024;

QJsonObject parse(const QByteArray &line)
{
    return QJsonDocument::fromJson(line).object();
}

} // namespace

SidecarClient::SidecarClient(FindSocket findSocket, QObject *parent)
    : QObject(parent),
      m_findSocket(std::move(findSocket)),
      m_path(m_findSocket())
{
    m_again.setSingleShot(true);
    m_silence.setSingleShot(true);
    m_silence.setInterval(SilenceMs);
    m_poll.setSingleShot(true);
    m_poll.setInterval(PollMs);
    connect(&m_poll, &QTimer::timeout, this, &SidecarClient::askStatus);
    connect(&m_again, &QTimer::timeout, this, &SidecarClient::connectNow);
    connect(&m_silence, &QTimer::timeout, this,
            [this] { lose(Absence::NotUnderstood, tr("The sidecar does not answer.")); });
    connect(&m_events, &QLocalSocket::connected, this, &SidecarClient::subscribe);
    connect(&m_events, &QLocalSocket::readyRead, this, &SidecarClient::readEvents);
    connect(&m_events, &QLocalSocket::errorOccurred, this, &SidecarClient::handleError);
}

SidecarClient::SidecarClient(const QString &socketPath, QObject *parent)
    : SidecarClient([socketPath] { return socketPath; }, parent)
{
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

void SidecarClient::lookSoon()
{
    m_waitMs = 0;
    if (m_again.isActive() && m_again.remainingTime() > FirstWaitMs)
        m_again.start(FirstWaitMs);
}

void SidecarClient::setTopics(bool clients, bool calls, bool payloads)
{
    if (clients == m_wantsClients && calls == m_wantsCalls && payloads == m_wantsPayloads)
        return;
    m_wantsClients = clients;
    m_wantsCalls = calls;
    m_wantsPayloads = payloads;
    // Who was refused once would be refused again, and counted as somebody who tried to control the
    // daemon.
    if (m_isStarted && m_events.state() == QLocalSocket::ConnectedState && !isReadOnly()) {
        // A subscription cannot be changed. This is no loss of the daemon, so nobody is told.
        const QSignalBlocker quiet(m_events);
        m_events.abort();
        m_again.start(0);
    }
}

void SidecarClient::connectNow()
{
    if (!m_isConnected) // else the same daemon is asked for other topics
        m_path = m_findSocket();
    m_input.clear();
    m_isBeginning = true;
    m_recentFlushes.clear();
    m_poll.stop();
    m_readOnlyReason.clear();
    m_silence.start();
    m_events.connectToServer(m_path);
}

void SidecarClient::handleError(QLocalSocket::LocalSocketError error)
{
    if (error == QLocalSocket::SocketAccessError) {
        lose(Absence::NotPermitted,
             tr("The socket %1 belongs to the user %2 and does not let you in.")
                 .arg(m_path, QFileInfo(m_path).owner()));
    } else if (m_isBeginning && isReadOnly()) {
        // A daemon closes after a refusal only where it takes no more clients.
        m_readOnlyReason.clear();
        lose(Absence::Full,
             tr("The sidecar on %1 runs, but all of its connections are taken (max-connections).")
                 .arg(m_path));
    } else if (m_isBeginning && error == QLocalSocket::PeerClosedError) {
        // Somebody is there. What a full daemon says may be lost all the same, so it is asked
        // again.
        if (++m_wordlessEnds < MaxWordlessEnds)
            letGo();
        else
            lose(Absence::NotUnderstood, tr("The sidecar does not answer."));
    } else {
        lose(Absence::NoDaemon, tr("No sidecar answers on %1.").arg(m_path));
    }
}

void SidecarClient::subscribe()
{
    // A daemon that takes no more clients has said so already, perhaps, and closed. That could no
    // longer be read once a request has met the closed end.
    pollfd words{static_cast<int>(m_events.socketDescriptor()), POLLIN, 0};
    if (::poll(&words, 1, 0) > 0)
        return; // readEvents() comes next
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
    m_events.flush();
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
        lose(Absence::NotUnderstood, tr("What answers on %1 is not the sidecar.").arg(m_path));
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
        if (m_isBeginning)
            m_recentFlushes << line;
        else
            tellFlush(line);
    } else if (event == QLatin1String("call")) {
        Q_EMIT callArrived(CallEvent::fromJson(object));
    }
}

void SidecarClient::handleReply(const QJsonObject &reply)
{
    if (!reply.value(QLatin1String("success")).toBool()) {
        handleRefusal(reply.value(QLatin1String("error")).toString());
    } else if (reply.contains(QLatin1String("status"))) {
        handleStatus(reply);
        m_poll.start();
    }
}

// Whoever may not subscribe may still ask how things are: the daemon's group, for one, or the user
// of an older daemon.
void SidecarClient::handleRefusal(const QString &error)
{
    if (error.isEmpty()) {
        lose(Absence::NotUnderstood, tr("What answers on %1 is not the sidecar.").arg(m_path));
        return;
    }
    if (isReadOnly()) { // refused once more
        lose(Absence::NotPermitted, std::exchange(m_readOnlyReason, {}));
        return;
    }
    const QFileInfo socket(m_path);
    m_readOnlyReason = socket.exists() && socket.ownerId() != ::geteuid()
        ? tr("Read only: the sidecar runs as the user %1, who alone may control it.")
              .arg(socket.owner())
        : tr("Read only: the sidecar lets this program look and no more: %1").arg(error);
    askStatus();
}

void SidecarClient::askStatus()
{
    m_events.write("{\"method\":\"status\"}\n");
}

void SidecarClient::tellFlush(const QByteArray &line)
{
    m_lastFlush = line;
    Q_EMIT flushArrived(FlushEvent::fromJson(parse(line)));
}

// Those behind the last one that is known. Their times do not tell: several requests end in one
// millisecond, and clocks are set back.
void SidecarClient::tellRecentFlushes()
{
    const QByteArrayList lines = std::exchange(m_recentFlushes, {});
    const qsizetype known = lines.lastIndexOf(m_lastFlush);
    for (const QByteArray &line : lines.mid(known + 1))
        tellFlush(line);
}

void SidecarClient::handleStatus(const QJsonObject &event)
{
    if (std::exchange(m_isBeginning, false))
        tellRecentFlushes();
    m_silence.start();
    m_waitMs = 0;
    m_wordlessEnds = 0;
    m_snapshot = Snapshot::fromJson(event.value(QLatin1String("status")).toObject());
    if (!std::exchange(m_isConnected, true)) {
        m_absence.reset();
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

// Of the connection, to try again after a while.
void SidecarClient::letGo()
{
    m_silence.stop();
    m_poll.stop();
    {
        const QSignalBlocker quiet(m_events);
        m_events.abort();
    }
    m_waitMs = std::clamp(m_waitMs * 2, FirstWaitMs, LongestWaitMs);
    m_again.start(m_waitMs);
}

void SidecarClient::lose(Absence why, const QString &text)
{
    letGo();
    m_wordlessEnds = 0;
    const bool isNews = m_isConnected || text != m_absenceText;
    m_isConnected = false;
    m_absence = why;
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

void SidecarClient::reload(const Callback &done)
{
    ask("reload", done);
}

void SidecarClient::ask(const QByteArray &method, const Callback &done)
{
    DaemonReply::ask(m_path, method, done, this);
}

} // namespace Weave
