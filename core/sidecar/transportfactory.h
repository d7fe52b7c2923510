#pragma once

#include "config/config.h"
#include "forwarding/transport.h"

#include <memory>

namespace Weave {

// The transport that the backend's address asks for.
[[nodiscard]] std::unique_ptr<Transport> makeTransport(const Config &config);

// Whether requests go elsewhere, or otherwise, than before, so that another one is needed.
[[nodiscard]] bool needsOtherTransport(const Config &before, const Config &after);

} // namespace Weave
