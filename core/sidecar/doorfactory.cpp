#include "sidecar/doorfactory.h"

#include "common/bytesize.h"
#include "config/tlssettings.h"

namespace Weave {

std::unique_ptr<HttpServer> makeHttpDoor(const Config &config, std::uint64_t maxConnections,
                                         RequestHandler &handler, Stats &stats)
{
    return config.http
        ? std::make_unique<HttpServer>(handler, stats, httpDoorOptions(config, maxConnections))
        : nullptr;
}

HttpServerOptions httpDoorOptions(const Config &config, std::uint64_t maxConnections)
{
    HttpServerOptions options;
    options.router = {config.credentials.apiKey, config.instance, 32 * MiB};
    options.maxConnections = maxConnections;
    options.answersAfterSync = config.spoolSync == SpoolSync::Always;
    options.passthrough.instance = QByteArray::fromStdString(config.instance);
    options.passthrough.proxy = config.proxy;
    options.passthrough.timeout = config.requestTimeout;
    if (config.backend.kind == BackendAddress::Kind::Http)
        options.passthrough.backend = config.backend.url;
    if (config.backend.url.scheme() == QLatin1String("https"))
        options.passthrough.tls = tlsSettings(config.caCertificates);
    return options;
}

} // namespace Weave
