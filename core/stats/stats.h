#pragma once

#include "stats/histogram.h"
#include "stats/latencybuckets.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <numeric>
#include <string>

namespace Weave {

// Why a line was answered with success:false. Refused calls are the client's to send.
enum class Refusal : std::uint8_t {
    Malformed, // not valid JSON, or not the shape that the protocol asks for
    UnknownMethod,
    LineTooLong, // over --max-line-bytes
    MemoryLimit, // unfinished lines hold all the memory there is for them
    SpoolFull,
    SpoolError, // the disk said no
    ShuttingDown,
    NotAllowed, // for the daemon's own user alone
};
inline constexpr std::size_t RefusalCount = 8;

// The names of the values of Refusal in status and metrics.
inline constexpr std::array<const char *, RefusalCount> RefusalNames{
    "malformed",  "unknown_method", "line_too_long", "memory_limit",
    "spool_full", "spool_error",    "shutting_down", "not_allowed"};

// Why a call was given up.
enum class DeadLetterReason : std::uint8_t {
    Refused, // the server will never take it
    MaxAge, // it waited longer than --max-age
};
inline constexpr std::size_t DeadLetterReasonCount = 2;
inline constexpr std::array<const char *, DeadLetterReasonCount> DeadLetterReasonNames{"refused",
                                                                                       "max_age"};

// Of a server of HTTP. Every request that was answered is in one of the last four.
struct HttpCounts
{
    std::uint64_t connectionsOpen = 0;
    std::uint64_t kept = 0; // its calls are in the spool
    std::uint64_t passed = 0; // on to the trace server
    std::uint64_t refused = 0; // with an error of our own
    std::uint64_t health = 0; // pages about the daemon itself: /healthz, /readyz, /metrics
};

// What the daemon counts from its start. Every call that was received, or recovered from an earlier
// process, ends in exactly one of delivered, dead-lettered and pending (the spool knows the last),
// so that the numbers add up.
//
// Plain numbers of one thread.
struct Stats
{
    // Calls.
    std::uint64_t received = 0; // answered with success:true
    std::uint64_t delivered = 0;
    std::array<std::uint64_t, DeadLetterReasonCount> deadLetters{};
    std::array<std::uint64_t, RefusalCount> refused{};

    // Batches and requests.
    std::uint64_t batches = 0; // formed from received calls
    std::uint64_t halved = 0; // cut in two because the server refused them as a whole
    std::uint64_t requests = 0;
    std::uint64_t retried = 0; // requests that will be made once more
    std::map<std::string, std::uint64_t> failedRequests; // by status, or network, tls, timeout
    Histogram batchCalls;
    Histogram batchBytes;
    Histogram requestMicroseconds;
    LatencyBuckets requestBuckets; // of the same

    // Connections of clients.
    std::uint64_t connectionsOpen = 0;
    std::uint64_t connectionsAccepted = 0;
    std::uint64_t connectionsRefused = 0; // over --max-connections

    HttpCounts http; // the HTTP door
    HttpCounts metrics; // --metrics, which keeps and passes on nothing

    void refuse(Refusal reason) { ++refused.at(static_cast<std::size_t>(reason)); }
    void giveUp(DeadLetterReason reason, std::uint64_t calls)
    {
        deadLetters.at(static_cast<std::size_t>(reason)) += calls;
    }
    [[nodiscard]] std::uint64_t deadLettered() const
    {
        return std::accumulate(deadLetters.begin(), deadLetters.end(), std::uint64_t{0});
    }
    void recordRequest(std::uint64_t microseconds)
    {
        requestMicroseconds.record(microseconds);
        requestBuckets.record(microseconds);
    }
};

} // namespace Weave
