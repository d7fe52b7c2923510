#pragma once

#include <string_view>

namespace Weave {

// Whose key a request carries. The daemon adds its own key to what it delivers, so it takes calls
// for itself only from who has that key already.
enum class Caller {
    Owner, // the daemon's own key
    Other, // another key: for the trace server to judge
    Nobody, // no credentials at all
};

// Reads the value of an Authorization header: Basic with the key as the password (wandb/weave,
// weave/wandb_interface/auth.py), or Bearer with the key itself. Takes the same time for every
// wrong key of a length. An empty apiKey is nobody's.
[[nodiscard]] Caller identifyCaller(std::string_view authorization, std::string_view apiKey);

} // namespace Weave
