#pragma once

#include "app/doctor/backendprobe.h"
#include "app/doctor/finding.h"

namespace Weave {

// What the report says of the way to the backend and of its answer.
[[nodiscard]] Findings judgeBackend(const BackendReport &report, const QUrl &backend,
                                    const QNetworkProxy &proxy);

// What it says of the API key, which has come from keySource; empty: there is none. Nothing when no
// answer has come. A daemon that delivers has a good key, also where this command has none.
[[nodiscard]] Findings judgeKey(const BackendReport &report, const std::string &keySource,
                                bool daemonDelivers);

// The backend is file:PATH.
[[nodiscard]] Finding checkFileBackend(const std::string &path);

} // namespace Weave
