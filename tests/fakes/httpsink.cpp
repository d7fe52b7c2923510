#include "fakes/httpsink.h"

#include "fakes/calllines.h"

#include <QPointer>
#include <QSslSocket>
#include <QTcpServer>
#include <QTimer>

#include <algorithm>

namespace Weave {

class HttpSink::Server final : public QTcpServer
{
public:
    explicit Server(HttpSink &sink)
        : m_sink(sink)
    {
        setListenBacklogSize(200);
    }

    QSslCertificate certificate;
    QSslKey key;

protected:
    void incomingConnection(qintptr descriptor) override
    {
        if (certificate.isNull()) {
            auto *socket = new QTcpSocket;
            socket->setSocketDescriptor(descriptor);
            m_sink.addClient(socket);
            return;
        }
        auto *socket = new QSslSocket;
        socket->setSocketDescriptor(descriptor);
        socket->setLocalCertificate(certificate);
        socket->setPrivateKey(key);
        socket->startServerEncryption();
        m_sink.addClient(socket);
    }

private:
    HttpSink &m_sink;
};

struct HttpSink::Client
{
    ~Client()
    {
        if (socket) {
            socket->disconnect();
            socket->abort();
            socket->deleteLater();
        }
    }

    QPointer<QTcpSocket> socket;
    QByteArray input;
    int number = 0;
    bool isAnswering = false; // requests on one connection are answered one by one
};

HttpSink::HttpSink()
    : m_server(std::make_unique<Server>(*this))
{
}

HttpSink::~HttpSink() = default;

void HttpSink::useTls(const QSslCertificate &certificate, const QSslKey &key)
{
    m_server->certificate = certificate;
    m_server->key = key;
}

bool HttpSink::listen(quint16 port)
{
    return m_server->listen(QHostAddress::LocalHost, port);
}

void HttpSink::stop()
{
    m_server->close();
    m_clients.clear();
    m_hanging.clear();
}

quint16 HttpSink::port() const
{
    return m_server->serverPort();
}

QString HttpSink::url(const QString &path) const
{
    return QStringLiteral("%1://127.0.0.1:%2%3")
        .arg(m_server->certificate.isNull() ? QStringLiteral("http") : QStringLiteral("https"))
        .arg(port())
        .arg(path);
}

void HttpSink::addClient(QTcpSocket *socket)
{
    auto client = std::make_shared<Client>();
    client->socket = socket;
    client->number = m_connectionCount++;
    m_clients.push_back(client);
    const std::weak_ptr<Client> weak = client;
    connect(socket, &QTcpSocket::readyRead, this, [this, weak] {
        if (const auto strong = weak.lock())
            readSome(strong);
    });
    connect(socket, &QTcpSocket::disconnected, this, [this, weak] {
        std::erase_if(m_clients, [&](const auto &known) { return known == weak.lock(); });
    });
}

void HttpSink::readSome(const std::shared_ptr<Client> &client)
{
    client->input += client->socket->readAll();
    if (m_early && client->isAnswering)
        client->input.clear();
    while (!client->isAnswering && takeRequest(client)) { }
}

bool HttpSink::takeRequest(const std::shared_ptr<Client> &client)
{
    const qsizetype headEnd = client->input.indexOf("\r\n\r\n");
    if (headEnd < 0)
        return false;
    SinkRequest request;
    const QList<QByteArray> lines = client->input.left(headEnd).split('\n');
    const QList<QByteArray> first = lines.front().trimmed().split(' ');
    request.method = first.value(0);
    request.path = first.value(1);
    for (const QByteArray &line : lines.mid(1)) {
        const qsizetype colon = line.indexOf(':');
        request.headerLines << line.trimmed();
        request.headers.insert(line.left(colon).toLower(), line.mid(colon + 1).trimmed());
    }
    const qsizetype length = request.headers.value("content-length").toLongLong();
    const bool isEarly = m_early != nullptr;
    if (!isEarly && client->input.size() < headEnd + 4 + length)
        return false;
    request.body = client->input.mid(headEnd + 4, length);
    client->input.remove(0, headEnd + 4 + length);
    request.connection = client->number;
    request.at = std::chrono::steady_clock::now();
    m_requests.push_back(request);
    client->isAnswering = true;

    SinkAnswer reply;
    if (isEarly) {
        reply = *m_early;
    } else if (!m_queue.empty()) {
        reply = m_queue.front();
        m_queue.pop_front();
    } else if (m_script) {
        reply = m_script(request);
    }
    if (reply.isHanging) {
        m_hanging.push_back({client, request});
    } else if (reply.delay.count() > 0) {
        const std::weak_ptr<Client> weak = client;
        QTimer::singleShot(reply.delay, this, [this, weak, request, reply] {
            if (const auto strong = weak.lock())
                answer(strong, request, reply);
        });
    } else {
        answer(client, request, reply);
    }
    return true;
}

void HttpSink::answerHanging(const SinkAnswer &reply)
{
    const std::vector<Hanging> waiting = std::exchange(m_hanging, {});
    for (const Hanging &hanging : waiting) {
        if (const auto client = hanging.client.lock())
            answer(client, hanging.request, reply);
    }
}

void HttpSink::writeHanging(const QByteArray &bytes)
{
    for (const Hanging &hanging : m_hanging) {
        if (const auto client = hanging.client.lock(); client && client->socket)
            client->socket->write(bytes);
    }
}

void HttpSink::answer(const std::shared_ptr<Client> &client, const SinkRequest &request,
                      const SinkAnswer &reply)
{
    client->isAnswering = false;
    if (!client->socket)
        return;
    if (reply.isDropped) {
        client->socket->abort();
        return;
    }
    write(*client, request, reply);
    if (m_early) {
        client->isAnswering = true; // and reads on until the other side closes, as servers do
        return;
    }
    if (reply.cutAfter >= 0 || reply.closeConnection)
        client->socket->disconnectFromHost();
    else if (!client->input.isEmpty())
        QMetaObject::invokeMethod(
            this, [this, client] { readSome(client); }, Qt::QueuedConnection);
}

void HttpSink::write(Client &client, const SinkRequest &request, const SinkAnswer &reply)
{
    QByteArray bytes = "HTTP/1.1 " + QByteArray::number(reply.status) + " Scripted\r\n";
    for (const QByteArray &header : reply.headers)
        bytes += header + "\r\n";
    bytes += "Content-Type: application/json\r\nContent-Length: "
        + QByteArray::number(reply.body.size()) + "\r\n";
    if (reply.closeConnection)
        bytes += "Connection: close\r\n";
    bytes += "\r\n";
    bytes += reply.cutAfter >= 0 ? reply.body.left(reply.cutAfter) : reply.body;
    if (!reply.raw.isNull())
        bytes = reply.raw;
    client.socket->write(bytes);
    client.socket->flush();
    if (reply.status >= 200 && reply.status < 300 && reply.cutAfter < 0)
        m_delivered += upsertItems(request.body);
}

} // namespace Weave
