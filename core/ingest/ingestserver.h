#pragma once

#include "common/bytesize.h"
#include "common/clock.h"
#include "common/result.h"
#include "ingest/clientinfo.h"
#include "ingest/connection.h"
#include "ingest/listeningsocket.h"

#include <QLocalServer>
#include <QObject>
#include <QPointer>
#include <QTimer>

#include <bitset>
#include <deque>
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
    // Removes the socket's path and takes no more clients. Those that are connected stay.
    void stopListening();

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

private:
    // Hands out descriptors instead of QLocalSocket.
    class Acceptor final : public QLocalServer
    {
    public:
        explicit Acceptor(IngestServer &server)
            : m_server(server)
        {
        }

    protected:
        void incomingConnection(quintptr descriptor) override
        {
            m_server.addClient(UniqueFd(static_cast<int>(descriptor)));
        }

    private:
        IngestServer &m_server;
    };

    [[nodiscard]] bool startAccepting();
    void addClient(UniqueFd socket);
    [[nodiscard]] std::uint16_t newNumber();
    void refuseClient(const UniqueFd &socket);

    IngestLimits m_limits;
    ByteBudget m_budget;
    std::vector<char> m_readBuffer;
    ConnectionContext m_context;
    std::unique_ptr<ListeningSocket> m_listening;
    std::unique_ptr<Acceptor> m_acceptor;
    QTimer m_acceptAgain;
    TimePoint m_lastAcceptWarning = TimePoint() - std::chrono::hours(1);
    QTimer m_endPauses;
    std::vector<QPointer<Connection>> m_pausing;
    struct Syncing
    {
        std::uint64_t ticket;
        QPointer<Connection> connection;
    };
    std::deque<Syncing> m_syncing; // in the order of their tickets
    std::unordered_set<Connection *> m_connections;
    std::bitset<std::size_t{UINT16_MAX} + 1> m_numbers; // of the clients that are connected
    std::uint16_t m_lastNumber = 0;
};

} // namespace Weave
