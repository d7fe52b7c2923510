#pragma once

#include "client/problemmodel.h"
#include "client/snapshot.h"

#include <QString>

#include <optional>

namespace Weave {

// What a user pastes into a bug report: versions, the daemon's state, the last problems. No keys,
// no credentials in URLs, no home directory's name, and nothing of any call.
[[nodiscard]] QString diagnosticsText(const std::optional<Snapshot> &snapshot,
                                      const QString &absence, const ProblemModel &problems);

// What of a text is nobody else's business is taken out of it.
[[nodiscard]] QString redacted(QString text);

} // namespace Weave
