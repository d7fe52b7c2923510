#pragma once

#include <Qt>

namespace Weave {

// Roles that the models of this folder share.
enum Role {
    SearchRole = Qt::UserRole, // all text that a search looks at
    DetailRole, // a longer text about the row
    KeyRole, // tells the row's subject from all others
};

} // namespace Weave
