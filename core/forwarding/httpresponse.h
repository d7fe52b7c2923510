#pragma once

#include "common/bytesize.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace Weave {

// Reads one HTTP/1.1 response (RFC 9112) from bytes as they come. Free of sockets, so that a
// fuzzer can feed it. Keeps what delivery looks at and throws the rest away: memory is bounded
// whatever the server sends.
class HttpResponse
{
public:
    enum class State {
        Head, // status line and headers are not complete
        Body,
        Done, // the whole response has been read
        Failed, // this is no HTTP, or over a limit; errorText() says what
    };

    static constexpr std::size_t MaxHeadBytes = 64 * KiB;
    static constexpr std::size_t MaxKeptBodyBytes = 64 * KiB; // the rest is read and forgotten

    // Takes what belongs to the response and returns its length; less than given only when the
    // response is Done or Failed.
    std::size_t feed(std::string_view bytes);
    // The connection has ended. A body without a length ends with it; anything else that is not
    // complete has been cut off and fails.
    void endOfStream();

    [[nodiscard]] State state() const { return m_state; }
    [[nodiscard]] const char *errorText() const { return m_errorText; }
    // Whether anything has come yet.
    [[nodiscard]] bool hasStarted() const { return m_hasStarted; }

    [[nodiscard]] int status() const { return m_status; }
    [[nodiscard]] const std::string &retryAfter() const { return m_retryAfter; }
    [[nodiscard]] const std::string &location() const { return m_location; }
    [[nodiscard]] const std::string &body() const { return m_body; }
    // Whether another request may follow on the same connection. Only when Done.
    [[nodiscard]] bool keepsConnection() const { return m_keepsConnection; }

private:
    enum class Framing { Length, Chunked, UntilClose };
    enum class ChunkPart { Size, Data, DataEnd, Trailer };

    void fail(const char *text);
    bool takeLine(std::string_view &bytes);
    void readHead(std::string_view &bytes);
    void readStatusLine();
    void readHeader();
    void endHead();
    void readBody(std::string_view &bytes);
    void readChunks(std::string_view &bytes);
    void readChunkSize();
    void keep(std::string_view bytes);

    State m_state = State::Head;
    const char *m_errorText = "";
    bool m_hasStarted = false;
    std::string m_line; // the line of the head or of the chunk framing that is being read
    bool m_lineIsComplete = false;
    std::size_t m_headBytes = 0;

    int m_status = 0;
    std::string m_retryAfter;
    std::string m_location;
    bool m_hasLength = false;
    bool m_isChunked = false;
    bool m_keepsConnection = true;

    Framing m_framing = Framing::Length;
    ChunkPart m_chunkPart = ChunkPart::Size;
    std::uint64_t m_left = 0; // of the body, or of the chunk
    std::string m_body;
};

} // namespace Weave
