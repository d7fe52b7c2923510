#pragma once

#include "common/call.h"
#include "common/jsoncursor.h"
#include "common/result.h"
#include "http/callroutes.h"

#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace Weave {

// The calls in the body of a request to a CallRoute, and the answer that the trace server would
// give. Payloads stay the client's bytes, but for line breaks, which become spaces. A complete call
// becomes its start and its end, which travel together again on the complete path.
//
// Only what is plainly in order is taken: anything else (a missing id, which the server would make
// up; another project than the route's; keys that nobody knows) is for the trace server to judge.
class CallBody
{
public:
    // The first thing that is not in order. body outlives what calls() gives.
    [[nodiscard]] Result<void> read(const CallRoute &route, std::string_view body);

    [[nodiscard]] const std::vector<CallView> &calls() const { return m_calls; }
    // The answer's body, once all calls are kept.
    [[nodiscard]] const std::string &answer() const { return m_answer; }

private:
    struct Fields;

    bool readBatch(JsonCursor &cursor, const CallRoute &route);
    bool readItem(JsonCursor &cursor);
    bool readPayload(JsonCursor &cursor, CallKind kind);
    bool readComplete(JsonCursor &cursor, const CallRoute &route);
    bool addCall(CallKind kind, const Fields &fields, std::string_view payload);
    void addAnswer(CallKind kind, const Fields &fields);
    [[nodiscard]] std::string_view inOneLine(std::string_view payload);
    [[nodiscard]] std::string_view kept(std::string text);
    [[nodiscard]] std::string_view resolved(const JsonString &string);
    bool refuse(std::string reason);

    std::vector<CallView> m_calls;
    std::deque<std::string> m_texts; // what does not stand in the body as it is
    std::string m_answer;
    std::string m_reason;
};

} // namespace Weave
