#pragma once

#include <QList>
#include <QSslCertificate>
#include <QSslConfiguration>

namespace Weave {

// How every TLS connection to the backend is made: TLS 1.2 or newer, always verified, with the
// system's certificates and these.
[[nodiscard]] QSslConfiguration tlsSettings(const QList<QSslCertificate> &extraCaCertificates);

} // namespace Weave
