#pragma once

#include <QString>

namespace Weave {

// A private CA and a server certificate that it signed, made by the openssl command. ca.pem,
// server.pem and server.key then lie in the folder. With 0 days the server's certificate expires in
// the second in which it is made.
[[nodiscard]] bool makeCertificates(const QString &folder, const QString &subjectAltName,
                                    int days = 2);

} // namespace Weave
