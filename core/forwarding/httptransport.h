#pragma once

#include "forwarding/transport.h"

#include <QByteArray>
#include <QList>
#include <QObject>
#include <QSslCertificate>
#include <QUrl>

#include <memory>
#include <set>
#include <vector>

class QNetworkAccessManager;
class QNetworkReply;
class QNetworkRequest;

namespace Weave {

struct HttpTransportOptions
{
    QUrl backend;                       // http or https; its path is put before every route
    QByteArray apiKey;                  // empty: no Authorization header
    QList<QSslCertificate> extraCaCertificates; // trusted besides the system's
    Milliseconds requestTimeout{0};     // from the first byte out to the last byte in
    int senders = 4;                    // as many connections are kept
    QByteArray userAgent;
};

// Sends requests by HTTP over kept connections. Redirects are not followed and TLS is always
// verified. The only place that knows QNetworkAccessManager.
class HttpTransport final : public QObject, public Transport
{
    Q_OBJECT

public:
    explicit HttpTransport(HttpTransportOptions options);
    ~HttpTransport() override;

    void send(OutgoingRequest request, Done done) override;
    void cancelAll() override;

private:
    class Exchange;

    [[nodiscard]] QNetworkRequest makeRequest(const OutgoingRequest &request) const;
    void forget(Exchange *exchange);

    struct Pool
    {
        std::unique_ptr<QNetworkAccessManager> manager;
        int inFlight = 0;
    };

    const HttpTransportOptions m_options;
    const QByteArray m_authorization;
    std::vector<Pool> m_pools;
    std::set<Exchange *> m_exchanges;
};

} // namespace Weave
