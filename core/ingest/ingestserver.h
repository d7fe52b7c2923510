#pragma once

#include "common/bytesize.h"
#include "common/clock.h"
#include "common/result.h"
#include "ingest/clientinfo.h"
#include "ingest/connection.h"
#include "ingest/listeningsocket.h"
#include "ingest/replyround.h"
#include "ingest/syncqueue.h"

#include <QObject>
#include <QPointer>
#include <QSocketNotifier>
#include <QTimer>

#include <bitset>
#include <memory>
#include <unordered_set>
#include <vector>

namespace Weave {

struct IngestLimits
{
    std::size_t maxLineBytes = 32 * MiB;
    std::uint64_t maxConnections = 1024;
    bool answersAfterSync = false; // what has been accepted
};

// Listens on the socket and owns its connections. A client over the limit gets an error line and
// is closed, so that it goes another way at once instead of waiting.
class IngestServer final : public QObject
{
    Q_OBJECT

public:
    // handler and stats outlive the server.
    IngestServer(RequestHandler &handler, Stats &stats, const IngestLimits &limits);
    ~IngestServer() override;

    [[nodiscard]] Result<void> listen(const SocketOptions &options);
    void listen(ListeningSocket socket);
    // Removes the socket's path, unless the socket is a service manager's, and takes no more
    // clients. Those that are connected stay.
    void stopListening();

    // Takes no more clients, and of those that are connected what they have sent until now. Each is
    // closed when it has had its answers; then comes allGone(). What they write later fails, so
    // that they know it was not taken and can hand it to the next daemon.
    void handOver();
    [[nodiscard]] bool hasClients() const { return !m_connections.empty(); }

    // Of the socket that it listens or has listened on.
    [[nodiscard]] const std::string &socketPath() const { return m_path; }
    // Whether a service manager goes on holding the socket when this process lets go of it.
    [[nodiscard]] bool isSocketAdopted() const { return m_listening && m_listening->isAdopted(); }

    // Every sync up to this ticket has ended.
    void finishSync(std::uint64_t ticket, bool isSynced);

    // Ends the pauses that the handler has asked for.
    void resumeReading();

    // Whether a client with this CallView::client is connected.
    [[nodiscard]] bool isConnected(std::uint16_t client) const { return m_numbers[client]; }

    // The processes that are connected, those with most calls first; at most maxClients.
    [[nodiscard]] std::vector<ClientInfo> clients(std::size_t maxClients) const;

    // For clients that come from now on; nobody is sent away.
    void setMaxConnections(std::uint64_t maxConnections)
    {
        m_limits.maxConnections = maxConnections;
    }
    [[nodiscard]] const IngestLimits &limits() const { return m_limits; }

Q_SIGNALS:
    // After handOver(): the last client has gone.
    void allGone();

private:
    void acceptClient();
    void addClient(UniqueFd socket);
    [[nodiscard]] std::uint16_t newNumber();
    void refuseClient(const UniqueFd &socket);

    IngestLimits m_limits;
    ByteBudget m_budget;
    std::vector<char> m_readBuffer;
    ReplyRound m_round;
    ConnectionContext m_context;
    std::string m_path;
    std::unique_ptr<ListeningSocket> m_listening;
    std::unique_ptr<QSocketNotifier> m_acceptor;
    QTimer m_acceptAgain;
    bool m_isHandingOver = false;
    QTimer m_endPauses;
    std::vector<QPointer<Connection>> m_pausing;
    SyncQueue<Connection> m_syncing;
    std::unordered_set<Connection *> m_connections;
    std::unordered_set<Connection *> m_closed; // the event loop deletes them next
    std::bitset<std::size_t{UINT16_MAX} + 1> m_numbers; // of the clients that are connected
    std::uint16_t m_lastNumber = 0;
};

} // namespace Weave
