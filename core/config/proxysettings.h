#pragma once

#include "common/result.h"
#include "config/environment.h"

#include <QNetworkProxy>
#include <QUrl>

#include <string_view>

namespace Weave {

// The proxy that the environment names for a backend: HTTPS_PROXY or HTTP_PROXY by its scheme, else
// ALL_PROXY, each also in small letters; http://[user:password@]host[:port] or socks5://. NO_PROXY
// and this machine go without. InvalidArgument names the variable when its value makes no sense.
[[nodiscard]] Result<QNetworkProxy> findProxy(const QUrl &backend, const Environment &environment);

// Whether a NO_PROXY value exempts the host: "*", or a list of names and addresses, a name standing
// for its subdomains too, with or without a dot in front, with or without a port.
[[nodiscard]] bool isExempt(std::string_view noProxy, const QUrl &backend);

} // namespace Weave
