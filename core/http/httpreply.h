#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace Weave {

// An answer that is written at once.
struct HttpReply
{
    int status = 200;
    std::string body;
    std::string contentType = "application/json";
    std::vector<std::pair<std::string, std::string>> headers{}; // further ones
    bool closes = false; // the connection is of no use after it
};

// {"reason":"…"}, which the SDKs show to their users (wandb/weave, weave/trace_server/errors.py).
[[nodiscard]] HttpReply errorReply(int status, std::string_view reason);

// "200 OK"; for a status without a name of its own just the number.
[[nodiscard]] std::string statusLine(int status);

// The reply's bytes. isHead leaves the body out, as the answer to HEAD has to.
[[nodiscard]] std::string toBytes(const HttpReply &reply, bool keepsAlive, bool isHead);

} // namespace Weave
