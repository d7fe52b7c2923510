#include "sidecar/doorfactory.h"

#include "common/bytesize.h"
#include "config/tlssettings.h"
#include "http/doorrouter.h"
#include "http/healthrouter.h"

namespace Weave {

std::unique_ptr<HttpRouter> makeDoorRouter(const Config &config, RequestHandler &handler)
{
    return std::make_unique<DoorRouter>(handler,
                                        DoorOptions{config.credentials.apiKey, config.instance,
                                                    32 * MiB, config.metricsAllowRemote});
}

std::unique_ptr<HttpServer> makeHttpDoor(const Config &config, std::uint64_t maxConnections,
                                         RequestHandler &handler, Stats &stats)
{
    if (!config.http)
        return nullptr;
    return std::make_unique<HttpServer>(makeDoorRouter(config, handler), handler, stats.http,
                                        httpDoorOptions(config, maxConnections));
}

HttpServerOptions httpDoorOptions(const Config &config, std::uint64_t maxConnections)
{
    HttpServerOptions options;
    options.name = config.httpName;
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

std::unique_ptr<HttpServer> makeMetricsServer(const Config &config, RequestHandler &handler,
                                              Stats &stats)
{
    using namespace std::chrono_literals;
    if (!config.metrics)
        return nullptr;
    HttpServerOptions options;
    options.name = config.metricsName;
    options.connectionsFlag = std::to_string(MaxMetricsConnections) + " at --metrics";
    options.maxConnections = MaxMetricsConnections;
    options.limits = {16 * KiB, 4 * KiB}; // who reads a page has no more to say
    options.bodyBudget = MaxMetricsConnections * 4 * KiB;
    options.times.request = 10s;
    options.times.write = 10s;
    return std::make_unique<HttpServer>(std::make_unique<HealthRouter>(handler), handler,
                                        stats.metrics, std::move(options));
}

Result<void> listen(HttpServer &server, const MetricsAddress &address)
{
    if (address.tcp)
        return server.listen(address.tcp->address, address.tcp->port);
    return server.listen(SocketOptions{address.unixPath, 0600, std::nullopt, "--metrics"});
}

} // namespace Weave
