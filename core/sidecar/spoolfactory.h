#pragma once

#include "common/result.h"
#include "config/config.h"
#include "spool/spool.h"

#include <memory>

namespace Weave {

// The spool that the configuration asks for. InUse when another daemon has its directory.
[[nodiscard]] Result<std::unique_ptr<Spool>> makeSpool(const Config &config);

} // namespace Weave
