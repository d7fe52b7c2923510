#include "batching/calltext.h"

#include "common/jsoncursor.h"

#include <algorithm>
#include <array>
#include <span>

namespace Weave {

namespace {

// The fields of a complete call (wandb/weave, types/v2_call_complete_params.py), by the half that
// has them in the SDK's own pairing (call_batch_processor.py).
constexpr std::array<std::string_view, 15> StartFields{
    "project_id", "id",        "trace_id",   "op_name",    "display_name",
    "parent_id",  "thread_id", "turn_id",    "started_at", "attributes",
    "inputs",     "otel_dump", "wb_user_id", "wb_run_id",  "wb_run_step"};
constexpr std::array<std::string_view, 5> EndFields{"ended_at", "exception", "output", "summary",
                                                    "wb_run_step_end"};

bool isOneOf(const JsonString &key, std::span<const std::string_view> names)
{
    return std::any_of(names.begin(), names.end(),
                       [&key](std::string_view name) { return key.equals(name); });
}

std::string_view between(const char *begin, const char *end)
{
    return {begin, static_cast<std::size_t>(end - begin)};
}

void readObject(JsonCursor &cursor, std::span<const std::string_view> fields, CallText &text)
{
    text.id.clear();
    text.startedAt = {};
    text.traceId = {};
    text.members.clear();
    const char *begin = cursor.position();
    bool lastWasWanted = false;
    JsonString key;
    cursor.enterObject();
    while (cursor.nextMember(key)) {
        const char *memberBegin = key.inside.data() - 1; // its opening quote
        std::string_view value;
        if (key.equals("id") && cursor.peek() == '"') {
            JsonString id;
            cursor.readString(id);
            text.id = id.decoded();
        } else {
            cursor.skipValue(value);
        }
        if (key.equals("started_at"))
            text.startedAt = value;
        else if (key.equals("trace_id"))
            text.traceId = value;
        const bool isWanted = isOneOf(key, fields);
        if (isWanted && lastWasWanted)
            text.members.back() = between(text.members.back().data(), cursor.position());
        else if (isWanted)
            text.members.push_back(between(memberBegin, cursor.position()));
        lastWasWanted = isWanted;
    }
    text.object = between(begin, cursor.position());
}

} // namespace

void readCallText(CallKind kind, std::string_view payload, CallText &text)
{
    const bool isStart = kind == CallKind::Start;
    const std::string_view name = isStart ? "start" : "end";
    JsonCursor cursor(payload);
    JsonString key;
    cursor.enterObject();
    while (cursor.nextMember(key)) {
        std::string_view ignored;
        if (!key.equals(name) || cursor.peek() != '{')
            cursor.skipValue(ignored);
        else if (isStart)
            readObject(cursor, StartFields, text);
        else
            readObject(cursor, EndFields, text);
    }
}

} // namespace Weave
