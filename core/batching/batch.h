#pragma once

#include "batching/calltext.h"
#include "common/clock.h"
#include "spool/spool.h"

#include <cstddef>
#include <string>
#include <vector>

namespace Weave {

// What a batch's request is. The last three are for projects on the complete path.
enum class Route {
    Upsert, // /call/upsert_batch: starts and ends in the order of their arrival
    Complete, // /v2/…/calls/complete: a start and its end, another start and its end, …
    Start, // /v2/…/call/start: one start
    End, // /v2/…/call/end: one end
};

// Calls of one project that travel in one request.
struct Batch
{
    std::string project;
    std::vector<RecordRef> records;
    // Complete: of each record, in the same order. Who takes records out of the batch may drop it.
    std::vector<MembersPlace> membersPlaces;
    std::size_t bodySize = 0; // bytes of the request body; of Complete, at most
    TimePoint openedAt; // when its first call came, or was let go on its own

    Route route = Route::Upsert;
    std::string startedAt; // End: the start's started_at as it stood in its JSON; may be empty

    // Of delivery. The same id goes with every attempt, so that the server can tell a repetition.
    std::string retryId;
    int attempts = 0;
    TimePoint notBefore;
    TimePoint inTroubleSince; // when an attempt failed first; the epoch: none has

    // Records that belong together: a Complete batch is never cut between a start and its end.
    [[nodiscard]] std::size_t recordsPerCall() const { return route == Route::Complete ? 2 : 1; }
};

} // namespace Weave
