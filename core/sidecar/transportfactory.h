#pragma once

#include "config/config.h"
#include "forwarding/transport.h"

#include <memory>

namespace Weave {

// The transport that the backend's address asks for.
[[nodiscard]] std::unique_ptr<Transport> makeTransport(const Config &config);

} // namespace Weave
