#include "app/doctor/backendprobe.h"

#include <QElapsedTimer>
#include <QEventLoop>
#include <QHostInfo>
#include <QNetworkAccessManager>
#include <QNetworkReply>
#include <QNetworkRequest>
#include <QSslSocket>
#include <QTimer>

namespace Weave {

namespace {

using Stage = BackendReport::Stage;

bool isHttps(const QUrl &url)
{
    return url.scheme() == QLatin1String("https");
}

quint16 portOf(const QUrl &url)
{
    return static_cast<quint16>(url.port(isHttps(url) ? 443 : 80));
}

// Runs the event loop until quit() or until the time is over; says whether it was quit.
bool waitIn(QEventLoop &loop, std::chrono::milliseconds timeout)
{
    bool isInTime = true;
    QTimer timer;
    timer.setSingleShot(true);
    QObject::connect(&timer, &QTimer::timeout, &loop, [&] {
        isInTime = false;
        loop.quit();
    });
    timer.start(timeout);
    loop.exec();
    return isInTime;
}

BackendReport &fail(BackendReport &report, Stage stage, const QString &error)
{
    report.failedAt = stage;
    report.error = error;
    return report;
}

// False when there is none.
bool lookUp(const BackendProbeOptions &options, BackendReport &report)
{
    const QString host = options.backend.host();
    const QHostAddress literal(host);
    if (!literal.isNull()) {
        report.addresses << literal;
        return true;
    }
    if (options.proxy.type() != QNetworkProxy::NoProxy)
        return true; // the proxy looks it up
    QEventLoop loop;
    QHostInfo found;
    const int lookup = QHostInfo::lookupHost(host, &loop, [&](const QHostInfo &info) {
        found = info;
        loop.quit();
    });
    if (!waitIn(loop, options.timeout)) {
        QHostInfo::abortHostLookup(lookup);
        report.isTimeout = true;
        fail(report, Stage::Lookup, QStringLiteral("the name server does not answer"));
        return false;
    }
    report.addresses = found.addresses();
    if (report.addresses.isEmpty())
        fail(report, Stage::Lookup, found.errorString());
    return !report.addresses.isEmpty();
}

struct Attempt
{
    bool isConnected = false;
    bool isDone = false; // encrypted, where it has to be
    bool isRefused = false;
    bool isTimeout = false;
    QString error;
};

Attempt connectTo(const QString &address, const BackendProbeOptions &options, BackendReport &report)
{
    Attempt attempt;
    QSslSocket socket;
    QEventLoop loop;
    socket.setProxy(options.proxy);
    socket.setSslConfiguration(options.tls);
    QObject::connect(&socket, &QAbstractSocket::connected, &loop, [&] {
        attempt.isConnected = true;
        loop.quit();
    });
    QObject::connect(&socket, &QSslSocket::encrypted, &loop, [&] {
        attempt.isDone = true;
        loop.quit();
    });
    QObject::connect(&socket, &QSslSocket::sslErrors, &loop, [&](const QList<QSslError> &errors) {
        report.tlsErrors = errors;
        report.chain = socket.peerCertificateChain();
    });
    QObject::connect(&socket, &QAbstractSocket::errorOccurred, &loop,
                     [&](QAbstractSocket::SocketError error) {
                         attempt.error = socket.errorString();
                         attempt.isRefused = error == QAbstractSocket::ConnectionRefusedError;
                         loop.quit();
                     });
    const QUrl &url = options.backend;
    if (isHttps(url))
        socket.connectToHostEncrypted(address, portOf(url), url.host());
    else
        socket.connectToHost(address, portOf(url));
    if (attempt.error.isEmpty())
        attempt.isTimeout = !waitIn(loop, options.connectTimeout);
    if (attempt.isConnected && isHttps(url) && !attempt.isDone && attempt.error.isEmpty())
        attempt.isTimeout = !waitIn(loop, options.timeout);
    attempt.isDone = attempt.isDone || (attempt.isConnected && !isHttps(url));
    if (attempt.isTimeout)
        attempt.error = QStringLiteral("no answer");
    if (attempt.isDone)
        report.chain = socket.peerCertificateChain();
    if (attempt.isDone && isHttps(url))
        report.tlsProtocol = socket.sessionProtocol() == QSsl::TlsV1_3 ? QStringLiteral("TLS 1.3")
                                                                       : QStringLiteral("TLS 1.2");
    socket.disconnect();
    socket.abort();
    return attempt;
}

// False when there is no connection that can be trusted.
bool connectToAny(const BackendProbeOptions &options, BackendReport &report)
{
    QStringList hosts;
    for (const QHostAddress &address : report.addresses)
        hosts << address.toString();
    if (hosts.isEmpty())
        hosts << options.backend.host(); // by the proxy
    constexpr qsizetype MostTried = 4;
    for (const QString &host : hosts.mid(0, MostTried)) {
        const Attempt attempt = connectTo(host, options, report);
        if (attempt.isDone)
            return true;
        report.isRefused = attempt.isRefused;
        report.isTimeout = attempt.isTimeout;
        if (attempt.isConnected) {
            fail(report, Stage::Tls, attempt.error);
            return false; // as the daemon does: the host is there, and cannot be trusted
        }
        report.silent << host + QStringLiteral(": ") + attempt.error;
        fail(report, Stage::Connect, attempt.error);
    }
    return false;
}

void ask(const BackendProbeOptions &options, BackendReport &report)
{
    QString base = options.backend.toString();
    while (base.endsWith(QLatin1Char('/')))
        base.chop(1);
    // A query of a project that nobody has.
    QNetworkRequest request(QUrl(base + QLatin1String("/calls/query_stats")));
    request.setTransferTimeout(static_cast<int>(options.timeout.count()));
    request.setHeader(QNetworkRequest::ContentTypeHeader, QStringLiteral("application/json"));
    request.setHeader(QNetworkRequest::UserAgentHeader, QStringLiteral("weave-sidecar"));
    request.setAttribute(QNetworkRequest::RedirectPolicyAttribute,
                         QNetworkRequest::ManualRedirectPolicy);
    request.setAttribute(QNetworkRequest::Http2AllowedAttribute, false);
    request.setSslConfiguration(options.tls);
    if (!options.apiKey.isEmpty())
        request.setRawHeader("Authorization", "Basic " + ("api:" + options.apiKey).toBase64());
    QNetworkAccessManager network;
    network.setProxy(options.proxy);
    QElapsedTimer clock;
    clock.start();
    QNetworkReply *reply =
        network.post(request, R"({"project_id":"weave-sidecar/connection-test","limit":1})");
    QEventLoop loop;
    QObject::connect(reply, &QNetworkReply::finished, &loop, &QEventLoop::quit);
    report.isTimeout = !waitIn(loop, options.timeout + std::chrono::seconds(1))
        || reply->error() == QNetworkReply::OperationCanceledError;
    report.took = std::chrono::milliseconds(clock.elapsed());
    report.answeredAt = QDateTime::currentDateTimeUtc();
    report.status = reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
    report.isJson = reply->header(QNetworkRequest::ContentTypeHeader)
                        .toString()
                        .contains(QLatin1String("json"));
    report.location = QString::fromUtf8(reply->rawHeader("Location"));
    report.date = reply->rawHeader("Date");
    if (report.status == 0)
        fail(report, Stage::Answer,
             report.isTimeout ? QStringLiteral("no answer") : reply->errorString());
    reply->disconnect(&loop);
}

} // namespace

BackendReport probeBackend(const BackendProbeOptions &options)
{
    BackendReport report;
    if (!lookUp(options, report) || !connectToAny(options, report))
        return report;
    report.failedAt = Stage::Done;
    report.error.clear();
    report.isRefused = false;
    report.isTimeout = false;
    ask(options, report);
    return report;
}

} // namespace Weave
