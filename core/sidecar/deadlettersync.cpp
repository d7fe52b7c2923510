#include "sidecar/deadlettersync.h"

#include "common/logging.h"

namespace Weave {

std::function<void()> deadLetterSync(DeadLetters &letters)
{
    if (!letters.isUnsynced())
        return {};
    return [&letters] {
        if (const auto synced = letters.sync(); !synced)
            qCWarning(lcSpool, "%s", synced.error().message.c_str());
    };
}

} // namespace Weave
