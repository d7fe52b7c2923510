#include "app/doctor/tlscheck.h"

#include <algorithm>

namespace Weave {

namespace {

constexpr const char *Check = "tls";
// Somebody has to get a new one, and install it.
constexpr qint64 SoonDays = 14;

std::string day(const QDateTime &time)
{
    return time.toUTC().date().toString(Qt::ISODate).toStdString();
}

bool hasError(const BackendReport &report, std::initializer_list<QSslError::SslError> kinds)
{
    return std::any_of(
        report.tlsErrors.begin(), report.tlsErrors.end(), [kinds](const QSslError &error) {
            return std::find(kinds.begin(), kinds.end(), error.error()) != kinds.end();
        });
}

Finding judgeFailure(const BackendReport &report, const QUrl &backend)
{
    const std::string host = backend.host().toStdString();
    const QSslCertificate certificate = report.chain.value(0);
    if (hasError(report, {QSslError::CertificateExpired}))
        return problem(
            Check,
            "the certificate of " + host + " has expired on " + day(certificate.expiryDate()),
            "renew it on the server; if that day has not come, set this machine's clock");
    if (hasError(report, {QSslError::CertificateNotYetValid}))
        return problem(Check,
                       "the certificate of " + host + " is valid from "
                           + day(certificate.effectiveDate()) + " only",
                       "set this machine's clock (timedatectl)");
    if (hasError(report, {QSslError::HostNameMismatch})) {
        QStringList names = certificate.subjectAlternativeNames().values();
        names.removeDuplicates();
        return problem(
            Check,
            "the certificate is not for " + host + " but for "
                + names.join(QLatin1String(", ")).toStdString(),
            "use one of these names in --backend, or get the server another certificate");
    }
    if (!report.tlsErrors.isEmpty())
        return problem(Check,
                       "the certificate of " + host + " is not trusted: "
                           + report.tlsErrors.first().errorString().toStdString(),
                       "a private CA, or a proxy that reads along: give its certificate by "
                       "--ca-file");
    const std::string error = report.error.toStdString();
    // What OpenSSL says when something else than TLS comes.
    if (error.find("wrong version number") != std::string::npos
        || error.find("packet length too long") != std::string::npos)
        return problem(Check, host + " does not speak TLS on this port",
                       "check the port of --backend; is it an http:// address?");
    if (report.isTimeout)
        return problem(Check, host + " takes the connection and does not answer the TLS handshake",
                       "check the port of --backend, and firewalls and proxies on the way");
    return problem(Check, "no secure connection to " + host + ": " + error,
                   "TLS 1.2 or newer is needed; check the server and proxies on the way");
}

// Nothing when all is well for long.
std::optional<Finding> judgeExpiry(const QSslCertificate &certificate, const std::string &whose,
                                   const QDateTime &now)
{
    const QDateTime end = certificate.expiryDate();
    if (certificate.isNull() || now.daysTo(end) > SoonDays)
        return std::nullopt;
    if (end <= now)
        return problem(Check, whose + " has expired on " + day(end), "renew it");
    return warning(Check, whose + " expires on " + day(end), "renew it before that day");
}

} // namespace

Findings judgeTls(const BackendReport &report, const QUrl &backend, const QDateTime &now)
{
    using Stage = BackendReport::Stage;
    if (backend.scheme() != QLatin1String("https") || report.failedAt == Stage::Lookup
        || report.failedAt == Stage::Connect)
        return {};
    if (report.failedAt == Stage::Tls)
        return {judgeFailure(report, backend)};
    const QSslCertificate certificate = report.chain.value(0);
    const std::string whose = "the certificate of " + backend.host().toStdString();
    if (auto soon = judgeExpiry(certificate, whose, now))
        return {std::move(*soon)};
    return {ok(Check,
               report.tlsProtocol.toStdString() + ", " + whose + " is trusted and valid until "
                   + day(certificate.expiryDate()))};
}

Findings judgeCaFile(const std::string &path, const QList<QSslCertificate> &certificates,
                     const QDateTime &now)
{
    Findings findings;
    for (const QSslCertificate &certificate : certificates) {
        const QString name =
            certificate.subjectInfo(QSslCertificate::CommonName).join(QLatin1Char(' '));
        if (auto soon = judgeExpiry(certificate, "\"" + name.toStdString() + "\" in " + path, now))
            findings.push_back(std::move(*soon));
    }
    if (findings.empty() && !certificates.isEmpty())
        findings.push_back(ok(Check,
                              path + " adds " + std::to_string(certificates.size())
                                  + (certificates.size() == 1 ? " certificate" : " certificates")));
    return findings;
}

} // namespace Weave
