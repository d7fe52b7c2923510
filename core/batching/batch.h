#pragma once

#include "common/clock.h"
#include "spool/spool.h"

#include <cstddef>
#include <string>
#include <vector>

namespace Weave {

// Calls of one project that travel in one request. Records are in the order of their arrival.
struct Batch
{
    std::string project;
    std::vector<RecordRef> records;
    std::size_t bodySize = 0; // bytes of the upsert request body
    TimePoint openedAt; // when its first call came

    // Of delivery. The same id goes with every attempt, so that the server can tell a repetition.
    std::string retryId;
    int attempts = 0;
    TimePoint notBefore;
};

} // namespace Weave
