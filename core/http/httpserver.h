#pragma once

#include "common/result.h"
#include "http/httpsession.h"

#include <QHostAddress>
#include <QObject>
#include <QPointer>
#include <QTcpServer>
#include <QTimer>

#include <deque>
#include <memory>
#include <unordered_set>
#include <vector>

namespace Weave {

struct HttpServerOptions
{
    RouterOptions router;
    PassthroughOptions passthrough;
    std::uint64_t maxConnections = 1024;
    HttpTimes times;
    bool answersAfterSync = false;
};

// The HTTP door: speaks like the trace server to SDKs that know nothing of a sidecar. Calls are
// kept and answered here, all else is passed on.
class HttpServer final : public QObject
{
    Q_OBJECT

public:
    // handler and stats outlive the server.
    HttpServer(RequestHandler &handler, Stats &stats, HttpServerOptions options);
    ~HttpServer() override;

    [[nodiscard]] Result<void> listen(const QHostAddress &address, quint16 port);
    // Takes no more clients, and ends those that are here after their requests.
    void stopListening();
    // For requests and clients that come from now on.
    void setOptions(HttpServerOptions options);
    // "http://127.0.0.1:8319" once it listens.
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
    void refuseClient(QTcpSocket *socket) const;
    void checkTimes();

    HttpContext m_context;
    std::uint64_t m_maxConnections;
    QTcpServer m_server;
    QTimer m_clock;
    QTimer m_acceptAgain;
    std::unordered_set<HttpSession *> m_sessions;
    std::vector<std::unique_ptr<HttpSession>> m_ended; // to be deleted in a moment
    struct Syncing
    {
        std::uint64_t ticket;
        QPointer<HttpSession> session;
    };
    std::deque<Syncing> m_syncing; // in the order of their tickets
};

} // namespace Weave
