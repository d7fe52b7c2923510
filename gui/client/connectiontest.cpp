#include "client/connectiontest.h"

#include "config/backendaddress.h"
#include "config/tlssettings.h"

#include <QFileInfo>
#include <QNetworkRequest>

#include <utility>

namespace Weave {

namespace {

using namespace std::chrono_literals;

constexpr Milliseconds UsualTimeout = 10s;
constexpr qint64 MaxBodyBytes = qint64{64} * 1024;

// A query of a project that nobody has: it needs the key, reads nothing and changes nothing.
constexpr char Question[] = R"({"project_id":"weave-sidecar/connection-test","limit":1})";

// Nobody else reads what goes to this machine itself or through TLS.
bool isPrivate(const Config &config)
{
    const bool isUsualAddress = parseBackend(config.backend.display(), false).ok();
    return isUsualAddress
        && (config.backend.url.scheme() == QLatin1String("https")
            || config.proxy.type() == QNetworkProxy::NoProxy);
}

} // namespace

ConnectionTest::ConnectionTest(QObject *parent)
    : QObject(parent)
{
    m_timer.setSingleShot(true);
    m_timer.setInterval(UsualTimeout);
    connect(&m_timer, &QTimer::timeout, this, [this] {
        m_answer.isLate = true;
        m_reply->abort(); // handleEnd() follows
    });
}

void ConnectionTest::start(const Config &config)
{
    stop();
    if (config.backend.kind == BackendAddress::Kind::File)
        testFile(config.backend.path);
    else
        ask(config);
}

void ConnectionTest::stop()
{
    m_timer.stop();
    if (!m_reply)
        return;
    m_reply->disconnect(this);
    m_reply->abort();
    m_reply->deleteLater();
    m_reply.clear();
}

void ConnectionTest::testFile(const std::string &path)
{
    const QFileInfo file(QString::fromStdString(path));
    const QFileInfo folder(file.absolutePath());
    const bool isGood =
        file.exists() ? file.isFile() && file.isWritable() : folder.isDir() && folder.isWritable();
    Q_EMIT finished(isGood,
                    isGood
                        ? tr("Calls can be written to that file.")
                        : tr("That file cannot be written to. Choose one in a folder of yours."));
}

void ConnectionTest::ask(const Config &config)
{
    QUrl url = config.backend.url;
    QString path = url.path();
    while (path.endsWith(u'/'))
        path.chop(1);
    url.setPath(path + QStringLiteral("/calls/query_stats"));

    m_answer = {};
    m_answer.url = url;
    if (config.proxy.type() != QNetworkProxy::NoProxy)
        m_answer.proxy = config.proxy.hostName() + u':' + QString::number(config.proxy.port());
    QNetworkRequest request(url);
    request.setHeader(QNetworkRequest::ContentTypeHeader, QStringLiteral("application/json"));
    request.setAttribute(QNetworkRequest::RedirectPolicyAttribute,
                         QNetworkRequest::ManualRedirectPolicy);
    request.setSslConfiguration(tlsSettings(config.caCertificates));
    if (const std::string &key = config.credentials.apiKey; !key.empty()) {
        m_answer.key = ConnectionAnswer::Key::Withheld;
        if (isPrivate(config)) {
            m_answer.key = ConnectionAnswer::Key::Sent;
            request.setRawHeader("Authorization",
                                 "Basic " + QByteArray::fromStdString("api:" + key).toBase64());
        }
    }
    m_network.setProxy(config.proxy);
    m_network
        .clearConnectionCache(); // a connection that was made with other settings proves nothing
    m_clock.start();
    m_timer.start();
    m_reply = m_network.post(request, QByteArray(Question));
    connect(m_reply, &QNetworkReply::sslErrors, this,
            [this](const QList<QSslError> &errors) { m_answer.tlsErrors = errors; });
    connect(m_reply, &QNetworkReply::finished, this, &ConnectionTest::handleEnd);
}

void ConnectionTest::handleEnd()
{
    m_timer.stop();
    m_answer.milliseconds = m_clock.elapsed();
    QNetworkReply &reply = *std::exchange(m_reply, nullptr);
    reply.deleteLater();
    m_answer.status = reply.attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
    m_answer.isJson = reply.header(QNetworkRequest::ContentTypeHeader)
                          .toString()
                          .contains(QLatin1String("json"), Qt::CaseInsensitive);
    if (reply.isOpen())
        m_answer.body = reply.read(MaxBodyBytes);
    m_answer.redirect = reply.attribute(QNetworkRequest::RedirectionTargetAttribute).toUrl();
    if (!m_answer.redirect.isEmpty())
        m_answer.redirect = reply.url().resolved(m_answer.redirect);
    m_answer.error = reply.error();
    m_answer.errorText = reply.errorString();
    const ConnectionVerdict verdict = ConnectionVerdict::of(m_answer);
    Q_EMIT finished(verdict.isGood, verdict.text);
}

} // namespace Weave
