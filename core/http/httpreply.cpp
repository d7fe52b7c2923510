#include "http/httpreply.h"

#include "common/jsontext.h"

#include <algorithm>
#include <array>

namespace Weave {

namespace {

constexpr std::array<std::pair<int, std::string_view>, 17> Names{{
    {200, "OK"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {408, "Request Timeout"},
    {413, "Content Too Large"},
    {415, "Unsupported Media Type"},
    {417, "Expectation Failed"},
    {431, "Request Header Fields Too Large"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
    {505, "HTTP Version Not Supported"},
    {508, "Loop Detected"},
}};

} // namespace

HttpReply errorReply(int status, std::string_view reason)
{
    HttpReply reply;
    reply.status = status;
    reply.body = R"({"reason":)";
    appendJsonString(reply.body, reason);
    reply.body += '}';
    return reply;
}

std::string statusLine(int status)
{
    const auto *const found = std::find_if(
        Names.begin(), Names.end(), [status](const auto &name) { return name.first == status; });
    std::string line = std::to_string(status) + " ";
    if (found != Names.end())
        line += found->second;
    return line;
}

std::string toBytes(const HttpReply &reply, bool keepsAlive, bool isHead)
{
    std::string bytes = "HTTP/1.1 " + statusLine(reply.status) + "\r\n";
    const auto add = [&bytes](std::string_view name, std::string_view value) {
        ((bytes += name) += ": ") += value;
        bytes += "\r\n";
    };
    add("Content-Type", reply.contentType);
    add("Content-Length", std::to_string(reply.body.size()));
    for (const auto &[name, value] : reply.headers)
        add(name, value);
    add("Connection", keepsAlive && !reply.closes ? "keep-alive" : "close");
    bytes += "\r\n";
    if (!isHead)
        bytes += reply.body;
    return bytes;
}

} // namespace Weave
