#include "protocol/requestparser.h"

#include "common/jsontext.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace Weave {

namespace {

constexpr std::array<std::pair<std::string_view, Topic>, 4> Topics{{
    {"flushes", TopicFlushes},
    {"clients", TopicClients},
    {"calls", TopicCalls},
    {"payloads", TopicPayloads},
}};

// How Python's json.dumps() and JavaScript's JSON.stringify() begin a call's line.
struct UsualHead
{
    std::string_view beforePayload;
    std::string_view payload; // its beginning
    CallKind kind;
};
constexpr std::array<UsualHead, 4> UsualHeads{{
    {R"({"method": "call_start", "payload": )", R"({"start": )", CallKind::Start},
    {R"({"method": "call_end", "payload": )", R"({"end": )", CallKind::End},
    {R"({"method":"call_start","payload":)", R"({"start":)", CallKind::Start},
    {R"({"method":"call_end","payload":)", R"({"end":)", CallKind::End},
}};
// JsonPlaces lists { "method : "call_start , "payload : { "start : of each.
constexpr std::size_t UsualPlaces = 10;
constexpr std::size_t UsualDepth = 2;

Error malformed(std::string message)
{
    return {ErrorCode::Malformed, std::move(message)};
}

Error cursorError(const JsonCursor &cursor)
{
    return malformed("malformed JSON at byte " + std::to_string(cursor.errorOffset()) + ": "
                     + cursor.errorText());
}

std::string_view kindName(CallKind kind)
{
    return kind == CallKind::Start ? "start" : "end";
}

// An excerpt of what the client sent, short and printable, for the error text that goes back to
// that same client.
std::string excerpt(std::string_view text)
{
    constexpr std::size_t MaxShown = 40;
    std::string out;
    appendJsonString(out, text.substr(0, MaxShown));
    if (text.size() > MaxShown)
        out += "...";
    return out;
}

std::string_view resolved(const JsonString &string, std::string &storage)
{
    if (!string.hasEscapes())
        return string.inside;
    storage.clear();
    appendDecodedJsonString(storage, string.inside);
    return storage;
}

} // namespace

Result<Request> RequestParser::parse(std::string_view text)
{
    Line line;
    if (const auto kind = readUsual(text, line))
        return toCall(line, *kind);
    JsonCursor cursor(text);
    line = {};
    if (cursor.peek() != '{') {
        std::string_view value;
        if (!cursor.skipValue(value) || !cursor.finish())
            return cursorError(cursor);
        return malformed(R"(expected a JSON object such as {"method":"flush"})");
    }
    if (!readRoot(cursor, line))
        return cursorError(cursor);
    return toRequest(line);
}

// A call in the usual form, without a look at what is the same in all of them: a sixth of the time
// for a line of 1 KiB. Nothing for any other line, and for one with an error in it: readRoot() says
// what is wrong.
std::optional<CallKind> RequestParser::readUsual(std::string_view text, Line &line)
{
    for (const UsualHead &head : UsualHeads) {
        const std::string_view payload =
            text.substr(std::min(head.beforePayload.size(), text.size()));
        if (!text.starts_with(head.beforePayload) || !payload.starts_with(head.payload))
            continue;
        JsonCursor cursor(text);
        cursor.startAt(UsualPlaces, UsualDepth);
        CallObject &object = head.kind == CallKind::Start ? line.start : line.end;
        JsonString key;
        if (!readCallObject(cursor, object) || cursor.nextMember(key))
            return std::nullopt;
        const char *payloadEnd = cursor.position();
        if (cursor.nextMember(key) || !cursor.finish())
            return std::nullopt;
        line.hasPayload = true;
        line.payloadIsObject = true;
        line.payload = payload.substr(0, static_cast<std::size_t>(payloadEnd - payload.data()));
        return head.kind;
    }
    return std::nullopt;
}

// Of a key that stands twice the last one counts, as in Python's and JavaScript's readers.
bool RequestParser::readRoot(JsonCursor &cursor, Line &line)
{
    cursor.enterObject();
    JsonString key;
    while (cursor.nextMember(key)) {
        std::string_view ignored;
        if (key.equals("method")) {
            line.hasMethod = true;
            line.methodIsString = cursor.peek() == '"';
            if (line.methodIsString)
                cursor.readString(line.method);
            else
                cursor.skipValue(ignored);
        } else if (key.equals("payload")) {
            readPayload(cursor, line);
        } else {
            cursor.skipValue(ignored);
        }
    }
    return cursor.finish();
}

// Looks into the payload on the way, whatever the method: the method may come after it, and a
// second pass over a large payload would cost more than all the rest.
bool RequestParser::readPayload(JsonCursor &cursor, Line &line)
{
    line.hasPayload = true;
    line.payloadIsObject = cursor.peek() == '{';
    line.start = {};
    line.end = {};
    line.topics = 0;
    if (!line.payloadIsObject)
        return cursor.skipValue(line.payload);
    const char *begin = cursor.position();
    cursor.enterObject();
    JsonString key;
    while (cursor.nextMember(key)) {
        std::string_view ignored;
        if (key.equals("start"))
            readCallObject(cursor, line.start);
        else if (key.equals("end"))
            readCallObject(cursor, line.end);
        else if (key.equals("topics"))
            readTopics(cursor, line.topics);
        else
            cursor.skipValue(ignored);
    }
    line.payload = {begin, static_cast<std::size_t>(cursor.position() - begin)};
    return !cursor.failed();
}

// Topics that are not known are passed over: a newer client may ask for more than there is.
bool RequestParser::readTopics(JsonCursor &cursor, unsigned &topics)
{
    std::string_view ignored;
    topics = 0;
    if (cursor.peek() != '[')
        return cursor.skipValue(ignored);
    cursor.enterArray();
    while (cursor.nextElement()) {
        JsonString name;
        if (cursor.peek() != '"') {
            cursor.skipValue(ignored);
            continue;
        }
        cursor.readString(name);
        for (const auto &[text, topic] : Topics) {
            if (name.equals(text))
                topics |= topic;
        }
    }
    return !cursor.failed();
}

bool RequestParser::readCallObject(JsonCursor &cursor, CallObject &object)
{
    object = {};
    std::string_view ignored;
    if (cursor.peek() != '{')
        return cursor.skipValue(ignored);
    object.isPresent = true;
    return cursor.findMembers(object.members);
}

Result<Request> RequestParser::toRequest(const Line &line)
{
    if (!line.hasMethod)
        return malformed(R"(the key "method" is missing)");
    if (!line.methodIsString)
        return malformed(R"(the value of "method" is not a string)");
    Request request;
    if (line.method.equals("call_start"))
        return toCall(line, CallKind::Start);
    if (line.method.equals("call_end"))
        return toCall(line, CallKind::End);
    if (line.method.equals("flush"))
        request.method = Method::Flush;
    else if (line.method.equals("status"))
        request.method = Method::Status;
    else if (line.method.equals("subscribe"))
        request.method = Method::Subscribe;
    else if (line.method.equals("pause"))
        request.method = Method::Pause;
    else if (line.method.equals("resume"))
        request.method = Method::Resume;
    else if (line.method.equals("retry"))
        request.method = Method::Retry;
    else if (line.method.equals("reload"))
        request.method = Method::Reload;
    else
        return Error{ErrorCode::InvalidArgument,
                     "unknown method: " + excerpt(line.method.decoded())};
    request.topics = line.topics;
    return request;
}

Result<Request> RequestParser::toCall(const Line &line, CallKind kind)
{
    const std::string_view name = kindName(kind);
    const auto failed = [name](const std::string &what, ErrorCode code = ErrorCode::Malformed) {
        return Error{code, "call_" + std::string(name) + ": " + what};
    };
    if (!line.hasPayload)
        return failed(R"(the key "payload" is missing)");
    if (!line.payloadIsObject)
        return failed(R"(the value of "payload" is not an object)");
    const CallObject &object = kind == CallKind::Start ? line.start : line.end;
    if (!object.isPresent)
        return failed(R"(the payload has no object ")" + std::string(name) + '"');

    const auto problemOf = [&](const JsonMember &member,
                               std::string_view value) -> std::optional<Error> {
        const auto about = [&] { return std::string(name) + "." + std::string(member.key); };
        if (value.empty())
            return failed(about() + " is not a non-empty string");
        if (value.size() > MaxCallNameBytes)
            return failed(about() + " is longer than " + std::to_string(MaxCallNameBytes)
                              + " bytes",
                          ErrorCode::TooLarge);
        return std::nullopt;
    };
    const std::string_view project = resolved(object.project().string, m_project);
    if (auto problem = problemOf(object.project(), project))
        return std::move(*problem);
    const std::string_view id = resolved(object.id().string, m_id);
    if (auto problem = problemOf(object.id(), id))
        return std::move(*problem);
    // Filled where it stays: a copy would wait for what has just been written.
    Result<Request> result(std::in_place);
    result->method = kind == CallKind::Start ? Method::CallStart : Method::CallEnd;
    CallView &call = result->call;
    call.kind = kind;
    call.project = project;
    call.id = id;
    call.payload = line.payload;
    return result;
}

} // namespace Weave
