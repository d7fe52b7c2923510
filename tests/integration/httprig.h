#pragma once

#include "fakes/fakerequesthandler.h"
#include "fakes/headerlines.h"
#include "fakes/httpclient.h"
#include "fakes/httpsink.h"
#include "http/doorrouter.h"
#include "http/httpserver.h"

#include <QUrl>

#include <memory>

namespace Weave {

inline const QByteArray DoorKey = "0123456789abcdef0123456789abcdef01234567";

inline QByteArray authorization(const QByteArray &key = DoorKey)
{
    return "Authorization: Basic " + ("api:" + key).toBase64() + "\r\n";
}

// A request with a body and these further headers, each with its line end.
inline QByteArray httpPost(const QByteArray &path, const QByteArray &body,
                           const QByteArray &headers = authorization())
{
    return "POST " + path + " HTTP/1.1\r\nHost: door\r\nContent-Length: "
        + QByteArray::number(body.size()) + "\r\n" + headers + "\r\n" + body;
}

inline QByteArray httpGet(const QByteArray &path, const QByteArray &headers = authorization())
{
    return "GET " + path + " HTTP/1.1\r\nHost: door\r\n" + headers + "\r\n";
}

// The body of /call/start.
inline QByteArray startBody(const QByteArray &id)
{
    return "{\"start\":{\"project_id\":\"a/b\",\"id\":\"" + id + "\",\"trace_id\":\"t\"}}";
}

inline QByteArray startRequest(const QByteArray &id)
{
    return httpPost("/call/start", startBody(id));
}

// The door in this process. Times are short, but for those that a test is not about.
class HttpRig final
{
public:
    explicit HttpRig(const HttpServerOptions &wanted = {}, const QUrl &backend = {})
        : server(std::make_unique<HttpServer>(doorRouter(), handler, handler.stats.http,
                                              complete(wanted, backend)))
    {
        if (server->listen(QHostAddress::LocalHost, 0))
            port = static_cast<quint16>(QUrl(QString::fromStdString(server->url())).port());
    }

    [[nodiscard]] HttpClient client() const { return HttpClient(port); }

    FakeRequestHandler handler;
    std::unique_ptr<HttpServer> server;
    quint16 port = 0;

private:
    std::unique_ptr<HttpRouter> doorRouter()
    {
        return std::make_unique<DoorRouter>(
            handler, DoorOptions{DoorKey.toStdString(), "weave-sidecar-test", 32 * 1024 * 1024});
    }
    static HttpServerOptions complete(HttpServerOptions options, const QUrl &backend)
    {
        options.passthrough.backend = backend;
        options.passthrough.instance = "weave-sidecar-test";
        if (options.passthrough.timeout.count() == 0)
            options.passthrough.timeout = std::chrono::seconds(30);
        return options;
    }
};

// 0 for an answer that has not come whole.
inline int statusOf(const std::optional<HttpAnswer> &answer)
{
    return answer && answer->isComplete ? answer->status : 0;
}

// A door, the trace server behind it, and a client.
struct PassingRig
{
    explicit PassingRig(const HttpServerOptions &options = {})
    {
        sink.listen();
        rig = std::make_unique<HttpRig>(options, QUrl(sink.url()));
        client.connectTo(rig->port);
    }
    [[nodiscard]] const SinkRequest &last() const { return sink.requests().back(); }

    HttpSink sink;
    std::unique_ptr<HttpRig> rig;
    HttpClient client;
};

} // namespace Weave
