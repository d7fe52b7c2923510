#include "forwarding/httpconnection.h"

#include "common/bytesize.h"
#include "common/logging.h"
#include "forwarding/retryafter.h"
#include "forwarding/sendqueue.h"
#include "forwarding/serverreply.h"

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

namespace Weave {

namespace {

using namespace std::chrono_literals;

// What goes through the socket's buffer so that it tells when the kernel has room again.
constexpr std::size_t NoticeBytes = 4 * KiB;

// Steps of one upload before the others get their turn.
constexpr int MaxStepsPerTurn = 3;

// Of an upload that is ahead of its pace. The shortest that timers know.
constexpr Milliseconds Pause{1};

// A connection that nobody used this long is closed by us, before a load balancer does it without
// telling (the usual ones wait 60 s or more).
constexpr Milliseconds MaxIdle = 30s;

// An address that does not answer is given up for the next one after this long, or after half of
// what the request has: far below the system's own patience of minutes.
constexpr Milliseconds MaxAttempt = 3s;

bool isHttps(const QUrl &url)
{
    return url.scheme() == QLatin1String("https");
}

} // namespace

HttpConnection::HttpConnection(Peer peer)
    : m_peer(std::move(peer)),
      m_tlsSocket(isHttps(m_peer.url) ? new QSslSocket : nullptr),
      m_socket(m_tlsSocket ? m_tlsSocket : new QTcpSocket),
      m_deadline([this] { return unsentBytes(); },
                 [this] { finish(failure(SendResult::Kind::TimedOut, {})); })
{
    m_socket->setReadBufferSize(UploadStep::MaxBytes); // no answer is of interest beyond that
    m_socket->setProxy(m_peer.proxy);
    m_attempt.setSingleShot(true);
    m_idleTimer.setSingleShot(true);
    m_pause.setSingleShot(true);
    m_pause.setTimerType(Qt::PreciseTimer);
    connect(&m_idleTimer, &QTimer::timeout, m_socket.get(), &QAbstractSocket::abort);
    connect(&m_pause, &QTimer::timeout, this, &HttpConnection::writeMore);
    connect(&m_attempt, &QTimer::timeout, this, [this] {
        if (m_exchange)
            handleFailedAttempt(QStringLiteral("no answer from ") + m_socket->peerName());
    });
    connect(m_socket.get(), &QAbstractSocket::connected, this, &HttpConnection::handleConnected);
    connect(m_socket.get(), &QIODevice::bytesWritten, this, &HttpConnection::writeMore);
    connect(m_socket.get(), &QIODevice::readyRead, this, &HttpConnection::readAnswer);
    connect(m_socket.get(), &QAbstractSocket::disconnected, this,
            &HttpConnection::handleDisconnect);
    connect(m_socket.get(), &QAbstractSocket::errorOccurred, this,
            &HttpConnection::handleSocketError);
    if (m_tlsSocket) {
        connect(m_tlsSocket, &QSslSocket::encrypted, this, &HttpConnection::startRequest);
        connect(m_tlsSocket, &QSslSocket::encryptedBytesWritten, this, &HttpConnection::writeMore);
        connect(m_tlsSocket, &QSslSocket::sslErrors, this, &HttpConnection::noteTlsErrors);
    }
}

HttpConnection::~HttpConnection()
{
    m_socket->disconnect(this);
    if (m_lookup != 0)
        QHostInfo::abortHostLookup(m_lookup);
}

void HttpConnection::send(Upload upload, Milliseconds timeout, Done done)
{
    const auto size = upload.body.size();
    m_exchange.emplace(Exchange{std::move(upload), std::move(done), {}, size, {}, m_wasUsed});
    m_idleTimer.stop();
    m_deadline.start(timeout);
    // A refused connection can be known at once; done is promised for later all the same.
    startLater();
}

void HttpConnection::startLater()
{
    QMetaObject::invokeMethod(this, &HttpConnection::start, Qt::QueuedConnection);
}

void HttpConnection::start()
{
    if (!m_exchange)
        return; // cancelled meanwhile
    if (m_isReady)
        startRequest();
    else if (m_socket->state() == QAbstractSocket::UnconnectedState)
        findAddresses();
}

// QAbstractSocket would do this too, but it gives each address half a minute.
void HttpConnection::findAddresses()
{
    m_exchange->isOnUsedConnection = false;
    m_wasUsed = false;
    const QString host = m_peer.url.host();
    m_addresses.clear();
    m_addressesLeft = 1;
    if (m_peer.proxy.type() != QNetworkProxy::NoProxy || !QHostAddress(host).isNull()) {
        connectTo(host);
        return;
    }
    if (m_lookup != 0)
        return; // of a request that was given up; it serves this one
    m_lookup = QHostInfo::lookupHost(host, this, [this](const QHostInfo &found) {
        m_lookup = 0;
        if (!m_exchange)
            return;
        m_addresses = found.addresses();
        m_addressesLeft = m_addresses.size();
        if (m_addresses.isEmpty())
            finish(failure(SendResult::Kind::NetworkError,
                           authority() + QStringLiteral(": ") + found.errorString()));
        else
            connectToNext();
    });
}

void HttpConnection::connectToNext()
{
    if (!m_exchange)
        return;
    if (m_addressesLeft > 1)
        m_attempt.start(std::min(MaxAttempt, m_deadline.timeout() / 2));
    connectTo(m_addresses.at(m_firstAddress % m_addresses.size()).toString());
}

void HttpConnection::connectTo(const QString &address)
{
    m_isConnected = false;
    m_tlsErrors.clear();
    // Not Unbuffered: such a socket does not tell when the server closes the connection (Qt 6.4).
    const auto mode = QIODevice::ReadWrite;
    if (m_tlsSocket) {
        m_tlsSocket->setSslConfiguration(m_peer.tls.value_or(QSslConfiguration()));
        m_tlsSocket->connectToHostEncrypted(address, static_cast<quint16>(m_peer.url.port(443)),
                                            m_peer.url.host(), mode);
    } else {
        m_socket->connectToHost(address, static_cast<quint16>(m_peer.url.port(80)), mode);
    }
}

void HttpConnection::handleConnected()
{
    m_attempt.stop();
    m_isConnected = true;
    m_socket->setSocketOption(QAbstractSocket::LowDelayOption, 1);
    m_socket->setSocketOption(QAbstractSocket::KeepAliveOption, 1);
    if (!m_tlsSocket)
        startRequest();
}

void HttpConnection::handleFailedAttempt(const QString &reason)
{
    m_attempt.stop();
    ++m_firstAddress;
    --m_addressesLeft;
    if (m_addressesLeft <= 0) {
        finish(
            failure(SendResult::Kind::NetworkError, authority() + QStringLiteral(": ") + reason));
        return;
    }
    m_socket->abort();
    QMetaObject::invokeMethod(this, &HttpConnection::connectToNext, Qt::QueuedConnection);
}

void HttpConnection::startRequest()
{
    m_isReady = true;
    if (!m_exchange)
        return;
    m_socket->write(m_exchange->upload.head);
    m_turnEnd = SteadyClock::now();
    const Upload &upload = m_exchange->upload;
    m_exchange->pace.emplace(upload.body.size(), m_turnEnd, upload.isBacklog);
    writeMore();
}

// An upload that is ahead of its pace makes a pause; one that is not goes on by turns. With TLS
// there is no pause: encryption takes several times as long as the kernel, so the server is never
// handed a batch at once.
//
// Keeps the socket's buffer nearly empty: of what the kernel does not take now a little goes
// through the buffer, and bytesWritten() calls us again when the kernel has taken that. A turn ends
// so in any case, so that a backend as fast as we are leaves the event loop to the clients: after a
// step, or after as long as the others took since the last turn. With a single processor and thread
// p99 of replies at 80,000 calls a second is 0.9 ms so, and 1.5 with three steps in every turn.
void HttpConnection::writeMore()
{
    const TimePoint begin = SteadyClock::now();
    const auto fairShare = begin - m_turnEnd;
    const bool isDirect = !m_tlsSocket && m_peer.proxy.type() == QNetworkProxy::NoProxy;
    const auto hasMore = [this] {
        return m_exchange && m_exchange->pace && m_exchange->bodyLeft > 0;
    };
    for (int step = 0; m_isReady && hasMore() && bufferedBytes() == 0; ++step) {
        if (isDirect
            && m_exchange->pace->isAhead(m_exchange->upload.body.size() - m_exchange->bodyLeft,
                                         SteadyClock::now())) {
            m_pause.start(Pause);
            break;
        }
        if (m_step.isEmpty())
            m_step.fill(m_exchange->upload.body);
        const bool isTurnOver =
            step == MaxStepsPerTurn || (step > 0 && SteadyClock::now() - begin >= fairShare);
        if (isDirect && !isTurnOver) // an error shows when the rest goes the ordinary way
            m_exchange->bodyLeft -= m_step.send(static_cast<int>(m_socket->socketDescriptor()));
        if (!writeToSocket(isDirect ? NoticeBytes : UploadStep::MaxBytes)) {
            m_socket->abort(); // handleDisconnect() goes on
            return;
        }
        // The scheduler would leave us the processor for a whole batch, which is milliseconds, in
        // which whoever shares it waits: clients, or the daemon's other thread. On two processors
        // with clients and server on them, p99 of replies at 70,000 calls a second is 0.6 ms with
        // this and 1.6 without, and while a backlog drains 2 ms instead of 5.
        std::this_thread::yield();
    }
    m_turnEnd = SteadyClock::now();
}

// Of the request under way, which the server does not have.
std::size_t HttpConnection::unsentBytes() const
{
    const std::size_t queued =
        m_isConnected ? sendQueueBytes(static_cast<int>(m_socket->socketDescriptor())) : 0;
    return m_exchange->bodyLeft + bufferedBytes() + queued;
}

// That the kernel has not taken.
std::size_t HttpConnection::bufferedBytes() const
{
    return static_cast<std::size_t>(m_socket->bytesToWrite()
                                    + (m_tlsSocket ? m_tlsSocket->encryptedBytesToWrite() : 0));
}

// What the step has of them. False after an error.
bool HttpConnection::writeToSocket(std::size_t maxBytes)
{
    while (maxBytes > 0 && !m_step.isEmpty()) {
        const std::string_view bytes = m_step.next().substr(0, maxBytes);
        if (m_socket->write(bytes.data(), static_cast<qint64>(bytes.size())) < 0)
            return false;
        maxBytes -= bytes.size();
        m_exchange->bodyLeft -= bytes.size();
        m_step.take(bytes.size());
    }
    return true;
}

void HttpConnection::readAnswer()
{
    while (m_exchange && m_socket->bytesAvailable() > 0) {
        const QByteArray bytes = m_socket->readAll();
        const auto size = static_cast<std::size_t>(bytes.size());
        m_exchange->isOutOfStep = m_exchange->response.feed({bytes.constData(), size}) < size;
        const HttpResponse::State state = m_exchange->response.state();
        if (state == HttpResponse::State::Done || state == HttpResponse::State::Failed)
            finish(answerResult());
    }
    if (!m_exchange && m_isReady && m_socket->bytesAvailable() > 0)
        m_socket->abort(); // bytes that nobody asked for: the connection is out of step
}

void HttpConnection::handleDisconnect()
{
    const bool wasReady = std::exchange(m_isReady, false);
    if (!m_exchange || !m_isConnected)
        return; // an attempt to connect that was given up
    m_isConnected = false;
    if (!wasReady && m_tlsSocket) {
        finish(failure(SendResult::Kind::TlsError,
                       authority() + QStringLiteral(" closed the connection in the handshake")));
        return;
    }
    readAnswer();
    if (!m_exchange)
        return;
    Exchange &exchange = *m_exchange;
    if (exchange.isOnUsedConnection && !exchange.response.hasStarted()) {
        // The server closed an idle connection while we were about to use it. That is no failure
        // of the backend, so the request goes out once more at once.
        exchange.upload.body.seek(0);
        m_step.drop();
        exchange.bodyLeft = exchange.upload.body.size();
        exchange.pace.reset();
        exchange.isOnUsedConnection = false;
        startLater();
        return;
    }
    exchange.response.endOfStream();
    finish(answerResult());
}

void HttpConnection::handleSocketError()
{
    const QAbstractSocket::SocketError error = m_socket->error();
    if (error == QAbstractSocket::RemoteHostClosedError) {
        // disconnected() follows; but not where a server has ended TLS and leaves TCP open.
        if (m_tlsSocket && m_isReady) {
            readAnswer();
            m_socket->abort();
        }
        return;
    }
    if (!m_exchange)
        return;
    if (m_isReady && m_exchange->isOnUsedConnection && !m_exchange->response.hasStarted()) {
        m_socket->abort(); // handleDisconnect() tries again
        return;
    }
    if (!m_isConnected) {
        handleFailedAttempt(m_socket->errorString());
        return;
    }
    const bool isTls = error == QAbstractSocket::SslHandshakeFailedError
        || error == QAbstractSocket::SslInternalError
        || error == QAbstractSocket::SslInvalidUserDataError;
    QString reason = m_tlsErrors.isEmpty() ? m_socket->errorString() : m_tlsErrors;
    if (reason.contains(QLatin1String("wrong version number")))
        reason = authority() + QStringLiteral(" does not speak TLS; is it an http:// address?");
    finish(failure(isTls ? SendResult::Kind::TlsError : SendResult::Kind::NetworkError, reason));
}

// Not ignored, so the handshake fails; handleSocketError() ends the exchange.
void HttpConnection::noteTlsErrors(const QList<QSslError> &errors)
{
    QStringList texts;
    for (const QSslError &error : errors)
        texts << error.errorString();
    m_tlsErrors = texts.join(QLatin1String("; "));
}

// For texts: "trace.example:443", and by which proxy.
QString HttpConnection::authority() const
{
    const int port = m_peer.url.port(m_tlsSocket ? 443 : 80);
    QString name = m_peer.url.host() + QLatin1Char(':') + QString::number(port);
    const QNetworkProxy &proxy = m_peer.proxy;
    if (proxy.type() == QNetworkProxy::NoProxy)
        return name;
    return QStringLiteral("%1 by the proxy %2:%3").arg(name, proxy.hostName()).arg(proxy.port());
}

SendResult HttpConnection::failure(SendResult::Kind kind, const QString &reason) const
{
    SendResult result;
    result.kind = kind;
    result.hadConnection = m_isReady;
    result.reason = reason.toStdString();
    return result;
}

SendResult HttpConnection::answerResult() const
{
    const HttpResponse &response = m_exchange->response;
    SendResult result;
    if (response.state() != HttpResponse::State::Done) {
        result.kind = SendResult::Kind::NetworkError;
        result.reason = response.errorText();
        return result;
    }
    result.status = response.status();
    if (result.status < 300)
        return result;
    if (result.status < 400) {
        constexpr std::size_t MaxShown = 200;
        result.reason = "it redirects to " + response.location().substr(0, MaxShown)
            + "; set --backend to where the trace server is";
        return result;
    }
    ServerError error = parseServerError(response.body());
    result.reason = std::move(error.reason);
    result.errorCode = std::move(error.errorCode);
    if (!response.retryAfter().empty())
        result.retryAfter =
            parseRetryAfter(response.retryAfter(), std::chrono::system_clock::now());
    return result;
}

void HttpConnection::finish(const SendResult &result)
{
    m_deadline.stop();
    m_attempt.stop();
    m_pause.stop();
    Exchange exchange = std::move(*m_exchange);
    m_exchange.reset();
    m_step.drop();
    const bool isReusable = exchange.response.state() == HttpResponse::State::Done
        && exchange.response.keepsConnection() && !exchange.isOutOfStep && exchange.bodyLeft == 0
        && m_socket->bytesToWrite() == 0;
    if (isReusable) {
        m_wasUsed = true;
        m_idleTimer.start(MaxIdle);
    } else {
        m_isReady = false;
        m_socket->abort();
    }
    Q_EMIT finished();
    exchange.done(result);
}

void HttpConnection::cancel()
{
    m_deadline.stop();
    m_attempt.stop();
    m_pause.stop();
    m_exchange.reset();
    m_step.drop();
    m_isReady = false;
    m_socket->abort();
}

} // namespace Weave
