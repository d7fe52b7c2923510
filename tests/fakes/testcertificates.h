#pragma once

#include <QString>

namespace Weave {

// A private CA and a server certificate that it signed, made by the openssl command. ca.pem,
// server.pem and server.key then lie in the folder.
[[nodiscard]] bool makeCertificates(const QString &folder, const QString &subjectAltName);

} // namespace Weave
