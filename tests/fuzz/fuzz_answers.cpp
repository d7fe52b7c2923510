// Feeds what a backend may answer, in reads of an odd length. Memory stays bounded and the reader
// ends in one of its states.

#include "forwarding/httpresponse.h"
#include "forwarding/retryafter.h"
#include "forwarding/serverreply.h"

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    using Weave::HttpResponse;
    if (size == 0)
        return 0;
    const std::size_t step = data[0] + 1U;
    const std::string_view text(reinterpret_cast<const char *>(data) + 1, size - 1);
    HttpResponse response;
    for (std::size_t place = 0; place < text.size(); place += step) {
        const std::string piece(text.substr(place, step));
        const std::size_t used = response.feed(piece);
        const bool isOver = response.state() == HttpResponse::State::Done
            || response.state() == HttpResponse::State::Failed;
        if (used > piece.size() || (used < piece.size() && !isOver))
            std::abort();
    }
    response.endOfStream();
    if (response.state() != HttpResponse::State::Done
        && response.state() != HttpResponse::State::Failed)
        std::abort();
    if (response.body().size() > HttpResponse::MaxKeptBodyBytes)
        std::abort();
    const Weave::ServerError error = Weave::parseServerError(response.body());
    if (error.reason.size() > 600 || error.errorCode.size() > 600)
        std::abort();
    (void)Weave::parseServerError(text);
    const auto wait =
        Weave::parseRetryAfter(text.substr(0, 64), std::chrono::system_clock::time_point());
    if (wait && wait->count() < 0)
        std::abort();
    return 0;
}
