#pragma once

#include "common/call.h"
#include "common/clock.h"
#include "common/result.h"

#include <algorithm>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace Weave {

// Names a record. Ids grow with every append and are never used twice, so that "all that was
// accepted before now" is "all ids below Spool::nextId()".
struct RecordId
{
    std::uint64_t value = 0;

    // clang-tidy 14 takes the 0 in the generated comparison for a null pointer.
    auto operator<=>(const RecordId &) const = default; // NOLINT(modernize-use-nullptr)
};

// What batching keeps of a call: 24 bytes, however large the call is.
struct RecordRef
{
    RecordId id;
    std::uint32_t payloadSize = 0; // bytes
    CallKind kind = CallKind::Start;
    bool wasHeld : 1 = false; // for the other half of its call, so that no flush waits for it
    // The rest is the spool's own way to find it. Of a usual call it leads to the payload without a
    // look at the record, which has long left the processor's cache when a request is made of a
    // thousand of them.
    std::uint8_t idBytes : 7 = 0; // of the id, which lies before the payload; LongId: not known
    std::uint16_t client = 0; // CallView::client
    std::uint32_t segment = 0;
    std::uint32_t offset = 0;

    static constexpr std::uint8_t LongId = 127;
    void setIdBytes(std::size_t bytes)
    {
        idBytes = static_cast<std::uint8_t>(std::min<std::size_t>(bytes, LongId)) & LongId;
    }
};
static_assert(sizeof(RecordRef) == 24);

struct SpoolUsage
{
    std::uint64_t pendingCalls = 0; // appended and not removed
    std::uint64_t pendingBytes = 0; // their payloads
    std::uint64_t usedBytes = 0; // what the spool occupies, against maxBytes
    std::uint64_t maxBytes = 0;
    std::uint64_t recoveredCalls = 0; // found at the start, of an earlier process
    std::uint64_t quarantined = 0; // pieces of damaged storage that were put aside
};

// Keeps accepted calls, in the order of their arrival, until they are removed. A call that append()
// took is what the client was promised; a call that it refused is the client's to send.
//
// One thread. Views stay valid until their record is removed.
class Spool
{
public:
    virtual ~Spool() = default;

    // Copies the call. Full when there is no room, for a start a little earlier than for an end
    // (spoolroom.h); never blocks.
    [[nodiscard]] virtual Result<RecordRef> append(const CallView &call) = 0;
    // The payload of a record that has not been removed.
    [[nodiscard]] virtual std::string_view payload(const RecordRef &record) const = 0;
    // How long ago the call was accepted, by an earlier process perhaps; up to a second more.
    [[nodiscard]] virtual Milliseconds age(const RecordRef &record) const = 0;
    // The call needs to be kept no longer. Once for each record.
    virtual void remove(const RecordRef &record) = 0;

    // A spool may hold more than batching wants to know of. Of a project that is behind, records
    // wait that batching has not got; they come from next(), oldest first, those just appended
    // last.
    [[nodiscard]] virtual bool isBehind(std::string_view /*project*/) const { return false; }
    // Batching would rather not take this record, the last one appended, now. True: the project is
    // behind from here. False: the spool hands nothing over a second time, batching has to take it.
    [[nodiscard]] virtual bool defer(std::string_view /*project*/, const RecordRef & /*record*/)
    {
        return false;
    }
    [[nodiscard]] virtual std::optional<RecordRef> next(std::string_view /*project*/)
    {
        return std::nullopt;
    }

    // From now on. When more is kept already, nothing is taken until it has become less.
    virtual void setMaxBytes(std::uint64_t maxBytes) = 0;

    // Above the id of every record appended so far.
    [[nodiscard]] virtual RecordId nextId() const = 0;
    [[nodiscard]] virtual SpoolUsage usage() const = 0;
};

} // namespace Weave
