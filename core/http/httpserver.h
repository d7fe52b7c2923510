#pragma once

#include "common/bytesize.h"
#include "common/result.h"
#include "http/httpsession.h"
#include "ingest/listeningsocket.h"
#include "ingest/syncqueue.h"

#include <QHostAddress>
#include <QObject>
#include <QTcpServer>
#include <QTimer>

#include <memory>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

namespace Weave {

struct HttpServerOptions
{
    std::string name = "--http"; // of the setting that made the server; for errors
    std::string connectionsFlag = "--max-connections"; // what bounds its clients
    PassthroughOptions passthrough;
    std::uint64_t maxConnections = 1024;
    RequestReader::Limits limits;
    std::size_t bodyBudget = 128 * MiB; // of all requests together: four of the largest
    HttpTimes times;
    bool answersAfterSync = false;
};

// Listens for HTTP clients and owns their sessions; what they get is the router's decision. The
// HTTP door is one, --metrics is another.
class HttpServer final : public QObject
{
    Q_OBJECT

public:
    // handler and counts outlive the server.
    HttpServer(std::unique_ptr<HttpRouter> router, RequestHandler &handler, HttpCounts &counts,
               HttpServerOptions options);
    ~HttpServer() override;

    [[nodiscard]] Result<void> listen(const QHostAddress &address, quint16 port);
    // At a Unix socket instead.
    [[nodiscard]] Result<void> listen(const SocketOptions &options);
    // Takes no more clients, and ends those that are here after their requests.
    void stopListening();
    // For requests and clients that come from now on.
    void setOptions(std::unique_ptr<HttpRouter> router, HttpServerOptions options);
    // "http://127.0.0.1:8319" or "unix:PATH" while it listens, else empty.
    [[nodiscard]] std::string url() const;

    // Whether a client waits for the answer to a whole request.
    [[nodiscard]] bool isBusy() const;

    // Every sync up to this ticket has ended.
    void finishSync(std::uint64_t ticket, bool isSynced);

Q_SIGNALS:
    // After stopListening(): nobody waits for an answer any more.
    void allAnswered();

private:
    void addClients();
    void checkAnswered();
    void refuseClient(QTcpSocket *socket);
    void checkTimes();

    HttpContext m_context;
    HttpServerOptions m_options;
    std::optional<ListeningSocket> m_unixSocket;
    std::string m_unixPath;
    QTcpServer m_server;
    QTimer m_clock;
    QTimer m_acceptAgain;
    std::unordered_set<HttpSession *> m_sessions;
    std::vector<std::unique_ptr<HttpSession>> m_ended; // to be deleted in a moment
    std::unordered_set<QTcpSocket *> m_refused; // for a moment
    SyncQueue<HttpSession> m_syncing;
};

} // namespace Weave
