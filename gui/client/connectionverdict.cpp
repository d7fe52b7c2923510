#include "client/connectionverdict.h"

#include <QDateTime>
#include <QLocale>
#include <QSslCertificate>

#include <algorithm>

namespace Weave {

namespace {

constexpr int Ok = 200;
constexpr int FirstRedirect = 300;
constexpr int FirstRefusal = 400;
constexpr int Unauthorized = 401;
constexpr int Forbidden = 403;
constexpr int NotFound = 404;
constexpr int ProxyWantsLogin = 407;
constexpr int TooMany = 429;
constexpr int ServerError = 500;

constexpr int HttpsPort = 443;
constexpr int HttpPort = 80;

int portOf(const QUrl &url)
{
    return url.port(url.scheme() == QLatin1String("https") ? HttpsPort : HttpPort);
}

// What a trace server says of a path that it does not have; a project that it does not have is
// spoken of in other words.
bool isMissingRoute(const ConnectionAnswer &answer)
{
    return answer.status == NotFound
        && (!answer.isJson || answer.body.simplified().contains("\"Not Found\""));
}

// Without what may be secret in it, and without the path that the question has added.
QString shownAddress(const QUrl &url)
{
    QUrl shown = url.adjusted(QUrl::RemoveUserInfo | QUrl::RemoveQuery | QUrl::RemoveFragment);
    const QString question = QStringLiteral("/calls/query_stats");
    if (shown.path().endsWith(question))
        shown.setPath(shown.path().chopped(question.size()));
    return shown.toString();
}

} // namespace

ConnectionVerdict ConnectionVerdict::of(const ConnectionAnswer &answer)
{
    return answer.status > 0 ? ofStatus(answer) : ConnectionVerdict{false, ofFailure(answer)};
}

ConnectionVerdict ConnectionVerdict::ofStatus(const ConnectionAnswer &answer)
{
    using Key = ConnectionAnswer::Key;
    const QString host = answer.url.host();
    const int status = answer.status;
    if (status == Unauthorized)
        return {answer.key == Key::Withheld, ofRefusedKey(answer)};
    if (status == ProxyWantsLogin)
        return {false, ofProxy(answer)};
    if (status == TooMany)
        return {false,
                tr("%1 asks for fewer requests (429). Test again in a few minutes.").arg(host)};
    if (status >= ServerError)
        return {false,
                tr("%1 has trouble of its own (%2). Test again later; calls are kept meanwhile.")
                    .arg(host)
                    .arg(status)};
    if (status >= FirstRedirect && status < FirstRefusal)
        return {false,
                answer.redirect.isEmpty()
                    ? tr("%1 redirects to another address (%2). Ask its owner for the right one.")
                          .arg(host)
                          .arg(status)
                    : tr("%1 redirects to %2. Use that address instead.")
                          .arg(host, shownAddress(answer.redirect))};
    if (!answer.isJson || isMissingRoute(answer))
        return {false,
                tr("%1 answers (%2), but not as a Weave trace server does. Check the address and "
                   "the path in it; the login page of a network answers like this, too.")
                    .arg(host)
                    .arg(status)};
    const QString time = QLocale().toString(answer.milliseconds);
    if (answer.key == Key::Withheld)
        return {true,
                tr("%1 answers in %2 ms. The API key was not tested: without https others could "
                   "read it.")
                    .arg(host, time)};
    if (answer.key == Key::None)
        return status == Forbidden
            ? ConnectionVerdict{false, ofRefusedKey(answer)}
            : ConnectionVerdict{true, tr("%1 answers in %2 ms and needs no key.").arg(host, time)};
    // The question is about a project that is nobody's, so to be refused it is no wonder.
    return {true,
            status == Ok
                ? tr("%1 answers in %2 ms and takes the key.").arg(host, time)
                : tr("%1 answers in %2 ms and knows the key. Whether it may write to your project "
                     "shows with the first calls.")
                      .arg(host, time)};
}

QString ConnectionVerdict::ofRefusedKey(const ConnectionAnswer &answer)
{
    const QString host = answer.url.host();
    switch (answer.key) {
    case ConnectionAnswer::Key::None:
        return tr("%1 needs an API key. Type it above.").arg(host);
    case ConnectionAnswer::Key::Withheld:
        return tr("%1 answers in %2 ms. The API key was not tested: without https others could "
                  "read it.")
            .arg(host, QLocale().toString(answer.milliseconds));
    case ConnectionAnswer::Key::Sent:
        break;
    }
    return tr("%1 refuses the API key. Copy it once more from your account's page, or make a new "
              "one there.")
        .arg(host);
}

QString ConnectionVerdict::ofFailure(const ConnectionAnswer &answer)
{
    const QString host = answer.url.host();
    if (answer.isLate)
        return answer.proxy.isEmpty()
            ? tr("%1 does not answer in time. Check the network and the address; some networks "
                 "need a proxy (HTTPS_PROXY).")
                  .arg(host)
            : tr("%1 does not answer in time through the proxy %2. Check both addresses.")
                  .arg(host, answer.proxy);
    if (!answer.tlsErrors.isEmpty() || answer.error == QNetworkReply::SslHandshakeFailedError)
        return ofTls(answer);
    if (!answer.proxy.isEmpty())
        return ofProxy(answer);
    switch (answer.error) {
    case QNetworkReply::HostNotFoundError:
        return tr("There is no host named %1. Check the spelling and the network.").arg(host);
    case QNetworkReply::ConnectionRefusedError:
        return tr("%1 refuses the connection: nothing listens at port %2. Check the port in the "
                  "address, and whether the server runs.")
            .arg(host)
            .arg(portOf(answer.url));
    case QNetworkReply::RemoteHostClosedError:
        return tr("%1 closes the connection without an answer. Check the address and its port %2.")
            .arg(host)
            .arg(portOf(answer.url));
    default:
        return tr("%1 cannot be reached: %2. Check the network and the address.")
            .arg(host, answer.errorText);
    }
}

QString ConnectionVerdict::ofProxy(const ConnectionAnswer &answer)
{
    if (answer.status == ProxyWantsLogin
        || answer.error == QNetworkReply::ProxyAuthenticationRequiredError)
        return tr("The proxy %1 wants a user name and a password. Give them in HTTPS_PROXY or "
                  "HTTP_PROXY, as in http://user:password@proxy.example:3128.")
            .arg(answer.proxy);
    // Qt has no error of its own for a proxy that is away, only words for it.
    return tr("No way to %2 through the proxy %1: %3. Check HTTPS_PROXY and HTTP_PROXY, ask who "
              "runs the proxy, or name %2 in NO_PROXY.")
        .arg(answer.proxy, answer.url.host(), answer.errorText);
}

QString ConnectionVerdict::ofTls(const ConnectionAnswer &answer)
{
    if (!answer.tlsErrors.isEmpty()) {
        // A certificate that is wrong in several ways is, of all things, the wrong one.
        const auto named = std::find_if(
            answer.tlsErrors.begin(), answer.tlsErrors.end(),
            [](const QSslError &error) { return error.error() == QSslError::HostNameMismatch; });
        return ofCertificate(
            answer, named != answer.tlsErrors.end() ? *named : answer.tlsErrors.constFirst());
    }
    // OpenSSL's words for bytes that are no TLS at all.
    const bool isPlain = answer.errorText.contains(QLatin1String("wrong version number"))
        || answer.errorText.contains(QLatin1String("packet length too long"));
    if (isPlain)
        return tr("%1 does not speak TLS at port %2. Check the port; an address that begins with "
                  "http:// is for servers without TLS.")
            .arg(answer.url.host())
            .arg(portOf(answer.url));
    return tr("No secure connection to %1: %2. The server must speak TLS 1.2 or newer.")
        .arg(answer.url.host(), answer.errorText);
}

QString ConnectionVerdict::ofCertificate(const ConnectionAnswer &answer, const QSslError &error)
{
    const QString host = answer.url.host();
    const QSslCertificate certificate = error.certificate();
    const auto day = [](const QDateTime &time) {
        return QLocale().toString(time.toLocalTime().date(), QLocale::LongFormat);
    };
    switch (error.error()) {
    case QSslError::HostNameMismatch: {
        QStringList names = certificate.subjectAlternativeNames().values();
        if (names.isEmpty())
            names = certificate.subjectInfo(QSslCertificate::CommonName);
        std::sort(names.begin(), names.end());
        return tr("The certificate of %1 is for %2. Give the address that the certificate names.")
            .arg(host, names.join(QStringLiteral(", ")));
    }
    case QSslError::CertificateExpired:
        return tr("The certificate of %1 expired on %2. Check this computer's clock; if it is "
                  "right, "
                  "the server needs a new certificate.")
            .arg(host, day(certificate.expiryDate()));
    case QSslError::CertificateNotYetValid:
        return tr("The certificate of %1 is not valid before %2. Check this computer's clock.")
            .arg(host, day(certificate.effectiveDate()));
    case QSslError::SelfSignedCertificate:
    case QSslError::SelfSignedCertificateInChain:
    case QSslError::UnableToGetIssuerCertificate:
    case QSslError::UnableToGetLocalIssuerCertificate:
    case QSslError::UnableToVerifyFirstCertificate:
    case QSslError::CertificateUntrusted:
        return tr("The certificate of %1 comes from an authority that this computer does not "
                  "trust. If the server is your own, name its certificates under \"CA file\".")
            .arg(host);
    default:
        return tr("The certificate of %1 cannot be trusted: %2.").arg(host, error.errorString());
    }
}

} // namespace Weave
