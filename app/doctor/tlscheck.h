#pragma once

#include "app/doctor/backendprobe.h"
#include "app/doctor/finding.h"

namespace Weave {

// What is wrong with the connection's TLS, or how long it stays right. Nothing for plain http, and
// when there was no connection.
[[nodiscard]] Findings judgeTls(const BackendReport &report, const QUrl &backend,
                                const QDateTime &now);

// The certificates of --ca-file.
[[nodiscard]] Findings judgeCaFile(const std::string &path,
                                   const QList<QSslCertificate> &certificates,
                                   const QDateTime &now);

} // namespace Weave
