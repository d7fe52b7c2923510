#pragma once

#include "forwarding/transport.h"

namespace Weave {

struct Decision
{
    enum class Action {
        Done,
        Retry, // the same batch again, after wait
        Halve, // the server refuses something in the batch: find it by halves
        PauseProject, // nothing of this project before wait is over; the batch stays
        PauseAll, // nothing at all before wait is over; the batch stays
        NeedsComplete, // the server wants the project's calls by the complete path
        RouteMissing // the URL is wrong, or the server does not have the route
    };
    Action action = Action::Done;
    Milliseconds wait{0};
    bool waitIsForAll = false; // Retry: the server asked every sender to wait
};

// What to do with an answer. Pure: the same arguments give the same decision.
//
// attempts counts the requests made for this batch so far, the one that was just answered
// included. random is in [0, 1) and spreads the retries of many hosts (full jitter).
[[nodiscard]] Decision decide(const SendResult &result, int attempts, double random);

// The wait before attempt attempts+1: up to 0.5 s doubling to 30 s.
[[nodiscard]] Milliseconds backoff(int attempts, double random);

// The name under which a failed request is counted: its status, or network, tls, timeout.
[[nodiscard]] std::string failureName(const SendResult &result);

// A sentence for people: "the backend answered 503: overloaded".
[[nodiscard]] std::string describe(const SendResult &result);

} // namespace Weave
