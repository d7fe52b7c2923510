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

// localhost and the names below it, which are this machine's (RFC 6761).
[[nodiscard]] bool isLocalName(const QString &host);
// Such a name, or a loopback address: what is sent there does not leave the machine.
[[nodiscard]] bool isThisMachine(const QString &host);

// Reads --backend. Plain http is for this machine alone unless allowHttp: the key would travel in
// the clear.
[[nodiscard]] Result<BackendAddress> parseBackend(std::string_view text, bool allowHttp);

// The netrc machine names under which the key for a trace server is kept, the likeliest first: the
// SDK files it under the netloc of the API, which for trace.wandb.ai is api.wandb.ai and for
// everybody else the same host (wandb/weave, weave/trace/env.py).
[[nodiscard]] std::vector<std::string> netrcMachines(const QUrl &backend);

} // namespace Weave
