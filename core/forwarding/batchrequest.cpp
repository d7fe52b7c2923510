#include "forwarding/batchrequest.h"

#include "batching/completebody.h"
#include "batching/upsertbody.h"
#include "forwarding/echofilter.h"
#include "forwarding/writepaths.h"

#include <utility>

namespace Weave {

namespace {

RequestBody bodyOf(const Batch &batch, const Spool &spool)
{
    switch (batch.route) {
    case Route::Upsert:
        break;
    case Route::Complete:
        return completeBody(batch.records, spool, batch.membersPlaces);
    case Route::Start:
        return startBody(batch.records.front(), spool);
    case Route::End:
        return endBody(batch.records.front(), batch.startedAt, spool);
    }
    return upsertBody(batch.records, spool);
}

} // namespace

OutgoingRequest requestOf(const Batch &batch, const Spool &spool)
{
    return {requestPath(batch), batch.retryId, bodyOf(batch, spool)};
}

SendResult withoutEcho(SendResult result, const Batch &batch, const Spool &spool)
{
    if (result.kind != SendResult::Kind::Answered || result.reason.empty())
        return result;
    EchoFilter filter(std::move(result.reason));
    for (const RecordRef &record : batch.records)
        filter.compare(spool.payload(record));
    result.reason = filter.text();
    return result;
}

} // namespace Weave
