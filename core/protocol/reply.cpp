#include "protocol/reply.h"

#include "common/jsontext.h"
#include "common/jsonwriter.h"

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

std::string reloadReply(const std::vector<std::string> &changed,
                        const std::vector<std::string> &needsRestart,
                        const std::vector<std::string> &notUsed)
{
    JsonWriter reply;
    const auto addNames = [&reply](const char *key, const std::vector<std::string> &names) {
        reply.key(key).beginArray();
        for (const std::string &name : names)
            reply.value(std::string_view(name));
        reply.endArray();
    };
    reply.beginObject().key("success").value(true);
    addNames("changed", changed);
    addNames("needs_restart", needsRestart);
    addNames("not_used", notUsed);
    reply.endObject();
    return reply.text() + '\n';
}

std::string statusReply(std::string_view statusJson)
{
    std::string reply = R"({"success":true,"status":)";
    reply += statusJson;
    reply += "}\n";
    return reply;
}

} // namespace Weave
