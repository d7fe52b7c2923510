#include "client/connectiontest.h"

#include <QElapsedTimer>
#include <QFileInfo>
#include <QNetworkRequest>
#include <QSslError>
#include <QUrl>

namespace Weave {

namespace {

constexpr int Ok = 200;
constexpr int Unauthorized = 401;
constexpr int Forbidden = 403;

} // namespace

void ConnectionTest::start(const QString &backend, const QString &apiKey)
{
    if (m_reply) {
        m_reply->disconnect(this);
        m_reply->abort();
        m_reply->deleteLater();
        m_reply.clear();
    }
    if (backend.startsWith(QLatin1String("file:"))) {
        const QFileInfo folder(QFileInfo(backend.mid(5)).absolutePath());
        const bool isGood = folder.isDir() && folder.isWritable();
        Q_EMIT finished(isGood,
                        isGood ? tr("Calls can be written to that folder.")
                               : tr("That folder cannot be written to."));
        return;
    }
    // A query of a project that nobody has: it needs the key, reads nothing and changes nothing.
    QNetworkRequest request(QUrl(backend + QLatin1String("/calls/query_stats")));
    request.setTransferTimeout(TimeoutMs);
    request.setHeader(QNetworkRequest::ContentTypeHeader, QStringLiteral("application/json"));
    request.setAttribute(QNetworkRequest::RedirectPolicyAttribute,
                         QNetworkRequest::ManualRedirectPolicy);
    if (!apiKey.isEmpty())
        request.setRawHeader("Authorization", "Basic " + ("api:" + apiKey.toUtf8()).toBase64());
    m_reply =
        m_network.post(request, R"({"project_id":"weave-sidecar/connection-test","limit":1})");
    QElapsedTimer clock;
    clock.start();
    connect(m_reply, &QNetworkReply::finished, this, [this, reply = m_reply, clock] {
        reply->deleteLater();
        handleAnswer(*reply, clock.elapsed());
    });
}

void ConnectionTest::handleAnswer(QNetworkReply &reply, qint64 milliseconds)
{
    m_reply.clear();
    const int status = reply.attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
    const QString host = reply.url().host();
    switch (status) {
    case 0:
        break;
    case Ok:
    case Forbidden: // the key is known; the project of the question is nobody's
        Q_EMIT finished(true,
                        tr("%1 answers in %2 ms and takes the key.").arg(host).arg(milliseconds));
        return;
    case Unauthorized:
        Q_EMIT finished(false, tr("%1 refuses the API key.").arg(host));
        return;
    default:
        if (reply.header(QNetworkRequest::ContentTypeHeader)
                .toString()
                .contains(QLatin1String("json")))
            Q_EMIT finished(true, tr("%1 answers in %2 ms.").arg(host).arg(milliseconds));
        else
            Q_EMIT finished(
                false, tr("%1 is no Weave trace server: it answers %2.").arg(host).arg(status));
        return;
    }
    switch (reply.error()) {
    case QNetworkReply::HostNotFoundError:
        Q_EMIT finished(false, tr("There is no host named %1.").arg(host));
        break;
    case QNetworkReply::ConnectionRefusedError:
        Q_EMIT finished(false, tr("%1 refuses the connection: nothing listens there.").arg(host));
        break;
    case QNetworkReply::OperationCanceledError:
    case QNetworkReply::TimeoutError:
        Q_EMIT finished(false, tr("%1 does not answer within 10 seconds.").arg(host));
        break;
    case QNetworkReply::SslHandshakeFailedError:
        Q_EMIT finished(false, tr("No secure connection to %1: %2").arg(host, reply.errorString()));
        break;
    default:
        Q_EMIT finished(false, reply.errorString());
        break;
    }
}

} // namespace Weave
