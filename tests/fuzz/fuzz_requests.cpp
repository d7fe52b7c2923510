// Feeds what a client of the HTTP door may send, in reads of an odd length and at once. Both ways
// give the same requests; what is read of their bodies as calls is JSON and lies where it may.

#include "common/jsoncursor.h"
#include "http/callbody.h"
#include "http/callroutes.h"
#include "http/inflate.h"
#include "http/requestreader.h"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

namespace {

using State = Weave::RequestReader::State;

constexpr std::uint64_t MaxBodyBytes = 1024;

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

struct Reading
{
    std::vector<Weave::HttpRequest> requests;
    State state = State::Head;
    int status = 0;
    bool isInRequest = false;
};

// A session that turns everything away stops at the first head.
Reading read(std::string_view text, std::size_t step, bool readsBodies)
{
    Weave::ByteBudget budget(4 * MaxBodyBytes);
    Reading reading;
    {
        Weave::RequestReader reader({.bodyBytes = MaxBodyBytes}, budget);
        for (std::size_t place = 0; place < text.size(); place += step) {
            // A copy of its own, so that a view that outlives it is found out.
            const std::string piece(text.substr(place, step));
            reader.feed(piece);
            for (;;) {
                if (reader.state() == State::Body && readsBodies)
                    reader.readBody();
                if (reader.state() != State::Complete)
                    break;
                reading.requests.push_back(reader.request());
                reader.next();
            }
            if (reader.state() == State::Failed || (reader.state() == State::Body && !readsBodies))
                break;
        }
        reading.state = reader.state();
        reading.status = reader.failureStatus();
        reading.isInRequest = reader.isInRequest();
        require((reading.state == State::Failed) == (reading.status >= 400));
        require((reading.status > 0) != reader.failureText().empty());
        require(budget.used() <= MaxBodyBytes);
        if (reading.state == State::Body && !readsBodies)
            require(reader.request().body.empty());
    }
    require(budget.used() == 0);
    return reading;
}

void checkRequest(const Weave::HttpRequest &request)
{
    const auto count = [&request](std::string_view name) {
        return std::count_if(request.headers.begin(), request.headers.end(), [&](const auto &h) {
            return Weave::equalsIgnoringCase(h.first, name);
        });
    };
    require(!request.method.empty());
    require(request.target.starts_with('/'));
    require(request.body.size() <= MaxBodyBytes);
    require(count("Host") == 1 || (request.isHttp10 && count("Host") == 0));
    require(count("Content-Length") + count("Transfer-Encoding") <= 1);
    for (const auto &[name, value] : request.headers) {
        require(!name.empty());
        // Nothing that would end a line where it is written again.
        for (const std::string_view text : {std::string_view(name), std::string_view(value)})
            require(text.find('\r') == text.npos && text.find('\n') == text.npos
                    && text.find('\0') == text.npos);
    }
}

void checkCalls(const Weave::CallRoute &route, std::string_view text)
{
    Weave::CallBody body;
    if (const auto done = body.read(route, text); !done) {
        require(!done.error().message.empty() && body.calls().empty());
        return;
    }
    require(isJson(text) && isJson(body.answer()));
    for (const Weave::CallView &call : body.calls()) {
        require(isJson(call.payload));
        require(!call.project.empty() && call.project.size() <= Weave::MaxCallNameBytes);
        require(!call.id.empty() && call.id.size() <= Weave::MaxCallNameBytes);
        if (route.kind == Weave::CallRoute::Kind::Complete)
            require(call.project == route.project);
        else
            require(call.payload.data() >= text.data()
                    && call.payload.data() + call.payload.size() <= text.data() + text.size());
    }
}

void checkBody(std::string_view text)
{
    using Kind = Weave::CallRoute::Kind;
    for (const Kind kind : {Kind::UpsertBatch, Kind::Start, Kind::End, Kind::Complete})
        checkCalls({kind, "a/b"}, text);
    const auto unpacked = Weave::inflateGzip(text, MaxBodyBytes);
    require(!unpacked || unpacked->size() <= MaxBodyBytes);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    if (size == 0)
        return 0;
    const std::size_t step = data[0] + 1U; // how many bytes a read brings
    const std::string_view text(reinterpret_cast<const char *>(data) + 1, size - 1);
    for (const bool readsBodies : {true, false}) {
        const Reading pieces = read(text, step, readsBodies);
        const Reading whole = read(text, size, readsBodies);
        // What is wrong with a head or a chunk may be seen sooner or later, but nothing else
        // differs.
        const bool hasFailed = pieces.state == State::Failed || whole.state == State::Failed;
        require(hasFailed || pieces.state == whole.state);
        require(hasFailed || pieces.isInRequest == whole.isInRequest);
        require(pieces.requests.size() == whole.requests.size());
        for (std::size_t i = 0; i < pieces.requests.size(); ++i) {
            const Weave::HttpRequest &request = pieces.requests[i];
            require(request.headers == whole.requests[i].headers);
            require(request.body == whole.requests[i].body);
            require(request.target == whole.requests[i].target);
            checkRequest(request);
            checkBody(request.body);
            if (const auto route = Weave::findCallRoute(request.method, request.path()))
                checkCalls(*route, request.body);
        }
    }
    checkBody(text);
    return 0;
}
