#include "config/httpaddress.h"

#include "common/logging.h"
#include "common/textnumber.h"

#include <QNetworkInterface>

#include <algorithm>
#include <array>

namespace Weave {

namespace {

Error refuse(std::string reason)
{
    return {ErrorCode::InvalidArgument, std::move(reason)};
}

} // namespace

Result<HttpAddress> parseHostAndPort(std::string_view text)
{
    const std::size_t colon = text.rfind(':');
    if (colon == std::string_view::npos)
        return refuse("not HOST:PORT such as 127.0.0.1:8319");
    const auto port = parseUnsigned(text.substr(colon + 1));
    if (!port || *port > UINT16_MAX)
        return refuse("the port is not a number from 0 to 65535");
    std::string_view host = text.substr(0, colon);
    if (host.starts_with('[') && host.ends_with(']'))
        host = host.substr(1, host.size() - 2);
    else if (host.find(':') != std::string_view::npos)
        return refuse("an IPv6 address needs brackets, as in [::1]:8319");

    HttpAddress door;
    door.port = static_cast<quint16>(*port);
    if (isLocalName(toQString(host)))
        door.address = QHostAddress::LocalHost;
    else if (!door.address.setAddress(toQString(host)))
        return refuse("the host is neither an IP address nor localhost");
    return door;
}

Result<HttpAddress> parseHttpAddress(std::string_view text, bool allowRemote)
{
    auto door = parseHostAndPort(text);
    if (!door)
        return door;
    if (!door->address.isLoopback() && !allowRemote)
        return refuse("is open to other machines, and what they send travels in the clear. Use "
                      "127.0.0.1, or say --http-allow-remote");
    return door;
}

bool leadsBack(const BackendAddress &backend, const HttpAddress &door)
{
    if (backend.kind != BackendAddress::Kind::Http)
        return false;
    const QUrl &url = backend.url;
    if (url.port(url.scheme() == QLatin1String("https") ? 443 : 80) != door.port)
        return false;
    QHostAddress address;
    if (isLocalName(url.host()))
        address = QHostAddress::LocalHost;
    else if (!address.setAddress(url.host()))
        return false; // the door itself notices when a request comes back
    constexpr std::array<QHostAddress::SpecialAddress, 3> Anywhere{
        QHostAddress::AnyIPv4, QHostAddress::AnyIPv6, QHostAddress::Any};
    if (std::any_of(Anywhere.begin(), Anywhere.end(),
                    [&door](auto special) { return door.address == special; }))
        return address.isLoopback() || QNetworkInterface::allAddresses().contains(address);
    return address == door.address || (address.isLoopback() && door.address.isLoopback());
}

} // namespace Weave
