#include "sidecar/events.h"

#include "common/jsoncursor.h"
#include "common/jsontext.h"
#include "common/jsonwriter.h"

#include <algorithm>
#include <array>

namespace Weave {

namespace {

// Longer texts are for the trace server's own pages.
constexpr std::size_t MaxTextBytes = 500;
constexpr std::size_t MaxPayloadBytes = 4000;

const char *outcomeName(const RequestReport &report)
{
    switch (report.action) {
    case Decision::Action::Done:
        return "delivered";
    case Decision::Action::Halve:
        return report.calls / (report.route == Route::Complete ? 2 : 1) > 1 ? "halved" : "given_up";
    case Decision::Action::Retry:
        return "retry";
    case Decision::Action::PauseProject:
    case Decision::Action::PauseAll:
        return "paused";
    case Decision::Action::NeedsComplete:
    case Decision::Action::RouteMissing:
        return "other_route";
    }
    return "";
}

const char *routeName(Route route)
{
    switch (route) {
    case Route::Upsert:
        return "upsert";
    case Route::Complete:
        return "complete";
    case Route::Start:
        return "start";
    case Route::End:
        return "end";
    }
    return "";
}

// As much of the text as may be shown, cut between two characters.
std::string_view cut(std::string_view text, std::size_t most)
{
    if (text.size() <= most)
        return text;
    while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0U) == 0x80U)
        --most;
    return text.substr(0, most);
}

// What a live view shows of a call; the members that are strings.
struct LiveField
{
    std::string_view name;
    std::string_view shown;
};
constexpr std::array<LiveField, 6> LiveFields{{
    {"trace_id", "trace_id"},
    {"parent_id", "parent_id"},
    {"op_name", "op"},
    {"started_at", "started_at"},
    {"ended_at", "ended_at"},
    {"exception", "error"},
}};

// seen has a bit for each member that is written: a call that repeats a key a million times must
// not become a line as long.
void writeField(JsonWriter &json, JsonCursor &cursor, const JsonString &key, bool withPayload,
                unsigned &seen)
{
    std::string_view value;
    const auto *const field =
        std::find_if(LiveFields.begin(), LiveFields.end(),
                     [&key](const LiveField &candidate) { return key.equals(candidate.name); });
    const unsigned bit = 1U << static_cast<unsigned>(field - LiveFields.begin());
    if (field != LiveFields.end() && cursor.peek() == '"' && !(seen & bit)) {
        seen |= bit;
        JsonString text;
        cursor.readString(text);
        json.key(field->shown).value(std::string(cut(text.decoded(), MaxTextBytes)));
        return;
    }
    cursor.skipValue(value);
    if (withPayload && !(seen & bit) && (key.equals("inputs") || key.equals("output"))) {
        seen |= bit; // the one behind the last field
        json.key("payload").value(std::string(cut(value, MaxPayloadBytes)));
    }
}

} // namespace

std::string statusEvent(std::string_view statusJson, bool hasClients,
                        std::span<const ClientInfo> clients, std::uint64_t callsSkipped)
{
    std::string line = R"({"event":"status","status":)";
    line += statusJson;
    if (hasClients) {
        JsonWriter json;
        json.beginArray();
        for (const ClientInfo &client : clients) {
            json.beginObject();
            json.key("pid").value(static_cast<std::uint64_t>(client.process));
            json.key("name").value(client.name);
            json.key("connections").value(client.connections);
            json.key("calls").value(client.calls);
            json.key("bytes").value(client.bytes);
            json.key("refused").value(client.refused);
            json.endObject();
        }
        json.endArray();
        (line += R"(,"clients":)") += json.text();
    }
    if (callsSkipped > 0)
        line += R"(,"calls_skipped":)" + std::to_string(callsSkipped);
    return line + "}\n";
}

std::string flushEvent(const RequestReport &report, std::int64_t time)
{
    JsonWriter json;
    json.beginObject();
    json.key("event").value("flush");
    json.key("time").value(static_cast<std::uint64_t>(time));
    json.key("project").value(report.project);
    json.key("route").value(routeName(report.route));
    json.key("calls").value(static_cast<std::uint64_t>(report.calls));
    json.key("bytes").value(static_cast<std::uint64_t>(report.bodyBytes));
    json.key("seconds").seconds(report.seconds);
    json.key("attempts").value(static_cast<std::uint64_t>(report.attempts));
    json.key("outcome").value(outcomeName(report));
    json.key("status");
    if (report.result.kind == SendResult::Kind::Answered)
        json.value(static_cast<std::uint64_t>(report.result.status));
    else
        json.null();
    json.key("error");
    if (report.action == Decision::Action::Done)
        json.null();
    else
        json.value(describe(report.result));
    json.endObject();
    return json.text() + "\n";
}

std::string callEvent(const CallView &call, std::int64_t time, bool withPayload)
{
    JsonWriter json;
    json.beginObject();
    json.key("event").value("call");
    json.key("time").value(static_cast<std::uint64_t>(time));
    json.key("kind").value(call.kind == CallKind::Start ? "start" : "end");
    json.key("project").value(call.project);
    json.key("id").value(call.id);
    // The payload has been checked: {"start":{…}} or {"end":{…}}.
    JsonCursor cursor(call.payload);
    JsonString key;
    unsigned seen = 0;
    cursor.enterObject();
    while (cursor.nextMember(key)) {
        std::string_view ignored;
        if (cursor.peek() != '{' || !key.equals(call.kind == CallKind::Start ? "start" : "end")) {
            cursor.skipValue(ignored);
            continue;
        }
        cursor.enterObject();
        while (cursor.nextMember(key))
            writeField(json, cursor, key, withPayload, seen);
    }
    json.endObject();
    return json.text() + "\n";
}

} // namespace Weave
