#include "config/tlssettings.h"

namespace Weave {

QSslConfiguration tlsSettings(const QList<QSslCertificate> &extraCaCertificates)
{
    QSslConfiguration tls = QSslConfiguration::defaultConfiguration();
    tls.setProtocol(QSsl::TlsV1_2OrLater);
    // A list of our own ends Qt's loading of the system's certificates on demand.
    if (!extraCaCertificates.isEmpty())
        tls.setCaCertificates(QSslConfiguration::systemCaCertificates() + extraCaCertificates);
    return tls;
}

} // namespace Weave
