#pragma once

#include <QString>

namespace Weave {

// A folder of this user alone for what lasts as long as the session.
[[nodiscard]] QString privateFolder();

} // namespace Weave
