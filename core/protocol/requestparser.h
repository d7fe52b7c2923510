#pragma once

#include "common/jsoncursor.h"
#include "common/result.h"
#include "protocol/request.h"

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace Weave {

// Checks one line and finds the parts that routing needs. Every byte is checked once, because one
// malformed call makes the trace server refuse the whole batch it travels in. The payload itself
// stays what the client wrote.
//
// A parser is reused from line to line so that it allocates nothing on the usual path.
class RequestParser
{
public:
    // The views in the result end with the next call of parse() or with the line.
    [[nodiscard]] Result<Request> parse(std::string_view line);

private:
    // The members of {"start":{…}} or {"end":{…}} that batching needs.
    struct CallObject
    {
        bool isPresent = false;
        std::array<JsonMember, 2> members{JsonMember{"project_id"}, JsonMember{"id"}};

        [[nodiscard]] const JsonMember &project() const { return members[0]; }
        [[nodiscard]] const JsonMember &id() const { return members[1]; }
    };

    struct Line
    {
        JsonString method;
        bool hasMethod = false;
        bool methodIsString = false;
        std::string_view payload;
        bool hasPayload = false;
        bool payloadIsObject = false;
        CallObject start;
        CallObject end;
        unsigned topics = 0;
    };

    [[nodiscard]] static std::optional<CallKind> readUsual(std::string_view text, Line &line);
    static bool readRoot(JsonCursor &cursor, Line &line);
    static bool readPayload(JsonCursor &cursor, Line &line);
    static bool readTopics(JsonCursor &cursor, unsigned &topics);
    static bool readCallObject(JsonCursor &cursor, CallObject &object);
    [[nodiscard]] Result<Request> toRequest(const Line &line);
    [[nodiscard]] Result<Request> toCall(const Line &line, CallKind kind);

    std::string m_project; // holds what had escapes
    std::string m_id;
};

} // namespace Weave
