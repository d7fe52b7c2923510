#pragma once

#include "common/result.h"
#include "config/smallfile.h"

#include <QList>
#include <QSslCertificate>
#include <QSslConfiguration>

#include <string>

namespace Weave {

// How every TLS connection to the backend is made: TLS 1.2 or newer, always verified, with the
// system's certificates and these.
[[nodiscard]] QSslConfiguration tlsSettings(const QList<QSslCertificate> &extraCaCertificates);

// The certificates of a PEM file; an error, without the path, when there are none.
[[nodiscard]] Result<QList<QSslCertificate>> readCertificates(const std::string &path,
                                                              PipeWait wait = PipeWait::Short);

} // namespace Weave
