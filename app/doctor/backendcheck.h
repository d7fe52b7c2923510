#pragma once

#include "app/doctor/backendprobe.h"
#include "app/doctor/finding.h"
#include "app/doctor/identity.h"

#include <optional>
#include <string>
#include <sys/types.h>

namespace Weave {

// What the report says of the way to the backend and of its answer.
[[nodiscard]] Findings judgeBackend(const BackendReport &report, const QUrl &backend,
                                    const QNetworkProxy &proxy);

// What it says of the API key, which has come from keySource; empty: there is none. Nothing when no
// answer has come. A daemon that delivers has a good key, also where this command has none.
[[nodiscard]] Findings judgeKey(const BackendReport &report, const std::string &keySource,
                                bool daemonDelivers);

// The backend is file:PATH. owner: whom the running daemon runs as; who is another one cannot know
// whether that user may write there. daemonWrites: that daemon does, to this very file.
[[nodiscard]] Finding checkFileBackend(const std::string &path, std::optional<uid_t> owner,
                                       const Identity &me, bool daemonWrites);

} // namespace Weave
