#include "protocol/reply.h"

#include "common/jsontext.h"

namespace Weave {

std::string successReply(std::uint64_t pendingCalls)
{
    return R"({"success":true,"pending":)" + std::to_string(pendingCalls) + "}\n";
}

std::string failureReply(std::string_view error, std::optional<std::uint64_t> pendingCalls)
{
    std::string reply = R"({"success":false,"error":)";
    appendJsonString(reply, error);
    if (pendingCalls)
        reply += R"(,"pending":)" + std::to_string(*pendingCalls);
    reply += "}\n";
    return reply;
}

std::string statusReply(std::string_view statusJson)
{
    std::string reply = R"({"success":true,"status":)";
    reply += statusJson;
    reply += "}\n";
    return reply;
}

} // namespace Weave
