#include "forwarding/httpconnection.h"

#include "common/bytesize.h"
#include "common/logging.h"
#include "common/unixsocket.h"
#include "forwarding/retryafter.h"
#include "forwarding/serverreply.h"

#include <algorithm>
#include <chrono>

namespace Weave {

namespace {

using namespace std::chrono_literals;

// One step of an upload: large enough that its system call does not matter, small enough to stay
// in the cache between the copy out of the spool and the copy into the kernel.
constexpr std::size_t StepBytes = 128 * KiB;

// Steps of one upload before the others get their turn.
constexpr int StepsPerTurn = 8;

// A connection that nobody used this long is closed by us, before a load balancer does it without
// telling (the usual ones wait 60 s or more).
constexpr Milliseconds MaxIdle = 30s;

bool isHttps(const QUrl &url)
{
    return url.scheme() == QLatin1String("https");
}

} // namespace

HttpConnection::HttpConnection(Peer peer)
    : m_peer(std::move(peer)),
      m_buffer(StepBytes)
{
    m_socket.setReadBufferSize(StepBytes); // no answer is of interest beyond that
    m_socket.setProxy(m_peer.proxy);
    m_deadline.setSingleShot(true);
    m_idleTimer.setSingleShot(true);
    connect(&m_deadline, &QTimer::timeout, this, [this] {
        if (m_exchange)
            finish(failure(SendResult::Kind::TimedOut, {}));
    });
    connect(&m_idleTimer, &QTimer::timeout, &m_socket, &QAbstractSocket::abort);
    connect(&m_socket, &QAbstractSocket::connected, this, [this] {
        m_socket.setSocketOption(QAbstractSocket::LowDelayOption, 1);
        m_socket.setSocketOption(QAbstractSocket::KeepAliveOption, 1);
        if (!isHttps(m_peer.url))
            startRequest();
    });
    connect(&m_socket, &QSslSocket::encrypted, this, &HttpConnection::startRequest);
    connect(&m_socket, &QIODevice::bytesWritten, this, &HttpConnection::writeMore);
    connect(&m_socket, &QSslSocket::encryptedBytesWritten, this, &HttpConnection::writeMore);
    connect(&m_socket, &QIODevice::readyRead, this, &HttpConnection::readAnswer);
    connect(&m_socket, &QAbstractSocket::disconnected, this, &HttpConnection::handleDisconnect);
    connect(&m_socket, &QAbstractSocket::errorOccurred, this, &HttpConnection::handleSocketError);
    connect(&m_socket, &QSslSocket::sslErrors, this, &HttpConnection::noteTlsErrors);
}

HttpConnection::~HttpConnection()
{
    m_socket.disconnect(this);
}

void HttpConnection::send(QByteArray head, RequestBody body, Milliseconds timeout, Done done)
{
    const auto size = static_cast<qint64>(body.size());
    m_exchange.emplace(
        Exchange{std::move(head), std::move(body), std::move(done), {}, size, m_wasUsed});
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
    else if (m_socket.state() == QAbstractSocket::UnconnectedState)
        connectSocket();
}

void HttpConnection::connectSocket()
{
    m_wasUsed = false;
    m_exchange->isOnUsedConnection = false;
    m_tlsErrors.clear();
    // Not Unbuffered: such a socket does not tell when the server closes the connection (Qt 6.4).
    const auto mode = QIODevice::ReadWrite;
    const QString host = m_peer.url.host();
    if (isHttps(m_peer.url)) {
        m_socket.setSslConfiguration(m_peer.tls);
        m_socket.connectToHostEncrypted(host, static_cast<quint16>(m_peer.url.port(443)), mode);
    } else {
        m_socket.connectToHost(host, static_cast<quint16>(m_peer.url.port(80)), mode);
    }
}

void HttpConnection::startRequest()
{
    m_isReady = true;
    if (!m_exchange)
        return;
    m_socket.write(m_exchange->head);
    writeMore();
}

// Keeps the socket's buffer empty: what the kernel does not take now goes through the buffer, and
// bytesWritten() calls us again. The last step of a turn does so in any case, so that a backend as
// fast as we are leaves the event loop to the clients from time to time.
void HttpConnection::writeMore()
{
    for (int step = 1; m_isReady && m_exchange && m_exchange->bodyLeft > 0
         && m_socket.bytesToWrite() + m_socket.encryptedBytesToWrite() == 0;
         ++step) {
        const std::size_t length = m_exchange->body.read(m_buffer.data(), m_buffer.size());
        m_exchange->bodyLeft -= static_cast<qint64>(length);
        const std::size_t sent = step < StepsPerTurn ? sendDirectly(m_buffer.data(), length) : 0;
        const auto rest = static_cast<qint64>(length - sent);
        if (rest > 0 && m_socket.write(m_buffer.data() + sent, rest) < 0) {
            m_socket.abort(); // handleDisconnect() goes on
            return;
        }
    }
}

// QTcpSocket copies into a buffer first and writes on the next turn of the event loop: a tenth of
// the daemon's time on 1 KiB calls. Errors show when the rest goes the ordinary way.
std::size_t HttpConnection::sendDirectly(const char *data, std::size_t size)
{
    if (m_socket.mode() != QSslSocket::UnencryptedMode
        || m_peer.proxy.type() != QNetworkProxy::NoProxy)
        return 0;
    const auto descriptor = static_cast<int>(m_socket.socketDescriptor());
    const ssize_t sent = ::send(descriptor, data, size, SendFlags);
    return sent > 0 ? static_cast<std::size_t>(sent) : 0;
}

void HttpConnection::readAnswer()
{
    while (m_exchange && m_socket.bytesAvailable() > 0) {
        const QByteArray bytes = m_socket.readAll();
        m_exchange->response.feed({bytes.constData(), static_cast<std::size_t>(bytes.size())});
        const HttpResponse::State state = m_exchange->response.state();
        if (state == HttpResponse::State::Done || state == HttpResponse::State::Failed)
            finish(answerResult());
    }
    if (!m_exchange && m_isReady && m_socket.bytesAvailable() > 0)
        m_socket.abort(); // bytes that nobody asked for: the connection is out of step
}

void HttpConnection::handleDisconnect()
{
    m_isReady = false;
    if (!m_exchange)
        return;
    readAnswer();
    if (!m_exchange)
        return;
    Exchange &exchange = *m_exchange;
    if (exchange.isOnUsedConnection && !exchange.response.hasStarted()) {
        // The server closed an idle connection while we were about to use it. That is no failure
        // of the backend, so the request goes out once more at once.
        exchange.body.seek(0);
        exchange.bodyLeft = static_cast<qint64>(exchange.body.size());
        exchange.isOnUsedConnection = false;
        startLater();
        return;
    }
    exchange.response.endOfStream();
    finish(answerResult());
}

void HttpConnection::handleSocketError()
{
    const QAbstractSocket::SocketError error = m_socket.error();
    if (error == QAbstractSocket::RemoteHostClosedError || !m_exchange)
        return; // disconnected() follows
    if (m_isReady && m_exchange->isOnUsedConnection && !m_exchange->response.hasStarted()) {
        m_socket.abort(); // handleDisconnect() tries again
        return;
    }
    const bool isTls = error == QAbstractSocket::SslHandshakeFailedError
        || error == QAbstractSocket::SslInternalError
        || error == QAbstractSocket::SslInvalidUserDataError;
    const QString reason = m_tlsErrors.isEmpty() ? m_socket.errorString() : m_tlsErrors;
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

SendResult HttpConnection::failure(SendResult::Kind kind, const QString &reason) const
{
    SendResult result;
    result.kind = kind;
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
    Exchange exchange = std::move(*m_exchange);
    m_exchange.reset();
    const bool isReusable = exchange.response.state() == HttpResponse::State::Done
        && exchange.response.keepsConnection() && exchange.bodyLeft == 0
        && m_socket.bytesToWrite() == 0;
    if (isReusable) {
        m_wasUsed = true;
        m_idleTimer.start(MaxIdle);
    } else {
        m_isReady = false;
        m_socket.abort();
    }
    Q_EMIT finished();
    exchange.done(result);
}

void HttpConnection::cancel()
{
    m_deadline.stop();
    m_exchange.reset();
    m_isReady = false;
    m_socket.abort();
}

} // namespace Weave
