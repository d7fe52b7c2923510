#include "batching/upsertbody.h"

namespace Weave {

namespace {

constexpr std::string_view Head = R"({"batch":[)";
constexpr std::string_view Tail = "]}";
constexpr std::string_view StartItem = R"({"mode":"start","req":)";
constexpr std::string_view EndItem = R"({"mode":"end","req":)";
constexpr std::string_view ItemTail = "}";

std::string_view itemHead(CallKind kind)
{
    return kind == CallKind::Start ? StartItem : EndItem;
}

} // namespace

RequestBody upsertBody(std::span<const RecordRef> records, const Spool &spool)
{
    RequestBody body(Head, Tail);
    body.reserve(records.size());
    for (const RecordRef &record : records)
        body.add({itemHead(record.kind), spool.payload(record), ItemTail});
    return body;
}

std::size_t upsertFrameSize()
{
    return Head.size() + Tail.size();
}

std::size_t upsertItemSize(const RecordRef &record)
{
    return itemHead(record.kind).size() + record.payloadSize + ItemTail.size();
}

} // namespace Weave
