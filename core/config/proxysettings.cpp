#include "config/proxysettings.h"

#include "common/logging.h"
#include "config/backendaddress.h"

#include <algorithm>
#include <optional>
#include <string>

namespace Weave {

namespace {

struct Variable
{
    std::string name;
    std::string value;
};

std::string inSmallLetters(std::string text)
{
    std::transform(text.begin(), text.end(), text.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return text;
}

// Small letters win, as in curl.
std::optional<Variable> read(const Environment &environment, const std::string &name)
{
    for (const std::string &variant : {inSmallLetters(name), name}) {
        const auto value = environment(variant.c_str());
        if (value && !value->empty())
            return Variable{variant, *value};
    }
    return std::nullopt;
}

} // namespace

bool isExempt(std::string_view noProxy, const QUrl &backend)
{
    const std::string host = backend.host().toLower().toStdString();
    const int port = backend.port(backend.scheme() == QLatin1String("https") ? 443 : 80);
    while (!noProxy.empty()) {
        const std::size_t length = std::min(noProxy.find(','), noProxy.size());
        std::string entry = inSmallLetters(std::string(noProxy.substr(0, length)));
        noProxy.remove_prefix(std::min(length + 1, noProxy.size()));
        std::erase(entry, ' ');
        if (entry == "*")
            return true;
        const std::string portSuffix = ":" + std::to_string(port);
        if (entry.ends_with(portSuffix) && std::count(entry.begin(), entry.end(), ':') == 1)
            entry.resize(entry.size() - portSuffix.size());
        if (entry.starts_with('.'))
            entry.erase(0, 1);
        if (!entry.empty() && (host == entry || host.ends_with("." + entry)))
            return true;
    }
    return false;
}

Result<QNetworkProxy> findProxy(const QUrl &backend, const Environment &environment)
{
    const QNetworkProxy none(QNetworkProxy::NoProxy);
    const auto noProxy = read(environment, "NO_PROXY");
    if (isThisMachine(backend.host()) || (noProxy && isExempt(noProxy->value, backend)))
        return none;
    auto found = read(environment,
                      backend.scheme() == QLatin1String("https") ? "HTTPS_PROXY" : "HTTP_PROXY");
    if (!found)
        found = read(environment, "ALL_PROXY");
    if (!found)
        return none;

    const bool hasScheme = found->value.find("://") != std::string::npos;
    const QUrl url(toQString(hasScheme ? found->value : "http://" + found->value));
    const QString scheme = url.scheme();
    const bool isSocks = scheme == QLatin1String("socks5") || scheme == QLatin1String("socks5h");
    // The value may hold a password, so it is not repeated.
    if (!url.isValid() || url.host().isEmpty() || !(isSocks || scheme == QLatin1String("http")))
        return Error{ErrorCode::InvalidArgument,
                     found->name
                         + ": not a proxy such as http://proxy.example:3128 or "
                           "socks5://proxy.example:1080"};
    constexpr int HttpPort = 8080;
    constexpr int SocksPort = 1080;
    return QNetworkProxy(isSocks ? QNetworkProxy::Socks5Proxy : QNetworkProxy::HttpProxy,
                         url.host(), static_cast<quint16>(url.port(isSocks ? SocksPort : HttpPort)),
                         url.userName(), url.password());
}

} // namespace Weave
