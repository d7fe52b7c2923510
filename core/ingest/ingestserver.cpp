#include "ingest/ingestserver.h"

#include "common/bytesize.h"
#include "common/clock.h"
#include "common/logging.h"
#include "common/unixsocket.h"
#include "ingest/processname.h"
#include "protocol/reply.h"

#include <algorithm>
#include <cerrno>
#include <unordered_map>
#include <utility>

namespace Weave {

namespace {

using namespace std::chrono_literals;

// A read takes what the kernel's socket buffer holds (208 KiB by default on Linux) in one go.
constexpr std::size_t ReadBufferBytes = 256 * KiB;

// Four lines of the largest size at once, at least 64 MiB; further long lines are refused.
std::size_t unfinishedLineBudget(std::size_t maxLineBytes)
{
    return std::max<std::size_t>(4 * maxLineBytes, 64 * MiB);
}

// A client waits this long at most, far below the second in which it is promised a reply.
constexpr Milliseconds MaxPause = 50ms;

// When the system has no descriptor left, asking again at once would only burn the processor.
constexpr Milliseconds AcceptPause = 100ms;

} // namespace

IngestServer::IngestServer(RequestHandler &handler, Stats &stats, const IngestLimits &limits)
    : m_limits(limits),
      m_budget(unfinishedLineBudget(limits.maxLineBytes)),
      m_readBuffer(ReadBufferBytes),
      m_round(handler),
      m_context{handler,      stats,   m_budget, limits.maxLineBytes,
                m_readBuffer, m_round, {},       limits.answersAfterSync}
{
    m_endPauses.setSingleShot(true);
    m_endPauses.setTimerType(Qt::PreciseTimer);
    connect(&m_endPauses, &QTimer::timeout, this, &IngestServer::resumeReading);
    m_acceptAgain.setSingleShot(true);
    connect(&m_acceptAgain, &QTimer::timeout, this, [this] {
        if (m_acceptor)
            m_acceptor->setEnabled(true);
    });
}

IngestServer::~IngestServer()
{
    stopListening();
    // They use what is the server's. Those that are closed may still wait for the event loop.
    for (Connection *connection : std::exchange(m_connections, {}))
        delete connection;
    for (Connection *connection : std::exchange(m_closed, {}))
        delete connection;
}

Result<void> IngestServer::listen(const SocketOptions &options)
{
    auto socket = ListeningSocket::open(options);
    if (!socket)
        return socket.error();
    listen(std::move(*socket));
    return {};
}

void IngestServer::listen(ListeningSocket socket)
{
    m_listening = std::make_unique<ListeningSocket>(std::move(socket));
    m_path = m_listening->path();
    m_acceptor =
        std::make_unique<QSocketNotifier>(m_listening->descriptor(), QSocketNotifier::Read);
    connect(m_acceptor.get(), &QSocketNotifier::activated, this, &IngestServer::acceptClient);
}

// One a wake-up, so that a client that has gone is noticed before another one is refused for it.
// Not by QLocalServer, which removes the path of a socket that a service manager has made.
void IngestServer::acceptClient()
{
    UniqueFd client = acceptUnix(m_listening->descriptor());
    if (client.isValid()) {
        addClient(std::move(client));
    } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
        qCWarning(lcIngest,
                  "cannot accept clients for the moment: the system is out of file descriptors "
                  "or memory; trying again");
        m_acceptor->setEnabled(false);
        m_acceptAgain.start(AcceptPause);
    }
}

void IngestServer::addClient(UniqueFd socket)
{
    Stats &stats = m_context.stats;
    if (stats.connectionsOpen >= m_limits.maxConnections) {
        refuseClient(socket);
        return;
    }
    ++stats.connectionsAccepted;
    auto *connection = new Connection(std::move(socket), newNumber(), m_context);
    m_connections.insert(connection);
    connect(connection, &Connection::closed, this, [this, connection] {
        m_connections.erase(connection);
        m_numbers.reset(connection->number());
        m_context.handler.clientGone(connection->number());
        m_closed.insert(connection);
        connection->deleteLater();
        if (m_isHandingOver && m_connections.empty())
            Q_EMIT allGone();
    });
    connect(connection, &QObject::destroyed, this,
            [this, connection] { m_closed.erase(connection); });
    connect(connection, &Connection::awaitingSync, this,
            [this, connection](quint64 ticket) { m_syncing.add(ticket, connection); });
    connect(connection, &Connection::pausing, this, [this, connection] {
        m_pausing.emplace_back(connection);
        if (!m_endPauses.isActive())
            m_endPauses.start(MaxPause);
    });
}

void IngestServer::finishSync(std::uint64_t ticket, bool isSynced)
{
    m_syncing.finish(ticket, isSynced);
}

// Numbers are used again as late as possible. 0, "nobody knows", stands for clients beyond the
// 65,535th as well.
std::uint16_t IngestServer::newNumber()
{
    if (m_connections.size() >= UINT16_MAX)
        return 0;
    do {
        ++m_lastNumber;
    } while (m_lastNumber == 0 || m_numbers[m_lastNumber]);
    m_numbers.set(m_lastNumber);
    return m_lastNumber;
}

std::vector<ClientInfo> IngestServer::clients(std::size_t maxClients) const
{
    std::unordered_map<pid_t, ClientInfo> byProcess;
    for (const Connection *connection : m_connections) {
        ClientInfo &client = byProcess[connection->process()];
        client.process = connection->process();
        ++client.connections;
        client.calls += connection->calls();
        client.bytes += connection->callBytes();
        client.refused += connection->refused();
    }
    std::vector<ClientInfo> clients;
    clients.reserve(byProcess.size());
    for (auto &[process, client] : byProcess)
        clients.push_back(std::move(client));
    std::sort(clients.begin(), clients.end(), [](const ClientInfo &a, const ClientInfo &b) {
        return a.calls != b.calls ? a.calls > b.calls : a.process < b.process;
    });
    if (clients.size() > maxClients)
        clients.resize(maxClients);
    for (ClientInfo &client : clients)
        client.name = processName(client.process);
    return clients;
}

void IngestServer::resumeReading()
{
    m_endPauses.stop();
    for (const QPointer<Connection> &connection : std::exchange(m_pausing, {})) {
        if (connection)
            connection->resume();
    }
}

void IngestServer::refuseClient(const UniqueFd &socket)
{
    ++m_context.stats.connectionsRefused;
    const std::string reply =
        failureReply("the sidecar has " + std::to_string(m_limits.maxConnections)
                     + " connections already (--max-connections); send this call directly");
    [[maybe_unused]] const auto sent = ::send(socket.get(), reply.data(), reply.size(), SendFlags);
}

void IngestServer::stopListening()
{
    if (!m_listening)
        return;
    m_acceptAgain.stop();
    m_acceptor.reset();
    m_listening->removePath();
    m_listening.reset();
}

void IngestServer::handOver()
{
    stopListening();
    m_isHandingOver = true;
    for (Connection *connection : m_connections)
        connection->endInput();
}

} // namespace Weave
