#pragma once

#include "batching/batch.h"
#include "batching/requestbody.h"

#include <span>
#include <string_view>

namespace Weave {

// The bodies of the three routes of the complete path (wandb/weave, remote_http_trace_server.py).
// All values are the clients' bytes. The records must stay in the spool while a body is in use.

// POST /v2/{entity}/{project}/calls/complete, {"batch":[{…},{…}]}: records are a start and its end,
// another start and its end, and so on. A complete call has the start's and the end's members that
// CompletedCallSchemaForInsert knows, and no others. places: of the records, or of none.
[[nodiscard]] RequestBody completeBody(std::span<const RecordRef> records, const Spool &spool,
                                       std::span<const MembersPlace> places = {});

// At most what a start and its end add to a body.
[[nodiscard]] std::size_t maxCompleteItemSize(const RecordRef &start, const RecordRef &end);

// POST /v2/{entity}/{project}/call/start, {"start":{…}}: the payload as it is.
[[nodiscard]] RequestBody startBody(const RecordRef &record, const Spool &spool);

// POST /v2/{entity}/{project}/call/end, {"end":{…}}: the payload, with the start's started_at when
// it has none. startedAt is the JSON text of the value, or empty; it outlives the body.
[[nodiscard]] RequestBody endBody(const RecordRef &record, std::string_view startedAt,
                                  const Spool &spool);

} // namespace Weave
