#pragma once

#include "common/result.h"

#include <QUrl>

#include <string>
#include <string_view>
#include <vector>

namespace Weave {

// Where calls are delivered.
struct BackendAddress
{
    enum class Kind { Http, File };
    Kind kind = Kind::Http;
    QUrl url; // Http
    std::string path; // File

    // For people: the URL, or file:PATH. Holds no secret.
    [[nodiscard]] std::string display() const;
};

// Reads --backend. Plain http is for this machine alone unless allowHttp: the key would travel in
// the clear.
[[nodiscard]] Result<BackendAddress> parseBackend(std::string_view text, bool allowHttp);

// The netrc machine names under which the key for a trace server is kept, the likeliest first: the
// SDK files it under the netloc of the API, which for trace.wandb.ai is api.wandb.ai and for
// everybody else the same host (wandb/weave, weave/trace/env.py).
[[nodiscard]] std::vector<std::string> netrcMachines(const QUrl &backend);

} // namespace Weave
