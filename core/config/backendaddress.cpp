#include "config/backendaddress.h"

#include "common/logging.h"

#include <QHostAddress>

namespace Weave {

namespace {

Error refuse(std::string reason)
{
    return {ErrorCode::InvalidArgument, std::move(reason)};
}

} // namespace

bool isLocalName(const QString &host)
{
    return host == QLatin1String("localhost") || host.endsWith(QLatin1String(".localhost"));
}

bool isThisMachine(const QString &host)
{
    QHostAddress address;
    return isLocalName(host) || (address.setAddress(host) && address.isLoopback());
}

std::string BackendAddress::display() const
{
    return kind == Kind::File ? "file:" + path : url.toString().toStdString();
}

Result<BackendAddress> parseBackend(std::string_view text, bool allowHttp)
{
    BackendAddress address;
    if (text.starts_with("file:")) {
        address.kind = BackendAddress::Kind::File;
        std::string_view path = text.substr(5);
        if (path.starts_with("///"))
            path.remove_prefix(2);
        if (path.empty() || path.ends_with('/'))
            return refuse("file: needs the path of a file, as in file:weave-calls.ndjson");
        address.path = path;
        return address;
    }
    address.url = QUrl(toQString(text), QUrl::StrictMode);
    const QUrl &url = address.url;
    const bool isHttp = url.scheme() == QLatin1String("http");
    if (!url.isValid() || url.host().isEmpty()
        || !(isHttp || url.scheme() == QLatin1String("https")))
        return refuse("not a URL such as https://trace.wandb.ai, and not file:PATH");
    if (!url.userInfo().isEmpty())
        return refuse("has a user name or password in it; give the key by --api-key-file");
    if (url.hasQuery() || url.hasFragment())
        return refuse("has a query or fragment in it; only a path may follow the host");
    if (isHttp && !allowHttp && !isThisMachine(url.host()))
        return refuse("is plain http and not on this machine: the API key would travel in the "
                      "clear. Use https, or say --allow-http");
    return address;
}

std::vector<std::string> netrcMachines(const QUrl &backend)
{
    if (backend.host() == QLatin1String("trace.wandb.ai"))
        return {"api.wandb.ai"};
    std::string host = backend.host().toStdString();
    if (host.find(':') != std::string::npos)
        host = "[" + host + "]"; // as a netloc has it
    if (backend.port() < 0)
        return {host};
    return {host + ":" + std::to_string(backend.port()), host};
}

} // namespace Weave
