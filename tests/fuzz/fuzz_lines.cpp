// Feeds what a client may write: frames cut at odd places, each line parsed. Whatever comes, a line
// gives a request whose parts lie in the line, or an error with a text; and a call can be spliced
// into bodies that are JSON.

#include "batching/calltext.h"
#include "batching/completebody.h"
#include "common/jsoncursor.h"
#include "protocol/framereader.h"
#include "protocol/reply.h"
#include "protocol/requestparser.h"
#include "spool/memoryspool.h"

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace {

void require(bool condition, int line = __builtin_LINE())
{
    if (condition)
        return;
    std::fprintf(stderr, "line %d does not hold\n", line);
    std::abort();
}

bool isJson(std::string_view text)
{
    Weave::JsonCursor cursor(text);
    std::string_view value;
    return cursor.skipValue(value) && cursor.finish();
}

std::string textOf(Weave::RequestBody body)
{
    std::string text(body.size() + 1, '\0');
    text.resize(body.read(text.data(), text.size()));
    return text;
}

bool isJson(const Weave::RequestBody &body)
{
    const std::string text = textOf(body);
    return text.size() == body.size() && isJson(text);
}

// The call with a counterpart, by every route of the complete path.
void checkSplicing(const Weave::CallView &call)
{
    constexpr std::string_view Start = R"({"start":{"id":"a","inputs":{}}})";
    constexpr std::string_view End = R"({"end":{"id":"a","output":1}})";
    const bool isStart = call.kind == Weave::CallKind::Start;
    Weave::CallText text;
    Weave::readCallText(call.kind, call.payload, text);
    require(text.id == call.id);
    Weave::MemorySpool spool(1U << 20U, 1U << 14U);
    const auto record = spool.append(call);
    const auto other = isStart ? spool.append({Weave::CallKind::End, "p", "a", End})
                               : spool.append({Weave::CallKind::Start, "p", "a", Start});
    require(record.ok() && other.ok());
    const std::array pair{isStart ? *record : *other, isStart ? *other : *record};
    const Weave::RequestBody body = Weave::completeBody(pair, spool);
    require(isJson(body));
    std::array<Weave::MembersPlace, 2> places;
    places[isStart ? 0 : 1] = text.membersPlace(call.payload); // of a copy of it
    require(textOf(Weave::completeBody(pair, spool, places)) == textOf(body));
    require(body.size() <= 12 + Weave::maxCompleteItemSize(pair[0], pair[1]));
    require(isJson(isStart ? Weave::startBody(*record, spool)
                           : Weave::endBody(*record, R"("2026-11-23")", spool)));
}

// Lines that begin as SDKs write them are read in a shorter way; a space sends them the longer one.
void checkDetour(const Weave::Result<Weave::Request> &request, std::string_view line)
{
    if (!line.starts_with('{'))
        return;
    std::string other(line);
    other.insert(1, " ");
    Weave::RequestParser parser;
    const auto again = parser.parse(other);
    require(again.ok() == request.ok());
    if (!request)
        return;
    require(again->method == request->method && again->topics == request->topics
            && again->call.kind == request->call.kind
            && again->call.project == request->call.project && again->call.id == request->call.id
            && again->call.payload == request->call.payload);
}

void checkLine(Weave::RequestParser &parser, std::string_view line)
{
    const auto request = parser.parse(line);
    checkDetour(request, line);
    if (!request) {
        require(!request.error().message.empty());
        // The reply must itself be a line of JSON.
        const std::string reply = Weave::failureReply(request.error().message);
        require(reply.find('\n') == reply.size() - 1);
        Weave::JsonCursor cursor(reply);
        std::string_view value;
        require(cursor.skipValue(value) && cursor.finish());
        return;
    }
    const bool isCall =
        request->method == Weave::Method::CallStart || request->method == Weave::Method::CallEnd;
    if (!isCall)
        return;
    const Weave::CallView &call = request->call;
    require(call.payload.data() >= line.data()
            && call.payload.data() + call.payload.size() <= line.data() + line.size());
    require(!call.project.empty() && !call.id.empty());
    require(isJson(call.payload));
    checkSplicing(call);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    if (size == 0)
        return 0;
    const std::size_t step = data[0] + 1U; // how many bytes a read brings
    const std::string_view text(reinterpret_cast<const char *>(data) + 1, size - 1);
    Weave::ByteBudget budget(4096);
    Weave::RequestParser parser;
    {
        Weave::FrameReader frames(2048, budget);
        for (std::size_t place = 0; place < text.size(); place += step) {
            // A copy of its own, so that a view that outlives it is found out.
            const std::string piece(text.substr(place, step));
            frames.feed(piece);
            for (auto frame = frames.next(); frame.status != Weave::Frame::Status::Incomplete;
                 frame = frames.next()) {
                if (frame.status == Weave::Frame::Status::Line)
                    checkLine(parser, frame.text);
            }
        }
        if (const auto last = frames.finish(); last.status == Weave::Frame::Status::Line)
            checkLine(parser, last.text);
    }
    require(budget.used() == 0);
    return 0;
}
