#include "http/httpserver.h"

#include "common/logging.h"
#include "common/uniquefd.h"

#include <QHostAddress>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/socket.h>
#include <utility>

namespace Weave {

namespace {

using namespace std::chrono_literals;

// Clients that the system keeps until they are taken: many workers start at once.
constexpr int ListenBacklog = 512;

// When the system has no descriptor left, asking again at once would only burn the processor.
constexpr Milliseconds AcceptPause = 100ms;

// Clients beyond the limit that have their answer and a moment to read it. They are not counted
// among the others, so whoever connects without end must not take all descriptors by them.
constexpr std::size_t MaxRefused = 16;

} // namespace

HttpServer::HttpServer(std::unique_ptr<HttpRouter> router, RequestHandler &handler,
                       HttpCounts &counts, HttpServerOptions options)
    : m_context{std::move(router),
                Passthrough(std::move(options.passthrough)),
                handler,
                counts,
                options.limits,
                ByteBudget(options.bodyBudget),
                options.times,
                options.answersAfterSync,
                false},
      m_options(std::move(options))
{
    connect(&m_server, &QTcpServer::newConnection, this, &HttpServer::addClients);
    connect(&m_server, &QTcpServer::acceptError, this, [this] {
        qCWarning(lcIngest, "cannot accept HTTP clients for the moment: %s; trying again",
                  qUtf8Printable(m_server.errorString()));
        m_acceptAgain.start(AcceptPause);
    });
    m_acceptAgain.setSingleShot(true);
    connect(&m_acceptAgain, &QTimer::timeout, &m_server, &QTcpServer::resumeAccepting);
    connect(&m_clock, &QTimer::timeout, this, &HttpServer::checkTimes);
    m_clock.setInterval(1s);
}

HttpServer::~HttpServer()
{
    for (QTcpSocket *socket : std::exchange(m_refused, {})) {
        socket->disconnect(this);
        delete socket;
    }
    for (HttpSession *session : std::exchange(m_sessions, {}))
        delete session;
}

Result<void> HttpServer::listen(const QHostAddress &address, quint16 port)
{
    m_server.setListenBacklogSize(ListenBacklog);
    if (m_server.listen(address, port))
        return {};
    const bool isTaken = m_server.serverError() == QAbstractSocket::AddressInUseError;
    return Error{ErrorCode::Io,
                 m_options.name + ": cannot listen on " + address.toString().toStdString()
                     + " port " + std::to_string(port) + ": " + m_server.errorString().toStdString()
                     + ". "
                     + (isTaken ? "Stop what listens there, or choose another address"
                                : "Choose another address")};
}

// Qt's own local sockets are QTcpSockets inside, and QTcpServer accepts whatever listens, so the
// sessions need not know which kind they have. It gets a copy: the path is ours to remove.
Result<void> HttpServer::listen(const SocketOptions &options)
{
    auto socket = ListeningSocket::open(options);
    if (!socket)
        return socket.error().withPrefix(m_options.name + ": ");
    UniqueFd copy(::fcntl(socket->descriptor(), F_DUPFD_CLOEXEC, 0));
    if (!copy.isValid() || !m_server.setSocketDescriptor(copy.get()))
        return Error{
            ErrorCode::Io,
            m_options.name + ": cannot listen on " + options.path + ": "
                + (copy.isValid() ? m_server.errorString().toStdString() : std::strerror(errno))};
    [[maybe_unused]] const int owned = copy.release();
    m_unixSocket.emplace(std::move(*socket));
    m_unixPath = options.path;
    return {};
}

void HttpServer::setOptions(std::unique_ptr<HttpRouter> router, HttpServerOptions options)
{
    m_context.router = std::move(router);
    m_context.passthrough.setOptions(std::move(options.passthrough));
    m_options.maxConnections = options.maxConnections;
}

void HttpServer::stopListening()
{
    m_acceptAgain.stop(); // Qt would look for a socket that is gone
    m_unixSocket.reset();
    m_server.close();
    m_context.isStopping = true;
    // Ending one takes it out of the set.
    for (HttpSession *session : std::vector(m_sessions.begin(), m_sessions.end()))
        session->stop();
}

std::string HttpServer::url() const
{
    if (!m_server.isListening())
        return {};
    if (m_unixSocket)
        return "unix:" + m_unixPath;
    std::string host = m_server.serverAddress().toString().toStdString();
    if (host.find(':') != std::string::npos)
        host = "[" + host + "]";
    return "http://" + host + ":" + std::to_string(m_server.serverPort());
}

void HttpServer::addClients()
{
    while (QTcpSocket *socket = m_server.nextPendingConnection()) {
        if (m_sessions.size() >= m_options.maxConnections) {
            refuseClient(socket);
            continue;
        }
        socket->setParent(nullptr);
        auto *session = new HttpSession(std::unique_ptr<QTcpSocket>(socket), m_context);
        m_sessions.insert(session);
        connect(session, &HttpSession::closed, this, [this, session] {
            m_sessions.erase(session);
            // It calls us. Still ours meanwhile: it must not outlive the context.
            m_ended.emplace_back(session);
            QMetaObject::invokeMethod(
                this, [this] { m_ended.clear(); }, Qt::QueuedConnection);
            if (m_sessions.empty())
                m_clock.stop();
            checkAnswered();
        });
        connect(session, &HttpSession::lastAnswered, this, &HttpServer::checkAnswered);
        connect(session, &HttpSession::awaitingSync, this,
                [this, session](std::uint64_t ticket) { m_syncing.add(ticket, session); });
        if (!m_clock.isActive()) // starting it anew each time, it would never end
            m_clock.start();
    }
}

void HttpServer::refuseClient(QTcpSocket *socket)
{
    constexpr int Unavailable = 503;
    ++m_context.counts.refused;
    HttpReply reply =
        errorReply(Unavailable, "too many connections (" + m_options.connectionsFlag + ")");
    const std::string bytes = toBytes(reply, false, false);
    const bool mayLinger = m_refused.size() < MaxRefused;
    if (mayLinger) {
        m_refused.insert(socket);
        const auto end = [this, socket] {
            if (m_refused.erase(socket) > 0)
                socket->deleteLater();
        };
        connect(socket, &QTcpSocket::disconnected, this, end);
        QTimer::singleShot(m_context.times.linger, socket, end);
        // Closing it with its request unread would reset it, and the client would not see the
        // answer.
        connect(socket, &QTcpSocket::readyRead, socket,
                [socket] { socket->skip(socket->bytesAvailable()); });
    }
    socket->write(bytes.data(), static_cast<qint64>(bytes.size()));
    socket->flush();
    if (mayLinger)
        ::shutdown(static_cast<int>(socket->socketDescriptor()), SHUT_WR);
    else
        delete socket;
}

bool HttpServer::isBusy() const
{
    return std::any_of(m_sessions.begin(), m_sessions.end(),
                       [](const HttpSession *session) { return session->isBusy(); });
}

void HttpServer::checkAnswered()
{
    if (m_context.isStopping && !isBusy())
        Q_EMIT allAnswered();
}

void HttpServer::finishSync(std::uint64_t ticket, bool isSynced)
{
    m_syncing.finish(ticket, isSynced);
}

void HttpServer::checkTimes()
{
    const TimePoint now = SteadyClock::now();
    for (HttpSession *session : std::vector(m_sessions.begin(), m_sessions.end()))
        session->checkTime(now);
}

} // namespace Weave
