#pragma once

#include <QByteArray>
#include <QHash>
#include <QList>
#include <QObject>
#include <QSslCertificate>
#include <QSslKey>

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <vector>

class QTcpServer;
class QTcpSocket;

namespace Weave {

struct SinkRequest
{
    QByteArray method;
    QByteArray path;
    QHash<QByteArray, QByteArray> headers; // names in lower case
    QList<QByteArray> headerLines; // as they came
    QByteArray body;
    int connection = 0; // 0 for the first connection, and so on
    std::chrono::steady_clock::time_point at;
};

struct SinkAnswer
{
    int status = 200;
    QByteArray body = "{}";
    QList<QByteArray> headers{}; // "Retry-After: 1"
    std::chrono::milliseconds delay{0};
    bool closeConnection = false; // after the answer
    bool isHanging = false; // no answer until answerHanging()
    bool isDropped = false; // the connection is closed instead of an answer
    qsizetype cutAfter = -1; // bytes of the body after which the connection is closed
    QByteArray raw{}; // the answer's bytes, instead of what the rest would make
};

// A trace server that answers as told and remembers all it was asked. HTTP/1.1 with kept
// connections, on loopback, in the thread of the test.
class HttpSink final : public QObject
{
    Q_OBJECT

public:
    using Script = std::function<SinkAnswer(const SinkRequest &)>;

    HttpSink();
    ~HttpSink() override;

    void useTls(const QSslCertificate &certificate, const QSslKey &key);
    // On the given port, or on any that is free.
    bool listen(quint16 port = 0);
    // Closes the port and every connection.
    void stop();
    [[nodiscard]] quint16 port() const;
    // "http://127.0.0.1:PORT" or https, with path behind it.
    [[nodiscard]] QString url(const QString &path = {}) const;

    // The answers of the queue come first, then the script's; without either, 200.
    void setScript(Script script) { m_script = std::move(script); }
    void enqueue(const SinkAnswer &answer) { m_queue.push_back(answer); }
    void enqueue(int status) { m_queue.push_back(SinkAnswer{.status = status}); }
    void answerHanging(const SinkAnswer &answer = {});
    // A part of the answers to what hangs, its own head and all; answerHanging() with what is left
    // as raw ends them.
    void writeHanging(const QByteArray &bytes);
    // Answers before the body has come, to every request from now on.
    void answerEarly(const SinkAnswer &answer) { m_early = std::make_unique<SinkAnswer>(answer); }

    [[nodiscard]] const std::vector<SinkRequest> &requests() const { return m_requests; }
    [[nodiscard]] int requestCount() const { return static_cast<int>(m_requests.size()); }
    [[nodiscard]] int hangingCount() const { return static_cast<int>(m_hanging.size()); }
    [[nodiscard]] int connectionCount() const { return m_connectionCount; }
    // Every item of every upsert body that was answered with 2xx, in the order of the answers.
    [[nodiscard]] const QList<QByteArray> &delivered() const { return m_delivered; }

private:
    class Server;
    struct Client;
    struct Hanging
    {
        std::weak_ptr<Client> client;
        SinkRequest request;
    };

    void addClient(QTcpSocket *socket);
    void readSome(const std::shared_ptr<Client> &client);
    bool takeRequest(const std::shared_ptr<Client> &client);
    void answer(const std::shared_ptr<Client> &client, const SinkRequest &request,
                const SinkAnswer &answer);
    void write(Client &client, const SinkRequest &request, const SinkAnswer &answer);

    std::unique_ptr<Server> m_server;
    Script m_script;
    std::deque<SinkAnswer> m_queue;
    std::unique_ptr<SinkAnswer> m_early;
    std::vector<SinkRequest> m_requests;
    std::vector<Hanging> m_hanging;
    std::vector<std::shared_ptr<Client>> m_clients;
    QList<QByteArray> m_delivered;
    int m_connectionCount = 0;
};

} // namespace Weave
