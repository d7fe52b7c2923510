#include "config/tlssettings.h"

#include "common/bytesize.h"
#include "config/smallfile.h"

namespace Weave {

namespace {

// All authorities of a system are half a MiB; more is a mistake such as /dev/zero.
constexpr std::size_t MaxFileBytes = 16 * MiB;

} // namespace

QSslConfiguration tlsSettings(const QList<QSslCertificate> &extraCaCertificates)
{
    QSslConfiguration tls = QSslConfiguration::defaultConfiguration();
    tls.setProtocol(QSsl::TlsV1_2OrLater);
    // A list of our own ends Qt's loading of the system's certificates on demand.
    if (!extraCaCertificates.isEmpty())
        tls.setCaCertificates(QSslConfiguration::systemCaCertificates() + extraCaCertificates);
    return tls;
}

Result<QList<QSslCertificate>> readCertificates(const std::string &path, PipeWait wait)
{
    const auto text = readSmallFile(path, MaxFileBytes, wait);
    if (!text && text.error().code == ErrorCode::TooLarge)
        return Error{ErrorCode::TooLarge, "is larger than 16 MiB; no file of certificates is"};
    if (!text)
        return text.error().withPrefix("cannot be read: ");
    QList<QSslCertificate> found =
        QSslCertificate::fromData(QByteArray::fromStdString(*text), QSsl::Pem);
    if (found.isEmpty())
        return Error{ErrorCode::InvalidArgument, "has no certificate in PEM form in it"};
    return found;
}

} // namespace Weave
