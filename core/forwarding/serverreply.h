#pragma once

#include <string>
#include <string_view>

namespace Weave {

struct ServerError
{
    std::string reason; // the server's words; empty when the body has none
    std::string errorCode; // empty when the body has none
};

// Reads the body of an error answer. The trace server writes {"reason":…,"error_code":…}
// (wandb/weave, weave/trace_server/errors.py); its SDK also accepts message, error and detail, and
// so do we. FastAPI's bare {"detail":"Not Found"}, which says that the route is missing, is no
// reason. Bodies that are not JSON have no reason. Never more than a few hundred bytes come out.
[[nodiscard]] ServerError parseServerError(std::string_view body);

} // namespace Weave
