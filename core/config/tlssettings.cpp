#include "config/tlssettings.h"

#include "common/logging.h"

#include <QFile>

namespace Weave {

namespace {

// All authorities of a system are half a MiB; more is a mistake such as /dev/zero.
constexpr qint64 MaxFileBytes = qint64{16} * 1024 * 1024;

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

Result<QList<QSslCertificate>> readCertificates(const std::string &path)
{
    QFile file(toQString(path));
    if (!file.open(QIODevice::ReadOnly))
        return Error{ErrorCode::Io, "cannot be opened: " + file.errorString().toStdString()};
    const QByteArray text = file.read(MaxFileBytes + 1);
    if (text.size() > MaxFileBytes)
        return Error{ErrorCode::TooLarge, "is larger than 16 MiB; no file of certificates is"};
    QList<QSslCertificate> found = QSslCertificate::fromData(text, QSsl::Pem);
    if (found.isEmpty())
        return Error{ErrorCode::InvalidArgument, "has no certificate in PEM form in it"};
    return found;
}

} // namespace Weave
