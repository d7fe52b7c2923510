#pragma once

#include "batching/batch.h"
#include "forwarding/transport.h"
#include "spool/spool.h"

namespace Weave {

// What the server is sent for a batch, and what of its answer may be shown.

// The body borrows from the batch and from the spool.
[[nodiscard]] OutgoingRequest requestOf(const Batch &batch, const Spool &spool);

// The result with what its reason repeats of the batch's calls taken out, see EchoFilter: from here
// on the server's words are for people to see.
[[nodiscard]] SendResult withoutEcho(SendResult result, const Batch &batch, const Spool &spool);

} // namespace Weave
