#include "sidecar/transportfactory.h"

#include "common/version.h"
#include "config/tlssettings.h"
#include "forwarding/filetransport.h"
#include "forwarding/httptransport.h"
#include "forwarding/threadedtransport.h"

namespace Weave {

std::unique_ptr<Transport> makeTransport(const Config &config)
{
    if (config.backend.kind == BackendAddress::Kind::File)
        return std::make_unique<FileTransport>(config.backend.path);
    HttpTransportOptions options;
    options.backend = config.backend.url;
    options.apiKey = QByteArray::fromStdString(config.credentials.apiKey);
    options.proxy = config.proxy;
    if (config.backend.url.scheme() == QLatin1String("https"))
        options.tls = tlsSettings(config.caCertificates);
    options.instance = QByteArray::fromStdString(config.instance);
    options.requestTimeout = config.requestTimeout;
    options.userAgent = "weave-sidecar/" + QByteArray(version().data(), version().size());
    const auto make = [&options] { return std::make_unique<HttpTransport>(std::move(options)); };
    if (ThreadedTransport::isWorthwhile())
        return std::make_unique<ThreadedTransport>(make);
    return make();
}

bool needsOtherTransport(const Config &before, const Config &after)
{
    return before.backend.display() != after.backend.display()
        || before.credentials.apiKey != after.credentials.apiKey
        || before.caCertificates != after.caCertificates || before.proxy != after.proxy
        || before.requestTimeout != after.requestTimeout;
}

} // namespace Weave
