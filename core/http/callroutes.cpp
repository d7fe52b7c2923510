#include "http/callroutes.h"

#include <algorithm>

namespace Weave {

namespace {

int hexDigit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

std::optional<std::string> percentDecoded(std::string_view text)
{
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += text[i];
            continue;
        }
        if (i + 2 >= text.size())
            return std::nullopt;
        const int high = hexDigit(text[i + 1]);
        const int low = hexDigit(text[i + 2]);
        if (high < 0 || low < 0)
            return std::nullopt;
        out += static_cast<char>(high * 16 + low);
        i += 2;
    }
    return out;
}

} // namespace

std::optional<CallRoute> findCallRoute(std::string_view method, std::string_view path)
{
    using Kind = CallRoute::Kind;
    constexpr std::string_view Prefix = "/v2/";
    constexpr std::string_view Suffix = "/calls/complete";
    if (method != "POST")
        return std::nullopt;
    if (path == "/call/upsert_batch")
        return CallRoute{Kind::UpsertBatch, {}};
    if (path == "/call/start")
        return CallRoute{Kind::Start, {}};
    if (path == "/call/end")
        return CallRoute{Kind::End, {}};
    if (!path.starts_with(Prefix) || !path.ends_with(Suffix)
        || path.size() <= Prefix.size() + Suffix.size())
        return std::nullopt;
    const std::string_view names =
        path.substr(Prefix.size(), path.size() - Prefix.size() - Suffix.size());
    if (std::count(names.begin(), names.end(), '/') != 1)
        return std::nullopt;
    auto project = percentDecoded(names);
    if (!project)
        return std::nullopt;
    return CallRoute{Kind::Complete, std::move(*project)};
}

} // namespace Weave
