#pragma once

#include "forwarding/transport.h"

#include <QByteArray>
#include <QNetworkProxy>
#include <QObject>
#include <QSslConfiguration>
#include <QUrl>

#include <memory>
#include <optional>
#include <vector>

namespace Weave {

class HttpConnection;

struct HttpTransportOptions
{
    QUrl backend; // http or https; its path is put before every route
    QByteArray apiKey; // empty: no Authorization header
    QNetworkProxy proxy{QNetworkProxy::NoProxy};
    std::optional<QSslConfiguration> tls; // of https
    Milliseconds requestTimeout{0}; // of a whole request, connecting included
    QByteArray userAgent;
    QByteArray instance; // this daemon's name in Via headers; empty: no such header
};

// Sends requests by HTTP/1.1 over connections that it keeps and uses again: as many as there have
// been requests at a time. Redirects are not followed, and TLS is always verified.
class HttpTransport final : public QObject, public Transport
{
    Q_OBJECT

public:
    explicit HttpTransport(HttpTransportOptions options);
    ~HttpTransport() override;

    void send(OutgoingRequest request, Done done) override;
    void cancelAll() override;

private:
    void hideKey(std::string &words) const;
    [[nodiscard]] QByteArray makeHead(const OutgoingRequest &request) const;
    [[nodiscard]] HttpConnection &idleConnection();

    const HttpTransportOptions m_options;
    const QByteArray m_commonHeaders;
    QByteArray m_pathPrefix;
    std::vector<std::unique_ptr<HttpConnection>> m_connections;
};

} // namespace Weave
