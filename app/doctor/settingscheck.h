#pragma once

#include "app/doctor/finding.h"
#include "app/doctor/identity.h"
#include "config/backendaddress.h"
#include "config/credentials.h"
#include "config/environment.h"
#include "config/options.h"

#include <QList>
#include <QNetworkProxy>
#include <QSslCertificate>

#include <cstdint>
#include <optional>
#include <string>

namespace Weave {

// What the daemon would be told, as far as it makes sense: one setting that is wrong keeps nobody
// from looking at the others.
struct Settings
{
    Findings findings; // about the settings, the key's place, the proxy, and the CA file
    std::optional<BackendAddress> backend;
    Credentials credentials;
    QNetworkProxy proxy{QNetworkProxy::NoProxy};
    QList<QSslCertificate> caCertificates;
    std::string spoolFolder; // empty: in memory, or there is no place for one
    bool isSpoolInMemory = false;
    std::uint64_t spoolMaxBytes = 0;
    std::uint64_t maxConnections = 0;
};

[[nodiscard]] Settings readSettings(const Options &options, const Environment &environment,
                                    const Identity &me);

} // namespace Weave
