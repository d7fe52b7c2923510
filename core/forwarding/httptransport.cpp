#include "forwarding/httptransport.h"

#include "common/logging.h"
#include "forwarding/bodydevice.h"
#include "forwarding/retryafter.h"
#include "forwarding/serverreply.h"

#include <QNetworkAccessManager>
#include <QNetworkReply>
#include <QNetworkRequest>
#include <QSslConfiguration>
#include <QTimer>

#include <algorithm>

namespace Weave {

namespace {

// QNetworkAccessManager opens at most six connections a host (Qt 6.4 has no setting for it); more
// senders need more managers.
constexpr int ConnectionsPerManager = 6;

// Enough for any sentence about what is wrong; the rest of an error page is thrown away.
constexpr qint64 MaxErrorBody = 64 * 1024;

bool isTlsError(QNetworkReply::NetworkError error)
{
    return error == QNetworkReply::SslHandshakeFailedError;
}

} // namespace

// One request under way: the reply, its deadline and what it has said so far.
class HttpTransport::Exchange final : public QObject
{
public:
    Exchange(HttpTransport &owner, std::size_t pool, Done done)
        : m_owner(owner)
        , m_pool(pool)
        , m_done(std::move(done))
    {
        m_deadline.setSingleShot(true);
        connect(&m_deadline, &QTimer::timeout, this, [this] {
            m_timedOut = true;
            m_reply->abort(); // calls finish()
        });
    }

    void start(QNetworkReply *reply, Milliseconds timeout)
    {
        m_reply = reply;
        m_reply->setParent(this);
        connect(m_reply, &QNetworkReply::sslErrors, this, &Exchange::noteSslErrors);
        connect(m_reply, &QNetworkReply::readyRead, this, &Exchange::readBody);
        connect(m_reply, &QNetworkReply::finished, this, &Exchange::finish);
        m_deadline.start(timeout);
    }

    // Ends it in silence. The device that the reply reads from goes with the reply.
    void cancel()
    {
        m_reply->disconnect(this);
        m_reply->abort();
        delete this;
    }

    [[nodiscard]] std::size_t pool() const { return m_pool; }

private:
    void noteSslErrors(const QList<QSslError> &errors)
    {
        for (const QSslError &error : errors) {
            if (!m_sslText.isEmpty())
                m_sslText += QLatin1String("; ");
            m_sslText += error.errorString();
        }
    }

    // Keeps the start of the body and throws the rest away, so that no answer is too large.
    void readBody()
    {
        const QByteArray bytes = m_reply->readAll();
        m_body += bytes.left(MaxErrorBody - m_body.size());
    }

    [[nodiscard]] SendResult result() const
    {
        SendResult result;
        const QVariant status = m_reply->attribute(QNetworkRequest::HttpStatusCodeAttribute);
        const QNetworkReply::NetworkError error = m_reply->error();
        // A status whose body broke off is no answer: the server may have stopped half-way.
        const bool isWhole = error == QNetworkReply::NoError
            || (error >= QNetworkReply::ContentAccessDenied
                && error != QNetworkReply::ProtocolUnknownError
                && error != QNetworkReply::ProtocolInvalidOperationError
                && error != QNetworkReply::ProtocolFailure);
        if (m_timedOut) {
            result.kind = SendResult::Kind::TimedOut;
        } else if (isTlsError(error)) {
            result.kind = SendResult::Kind::TlsError;
            result.reason
                = (m_sslText.isEmpty() ? m_reply->errorString() : m_sslText).toStdString();
        } else if (!status.isValid() || !isWhole) {
            result.kind = SendResult::Kind::NetworkError;
            result.reason = m_reply->errorString().toStdString();
        } else {
            readAnswer(status.toInt(), result);
        }
        return result;
    }

    void readAnswer(int status, SendResult &result) const
    {
        result.status = status;
        if (status >= 200 && status < 300)
            return;
        const QVariant target = m_reply->attribute(QNetworkRequest::RedirectionTargetAttribute);
        if (target.isValid()) {
            const QString url = target.toUrl().toString(QUrl::RemoveUserInfo | QUrl::RemoveQuery);
            result.reason = "it redirects to " + url.left(200).toStdString()
                + "; set --backend to where the trace server is";
            return;
        }
        ServerError error = parseServerError({m_body.constData(), std::size_t(m_body.size())});
        result.reason = std::move(error.reason);
        result.errorCode = std::move(error.errorCode);
        const QByteArray retryAfter = m_reply->rawHeader("Retry-After");
        if (!retryAfter.isEmpty())
            result.retryAfter
                = parseRetryAfter({retryAfter.constData(), std::size_t(retryAfter.size())},
                                  std::chrono::system_clock::now());
    }

    void finish()
    {
        m_deadline.stop();
        readBody();
        const SendResult answer = result();
        const Done done = std::move(m_done);
        m_reply->disconnect(this);
        m_owner.forget(this);
        deleteLater(); // we are inside a signal of our own reply
        done(answer);
    }

    HttpTransport &m_owner;
    const std::size_t m_pool;
    Done m_done;
    QNetworkReply *m_reply = nullptr;
    QTimer m_deadline;
    QByteArray m_body;
    QString m_sslText;
    bool m_timedOut = false;
};

HttpTransport::HttpTransport(HttpTransportOptions options)
    : m_options(std::move(options))
    , m_authorization(m_options.apiKey.isEmpty()
                          ? QByteArray()
                          : "Basic " + QByteArray("api:" + m_options.apiKey).toBase64())
{
    const int pools
        = (std::max(1, m_options.senders) + ConnectionsPerManager - 1) / ConnectionsPerManager;
    for (int i = 0; i < pools; ++i) {
        Pool pool;
        pool.manager = std::make_unique<QNetworkAccessManager>();
        pool.manager->setRedirectPolicy(QNetworkRequest::ManualRedirectPolicy);
        // Credentials and cookies are ours to send, never the library's to remember.
        pool.manager->setAutoDeleteReplies(false);
        m_pools.push_back(std::move(pool));
    }
}

HttpTransport::~HttpTransport()
{
    cancelAll();
}

void HttpTransport::send(OutgoingRequest request, Done done)
{
    const auto pool = std::min_element(
        m_pools.begin(), m_pools.end(),
        [](const Pool &a, const Pool &b) { return a.inFlight < b.inFlight; });
    auto *exchange = new Exchange(
        *this, static_cast<std::size_t>(pool - m_pools.begin()), std::move(done));
    const QNetworkRequest networkRequest = makeRequest(request);
    auto *device = new BodyDevice(std::move(request.body));
    QNetworkReply *reply = pool->manager->post(networkRequest, device);
    device->setParent(reply);
    ++pool->inFlight;
    m_exchanges.insert(exchange);
    exchange->start(reply, m_options.requestTimeout);
}

QNetworkRequest HttpTransport::makeRequest(const OutgoingRequest &request) const
{
    QUrl url = m_options.backend;
    QString path = url.path(QUrl::FullyEncoded);
    while (path.endsWith(QLatin1Char('/')))
        path.chop(1);
    url.setPath(path + toQString(request.path), QUrl::TolerantMode);

    QNetworkRequest result(url);
    result.setHeader(QNetworkRequest::ContentTypeHeader, QByteArrayLiteral("application/json"));
    result.setHeader(QNetworkRequest::ContentLengthHeader,
                     static_cast<qint64>(request.body.size()));
    result.setHeader(QNetworkRequest::UserAgentHeader, m_options.userAgent);
    // wandb/weave, weave/utils/retry.py: one id a logical request, the same on every attempt.
    result.setRawHeader("X-Weave-Retry-Id", QByteArray::fromStdString(request.retryId));
    if (!m_authorization.isEmpty())
        result.setRawHeader("Authorization", m_authorization);
    result.setAttribute(QNetworkRequest::CookieLoadControlAttribute, QNetworkRequest::Manual);
    result.setAttribute(QNetworkRequest::CookieSaveControlAttribute, QNetworkRequest::Manual);
    result.setAttribute(QNetworkRequest::AuthenticationReuseAttribute, QNetworkRequest::Manual);
    result.setAttribute(QNetworkRequest::CacheLoadControlAttribute,
                        QNetworkRequest::AlwaysNetwork);
    result.setAttribute(QNetworkRequest::CacheSaveControlAttribute, false);
    // A few large uploads gain nothing from HTTP/2's streams and lose to its flow-control windows.
    result.setAttribute(QNetworkRequest::Http2AllowedAttribute, false);
    if (!m_options.extraCaCertificates.isEmpty()) {
        QSslConfiguration tls = QSslConfiguration::defaultConfiguration();
        tls.addCaCertificates(m_options.extraCaCertificates);
        result.setSslConfiguration(tls);
    }
    return result;
}

void HttpTransport::forget(Exchange *exchange)
{
    m_exchanges.erase(exchange);
    --m_pools[exchange->pool()].inFlight;
}

void HttpTransport::cancelAll()
{
    while (!m_exchanges.empty()) {
        Exchange *exchange = *m_exchanges.begin();
        forget(exchange);
        exchange->cancel();
    }
}

} // namespace Weave
