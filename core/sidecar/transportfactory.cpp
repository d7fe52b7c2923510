#include "sidecar/transportfactory.h"

#include "common/version.h"
#include "forwarding/filetransport.h"
#include "forwarding/httptransport.h"

namespace Weave {

std::unique_ptr<Transport> makeTransport(const Config &config)
{
    if (config.backend.kind == BackendAddress::Kind::File)
        return std::make_unique<FileTransport>(config.backend.path);
    HttpTransportOptions options;
    options.backend = config.backend.url;
    options.apiKey = QByteArray::fromStdString(config.credentials.apiKey);
    options.proxy = config.proxy;
    options.extraCaCertificates = config.caCertificates;
    options.requestTimeout = config.requestTimeout;
    options.userAgent = "weave-sidecar/" + QByteArray(version().data(), version().size());
    return std::make_unique<HttpTransport>(std::move(options));
}

} // namespace Weave
