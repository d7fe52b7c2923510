#include "ingest/ingestserver.h"

#include "common/bytesize.h"
#include "common/clock.h"
#include "common/logging.h"
#include "common/unixsocket.h"
#include "ingest/processname.h"
#include "protocol/reply.h"

#include <QSocketNotifier>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
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

// The same trouble is told again after this long.
constexpr Milliseconds WarningInterval = 10s;

} // namespace

IngestServer::IngestServer(RequestHandler &handler, Stats &stats, const IngestLimits &limits)
    : m_limits(limits),
      m_budget(unfinishedLineBudget(limits.maxLineBytes)),
      m_readBuffer(ReadBufferBytes),
      m_context{
          handler, stats, m_budget, limits.maxLineBytes, m_readBuffer, {}, limits.answersAfterSync}
{
    m_endPauses.setSingleShot(true);
    m_endPauses.setTimerType(Qt::PreciseTimer);
    connect(&m_endPauses, &QTimer::timeout, this, &IngestServer::resumeReading);
    m_acceptAgain.setSingleShot(true);
    connect(&m_acceptAgain, &QTimer::timeout, this, [this] {
        if (m_listening && !startAccepting())
            m_acceptAgain.start(AcceptPause);
    });
}

IngestServer::~IngestServer()
{
    stopListening();
    for (Connection *connection : m_connections)
        delete connection;
}

Result<void> IngestServer::listen(const SocketOptions &options)
{
    auto socket = ListeningSocket::open(options);
    if (!socket)
        return socket.error();
    m_listening = std::make_unique<ListeningSocket>(std::move(*socket));
    if (!startAccepting())
        return Error{ErrorCode::Io,
                     "cannot listen on " + options.path + ": " + std::strerror(errno)};
    return {};
}

// QLocalServer closes itself, without a signal, when accept() fails, and accept() fails when there
// are no descriptors left. So it works on a copy of the descriptor, and the end of its notifier
// (the only child it has) tells us to start another one a little later.
bool IngestServer::startAccepting()
{
    UniqueFd copy(::fcntl(m_listening->descriptor(), F_DUPFD_CLOEXEC, 0));
    if (!copy.isValid())
        return false;
    m_acceptor = std::make_unique<Acceptor>(*this);
    if (!m_acceptor->listen(copy.get()))
        return false;
    [[maybe_unused]] const int owned = copy.release();
    const auto *notifier = m_acceptor->findChild<QSocketNotifier *>();
    if (notifier) {
        connect(notifier, &QObject::destroyed, this, [this] {
            if (!m_listening)
                return;
            const TimePoint now = SteadyClock::now();
            if (now - m_lastAcceptWarning > WarningInterval) {
                m_lastAcceptWarning = now;
                qCWarning(lcIngest,
                          "cannot accept clients for the moment: the system is out of file "
                          "descriptors; trying again");
            }
            m_acceptAgain.start(AcceptPause);
        });
    }
    return true;
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
        connection->deleteLater();
    });
    connect(connection, &Connection::awaitingSync, this, [this, connection](quint64 ticket) {
        m_syncing.push_back({ticket, connection});
    });
    connect(connection, &Connection::pausing, this, [this, connection] {
        m_pausing.emplace_back(connection);
        if (!m_endPauses.isActive())
            m_endPauses.start(MaxPause);
    });
}

void IngestServer::finishSync(std::uint64_t ticket, bool isSynced)
{
    // Connections that go on may ask for the next sync at once.
    std::vector<QPointer<Connection>> finished;
    while (!m_syncing.empty() && m_syncing.front().ticket <= ticket) {
        finished.push_back(m_syncing.front().connection);
        m_syncing.pop_front();
    }
    for (const QPointer<Connection> &connection : finished) {
        if (connection)
            connection->finishSync(isSynced);
    }
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
    m_listening->removePath();
    m_listening.reset();
    m_acceptAgain.stop();
    m_acceptor.reset();
}

} // namespace Weave
