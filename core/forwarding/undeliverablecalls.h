#pragma once

#include "batching/completepairing.h"
#include "forwarding/parkedbatches.h"
#include "forwarding/transport.h"
#include "spool/spool.h"
#include "stats/stats.h"

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace Weave {

// Keeps a call that will never be delivered, with the reason. False: it could not.
using DeadLetterFunction = std::function<bool(const CallView &call, std::string_view reason)>;

// Finds the calls of a batch that will never be delivered, because the server refuses them or they
// have waited too long, and has them leave the spool as dead letters. What cannot be kept as one
// stays in the spool and is tried again.
//
// Lives in the event loop's thread; its parts outlive it.
class UndeliverableCalls
{
public:
    struct Parts
    {
        ParkedBatches &parked;
        CompletePairing &pairing;
        const Spool &spool;
        Stats &stats;
        DeadLetterFunction deadLetter; // without it they are counted and logged only
    };
    // The records are to leave the spool.
    using GivenUp = std::function<void(std::span<const RecordRef> records)>;

    UndeliverableCalls(const Parts &parts, Milliseconds maxAge, NowFunction now, GivenUp givenUp);

    // See DeliveryLimits.
    void setMaxAge(Milliseconds maxAge) { m_maxAge = maxAge; }

    // A refused call whose dead letter cannot be written is tried again after this long.
    static constexpr Milliseconds NoPlacePause{30000};

    // The server refuses the batch for what is in it. Its halves are parked to go at once, under
    // ids of their own; a single call that is refused is given up. False: it could not be.
    [[nodiscard]] bool halve(Batch batch, const SendResult &result);
    // Takes out of the batch what has waited longer than the age. result: of the attempt that has
    // failed, for the reason.
    void giveUpTheOld(Batch &batch, const SendResult &result);

private:
    [[nodiscard]] bool deadLetter(Batch batch, const SendResult &result);
    void giveUp(Batch &batch, std::size_t count, DeadLetterReason kind, const std::string &reason);

    ParkedBatches &m_parked;
    CompletePairing &m_pairing;
    const Spool &m_spool;
    Stats &m_stats;
    const DeadLetterFunction m_deadLetter;
    Milliseconds m_maxAge;
    const NowFunction m_now;
    const GivenUp m_givenUp;
};

} // namespace Weave
