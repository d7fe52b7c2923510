#include "http/authorization.h"

#include "http/httprequest.h"

#include <QByteArray>

#include <string>

namespace Weave {

namespace {

bool isSame(std::string_view left, std::string_view right)
{
    if (left.size() != right.size())
        return false;
    unsigned difference = 0;
    for (std::size_t i = 0; i < left.size(); ++i)
        difference |= static_cast<unsigned char>(left[i]) ^ static_cast<unsigned char>(right[i]);
    return difference == 0;
}

std::string decodedPassword(std::string_view credentials)
{
    const auto decoded = QByteArray::fromBase64Encoding(
        QByteArray(credentials.data(), static_cast<qsizetype>(credentials.size())),
        QByteArray::AbortOnBase64DecodingErrors);
    if (!decoded)
        return {};
    const std::string text = decoded.decoded.toStdString();
    const std::size_t colon = text.find(':');
    return colon == std::string::npos ? std::string() : text.substr(colon + 1);
}

} // namespace

Caller identifyCaller(std::string_view authorization, std::string_view apiKey)
{
    if (authorization.empty())
        return Caller::Nobody;
    const std::size_t space = authorization.find(' ');
    if (space == std::string_view::npos || apiKey.empty())
        return Caller::Other;
    const std::string_view scheme = authorization.substr(0, space);
    std::string_view credentials = authorization.substr(space);
    while (credentials.starts_with(' '))
        credentials.remove_prefix(1);
    std::string key;
    if (equalsIgnoringCase(scheme, "basic"))
        key = decodedPassword(credentials);
    else if (equalsIgnoringCase(scheme, "bearer"))
        key = credentials;
    return isSame(key, apiKey) ? Caller::Owner : Caller::Other;
}

} // namespace Weave
