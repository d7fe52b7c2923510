#pragma once

#include "batching/batch.h"
#include "forwarding/retrypolicy.h"

#include <cstddef>
#include <string>

namespace Weave {

// One request to the trace server that has ended, for whoever watches.
struct RequestReport
{
    const std::string &project;
    Route route = Route::Upsert;
    std::size_t calls = 0; // records
    std::size_t bodyBytes = 0;
    double seconds = 0;
    int attempts = 0; // of this batch, this one included
    const SendResult &result;
    Decision::Action action = Decision::Action::Done;
};

} // namespace Weave
