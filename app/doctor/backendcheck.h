#pragma once

#include "app/doctor/backendprobe.h"
#include "app/doctor/finding.h"

namespace Weave {

// What the report says of the way to the backend and of its answer.
[[nodiscard]] Findings judgeBackend(const BackendReport &report, const QUrl &backend,
                                    const QNetworkProxy &proxy);

// What it says of the API key. Nothing when no answer has come.
[[nodiscard]] Findings judgeKey(const BackendReport &report, bool hasKey);

// The backend is file:PATH.
[[nodiscard]] Finding checkFileBackend(const std::string &path);

} // namespace Weave
