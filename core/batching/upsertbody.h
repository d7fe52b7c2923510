#pragma once

#include "batching/batch.h"
#include "batching/requestbody.h"

#include <span>

namespace Weave {

// The body of POST /call/upsert_batch, {"batch":[{"mode":"start","req":…},{"mode":"end","req":…}]}
// (CallCreateBatchReq in wandb/weave, trace_server_interface.py), with every payload as it came.
// Borrows the payloads from the spool: the records must stay there while the body is in use.
[[nodiscard]] RequestBody upsertBody(std::span<const RecordRef> records, const Spool &spool);

// The size of a body before its first item, and what each item adds to it, the comma not counted.
[[nodiscard]] std::size_t upsertFrameSize();
[[nodiscard]] std::size_t upsertItemSize(const RecordRef &record);

} // namespace Weave
