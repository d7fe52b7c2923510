#include "http/callbody.h"

#include "common/completefields.h"

#include <algorithm>
#include <span>

namespace Weave {

namespace {

const CompleteField *find(const JsonString &key, std::span<const CompleteField> fields)
{
    const auto found = std::ranges::find_if(
        fields, [&key](const CompleteField &field) { return key.equals(field.name); });
    return found == fields.end() ? nullptr : &*found;
}

} // namespace

// The members of a call that routing and answering need.
struct CallBody::Fields
{
    JsonString project;
    JsonString id;
    JsonString traceId;
    bool hasStartedAt = false;
    bool hasEndedAt = false;

    bool readMember(JsonCursor &cursor, const JsonString &key)
    {
        std::string_view ignored;
        JsonString *field = key.equals("project_id") ? &project
            : key.equals("id")                       ? &id
            : key.equals("trace_id")                 ? &traceId
                                                     : nullptr;
        const bool isString = cursor.peek() == '"';
        if (field && isString)
            return cursor.readString(*field);
        if (field)
            *field = {};
        else if (key.equals("started_at"))
            hasStartedAt = isString;
        else if (key.equals("ended_at"))
            hasEndedAt = isString;
        return cursor.skipValue(ignored);
    }
};

Result<void> CallBody::read(const CallRoute &route, std::string_view body)
{
    m_calls.clear();
    m_texts.clear();
    m_answer.clear();
    m_reason.clear();
    JsonCursor cursor(body);
    bool isRead = false;
    switch (route.kind) {
    case CallRoute::Kind::UpsertBatch:
    case CallRoute::Kind::Complete:
        isRead = readBatch(cursor, route);
        break;
    case CallRoute::Kind::Start:
        isRead = readPayload(cursor, CallKind::Start);
        break;
    case CallRoute::Kind::End:
        isRead = readPayload(cursor, CallKind::End);
        break;
    }
    if (isRead && cursor.finish())
        return {};
    m_calls.clear();
    if (cursor.failed())
        m_reason = "malformed JSON at byte " + std::to_string(cursor.errorOffset()) + ": "
            + cursor.errorText();
    return Error{ErrorCode::Malformed, m_reason};
}

// {"batch":[…]}
bool CallBody::readBatch(JsonCursor &cursor, const CallRoute &route)
{
    const bool isUpsert = route.kind == CallRoute::Kind::UpsertBatch;
    JsonString key;
    if (!cursor.enterObject() || !cursor.nextMember(key))
        return refuse("the body has no batch");
    if (!key.equals("batch") || cursor.peek() != '[')
        return refuse("the body is not just a batch");
    cursor.enterArray();
    while (cursor.nextElement()) {
        if (!(isUpsert ? readItem(cursor) : readComplete(cursor, route)))
            return false;
    }
    if (cursor.nextMember(key))
        return refuse("the body has more than a batch");
    m_answer = isUpsert ? R"({"res":[)" + m_answer + "]}" : "{}";
    return !cursor.failed();
}

// {"mode":"start","req":{"start":{…}}}
bool CallBody::readItem(JsonCursor &cursor)
{
    if (cursor.peek() != '{')
        return refuse("an item is not an object");
    cursor.enterObject();
    JsonString key;
    JsonString mode;
    std::string_view payload;
    while (cursor.nextMember(key)) {
        if (key.equals("mode") && cursor.peek() == '"')
            cursor.readString(mode);
        else if (key.equals("req") && payload.empty())
            cursor.skipValue(payload);
        else
            return refuse("an item has more than a mode and a request");
    }
    if (cursor.failed())
        return false;
    const bool isStart = mode.equals("start");
    if (!isStart && !mode.equals("end"))
        return refuse("an item's mode is neither start nor end");
    if (!m_calls.empty())
        m_answer += ',';
    JsonCursor inside(payload);
    return readPayload(inside, isStart ? CallKind::Start : CallKind::End);
}

// {"start":{…}}, or {"end":{…}}
bool CallBody::readPayload(JsonCursor &cursor, CallKind kind)
{
    const std::string_view name = kind == CallKind::Start ? "start" : "end";
    if (cursor.peek() != '{')
        return refuse("a request is not an object");
    const char *begin = cursor.position();
    cursor.enterObject();
    JsonString key;
    if (!cursor.nextMember(key) || !key.equals(name) || cursor.peek() != '{')
        return refuse("a request is not just a start or an end");
    Fields fields;
    cursor.enterObject();
    while (cursor.nextMember(key))
        fields.readMember(cursor, key);
    if (cursor.nextMember(key))
        return refuse("a request has more than a start or an end");
    if (cursor.failed())
        return false;
    // The server makes up what is missing, and its answer says what.
    if (kind == CallKind::Start && fields.traceId.inside.empty())
        return refuse("a start has no trace_id");
    const std::string_view payload(begin, cursor.position());
    if (!addCall(kind, fields, payload))
        return false;
    addAnswer(kind, fields);
    return true;
}

bool CallBody::readComplete(JsonCursor &cursor, const CallRoute &route)
{
    if (cursor.peek() != '{')
        return refuse("a call is not an object");
    cursor.enterObject();
    Fields fields;
    std::string start;
    std::string end;
    JsonString key;
    while (cursor.nextMember(key)) {
        const char *begin = key.inside.data() - 1; // its opening quote
        fields.readMember(cursor, key);
        const std::string_view member(begin, cursor.position());
        const bool isName = key.equals("project_id") || key.equals("id");
        const CompleteField *ofEnd = find(key, EndFields);
        const bool isEnd = ofEnd && ofEnd->isTaken;
        // What is in neither half would be missing where the two become a complete call again.
        if (!isEnd && !find(key, StartFields))
            return refuse("a complete call has a key that is not known here");
        if (!isEnd)
            (start += start.empty() ? "" : ",") += member;
        if (isEnd || isName)
            (end += end.empty() ? "" : ",") += member;
    }
    if (cursor.failed())
        return false;
    if (fields.traceId.inside.empty() || !fields.hasStartedAt || !fields.hasEndedAt)
        return refuse("a complete call has no trace_id, started_at or ended_at");
    if (resolved(fields.project) != route.project)
        return refuse("a call is of another project than the route");
    return addCall(CallKind::Start, fields, kept(R"({"start":{)" + start + "}}"))
        && addCall(CallKind::End, fields, kept(R"({"end":{)" + end + "}}"));
}

bool CallBody::addCall(CallKind kind, const Fields &fields, std::string_view payload)
{
    CallView call;
    call.kind = kind;
    call.project = resolved(fields.project);
    call.id = resolved(fields.id);
    call.payload = inOneLine(payload);
    const auto isName = [](std::string_view name) {
        return !name.empty() && name.size() <= MaxCallNameBytes;
    };
    if (!isName(call.project) || !isName(call.id))
        return refuse("a call's project_id or id is missing, empty or too long");
    m_calls.push_back(call);
    return true;
}

void CallBody::addAnswer(CallKind kind, const Fields &fields)
{
    m_answer += '{';
    if (kind == CallKind::Start) {
        (m_answer += R"("id":")") += fields.id.inside;
        (m_answer += R"(","trace_id":")") += fields.traceId.inside;
        m_answer += '"';
    }
    m_answer += '}';
}

// As the socket's payloads are: dead letters, exports and files of calls have a line for each. In
// JSON that is in order a line break is white space, because strings escape theirs.
std::string_view CallBody::inOneLine(std::string_view payload)
{
    constexpr std::string_view Breaks = "\n\r";
    if (payload.find_first_of(Breaks) == std::string_view::npos)
        return payload;
    std::string line(payload);
    std::ranges::replace_if(
        line, [=](char c) { return Breaks.find(c) != std::string_view::npos; }, ' ');
    return kept(std::move(line));
}

std::string_view CallBody::kept(std::string text)
{
    return m_texts.emplace_back(std::move(text));
}

std::string_view CallBody::resolved(const JsonString &string)
{
    return string.hasEscapes() ? kept(string.decoded()) : string.inside;
}

// To be used as a return value: a body that is not in order is read no further.
bool CallBody::refuse(std::string reason)
{
    m_reason = std::move(reason);
    return false;
}

} // namespace Weave
