#include "batching/completebody.h"

#include "batching/calltext.h"

namespace Weave {

namespace {

constexpr std::string_view Head = R"({"batch":[)";
constexpr std::string_view Tail = "]}";

std::string_view upTo(std::string_view text, const char *end)
{
    return text.substr(0, static_cast<std::size_t>(end - text.data()));
}

std::string_view from(std::string_view text, const char *begin)
{
    return text.substr(static_cast<std::size_t>(begin - text.data()));
}

} // namespace

RequestBody completeBody(std::span<const RecordRef> records, const Spool &spool,
                         std::span<const MembersPlace> places)
{
    RequestBody body(Head, Tail);
    body.reserve(records.size());
    const bool arePlacesKnown = places.size() == records.size();
    CallText text;
    for (std::size_t i = 0; i + 1 < records.size(); i += 2) {
        bool isFirst = true;
        const auto add = [&](std::string_view members) {
            body.add({isFirst ? "{" : ",", members, "", !isFirst});
            isFirst = false;
        };
        for (const std::size_t half : {i, i + 1}) {
            const std::string_view payload = spool.payload(records[half]);
            if (arePlacesKnown && places[half].isKnown()) {
                add(payload.substr(places[half].offset, places[half].size));
                continue;
            }
            readCallText(records[half].kind, payload, text);
            for (const std::string_view members : text.members)
                add(members);
        }
        body.add({isFirst ? "{" : "", "", "}", !isFirst});
    }
    return body;
}

std::size_t maxCompleteItemSize(const RecordRef &start, const RecordRef &end)
{
    return std::size_t{start.payloadSize}
    + end.payloadSize; // {"start":…} is more than what is added
}

RequestBody startBody(const RecordRef &record, const Spool &spool)
{
    RequestBody body("", "");
    body.add({"", spool.payload(record), ""});
    return body;
}

RequestBody endBody(const RecordRef &record, std::string_view startedAt, const Spool &spool)
{
    constexpr std::string_view Key = R"("started_at":)";
    const std::string_view payload = spool.payload(record);
    CallText text;
    readCallText(record.kind, payload, text);
    RequestBody body("", "");
    if (startedAt.empty() || CallText::isGiven(text.startedAt)) {
        body.add({"", payload, ""});
    } else if (text.startedAt.empty()) {
        const char *inside = text.object.data() + 1; // never empty: it has an id
        body.add({upTo(payload, inside), Key, startedAt});
        body.add({",", from(payload, inside), "", true});
    } else { // a null
        const std::string_view null = text.startedAt;
        body.add({upTo(payload, null.data()), startedAt, from(payload, null.data() + null.size())});
    }
    return body;
}

} // namespace Weave
