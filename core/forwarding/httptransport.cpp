#include "forwarding/httptransport.h"

#include "forwarding/httpconnection.h"

#include <algorithm>

namespace Weave {

namespace {

QByteArray hostHeader(const QUrl &url)
{
    QByteArray host = url.host(QUrl::FullyEncoded).toLatin1();
    if (host.contains(':'))
        host = '[' + host + ']';
    if (url.port() >= 0)
        host += ':' + QByteArray::number(url.port());
    return host;
}

// wandb/weave, weave/wandb_interface/auth.py: the user of an API key is always "api".
QByteArray basicCredentials(const QByteArray &apiKey)
{
    return QByteArray("api:" + apiKey).toBase64();
}

// Sent with every request.
QByteArray commonHeaders(const HttpTransportOptions &options)
{
    QByteArray headers = "Host: " + hostHeader(options.backend) + "\r\n";
    headers += "User-Agent: " + options.userAgent + "\r\n";
    headers += "Accept: application/json\r\nContent-Type: application/json\r\n";
    // So that the daemon's own HTTP door knows a request that has come back to it.
    if (!options.instance.isEmpty())
        headers += "Via: 1.1 " + options.instance + "\r\n";
    if (!options.apiKey.isEmpty())
        headers += "Authorization: Basic " + basicCredentials(options.apiKey) + "\r\n";
    return headers;
}

} // namespace

HttpTransport::HttpTransport(HttpTransportOptions options)
    : m_options(std::move(options)),
      m_commonHeaders(commonHeaders(m_options)),
      m_pathPrefix(m_options.backend.path(QUrl::FullyEncoded).toLatin1())
{
    while (m_pathPrefix.endsWith('/'))
        m_pathPrefix.chop(1);
}

HttpTransport::~HttpTransport()
{
    cancelAll();
}

void HttpTransport::send(OutgoingRequest request, Done done)
{
    const auto finish = [this, done = std::move(done)](SendResult result) {
        hideKey(result.reason);
        hideKey(result.errorCode);
        done(result);
    };
    QByteArray head = makeHead(request);
    idleConnection().send({std::move(head), std::move(request.body), request.isBacklog},
                          m_options.requestTimeout, finish);
}

// A server may repeat what it has got.
void HttpTransport::hideKey(std::string &words) const
{
    if (words.empty() || m_options.apiKey.isEmpty())
        return;
    for (const QByteArray &secret : {m_options.apiKey, basicCredentials(m_options.apiKey)}) {
        const std::string text = secret.toStdString();
        for (std::size_t place = words.find(text); place != std::string::npos;
             place = words.find(text, place))
            words.replace(place, text.size(), "[...]");
    }
}

QByteArray HttpTransport::makeHead(const OutgoingRequest &request) const
{
    QByteArray head = "POST " + m_pathPrefix + QByteArray::fromStdString(request.path);
    head += " HTTP/1.1\r\n" + m_commonHeaders;
    head += "Content-Length: " + QByteArray::number(static_cast<qulonglong>(request.body.size()))
        + "\r\n";
    // wandb/weave, weave/utils/retry.py: one id a logical request, the same on every attempt.
    head += "X-Weave-Retry-Id: " + QByteArray::fromStdString(request.retryId) + "\r\n\r\n";
    return head;
}

HttpConnection &HttpTransport::idleConnection()
{
    const auto idle = std::find_if(m_connections.begin(), m_connections.end(),
                                   [](const auto &connection) { return connection->isIdle(); });
    if (idle != m_connections.end())
        return **idle;
    m_connections.push_back(std::make_unique<HttpConnection>(
        HttpConnection::Peer{m_options.backend, m_options.proxy, m_options.tls}));
    return *m_connections.back();
}

void HttpTransport::cancelAll()
{
    for (const auto &connection : m_connections)
        connection->cancel();
}

} // namespace Weave
