#include "spool/spoolroom.h"

#include "common/bytesize.h"

namespace Weave {

Error spoolFull(CallKind kind, std::uint64_t maxBytes)
{
    const std::uint64_t kept = roomBehind(kind, maxBytes);
    return {ErrorCode::Full,
            "the spool is full (" + formatByteSize(maxBytes) + " of undelivered calls"
                + (kept > 0 ? ", of which " + formatByteSize(kept) + " are for ends of calls" : "")
                + ")"};
}

} // namespace Weave
