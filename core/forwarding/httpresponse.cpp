#include "forwarding/httpresponse.h"

#include "common/textnumber.h"

#include <algorithm>

namespace Weave {

namespace {

char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool equalsIgnoringCase(std::string_view a, std::string_view b)
{
    return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) {
               return lower(x) == lower(y);
           });
}

std::string_view trimmed(std::string_view text)
{
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
        text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r'))
        text.remove_suffix(1);
    return text;
}

// Whether a comma-separated header value lists the token.
bool listsToken(std::string_view list, std::string_view token)
{
    while (!list.empty()) {
        const std::size_t length = std::min(list.find(','), list.size());
        if (equalsIgnoringCase(trimmed(list.substr(0, length)), token))
            return true;
        list.remove_prefix(std::min(length + 1, list.size()));
    }
    return false;
}

} // namespace

void HttpResponse::fail(const char *text)
{
    m_state = State::Failed;
    m_errorText = text;
}

std::size_t HttpResponse::feed(std::string_view bytes)
{
    const std::size_t given = bytes.size();
    while (!bytes.empty() && m_state != State::Done && m_state != State::Failed) {
        m_hasStarted = true;
        if (m_state == State::Head)
            readHead(bytes);
        else
            readBody(bytes);
    }
    return given - bytes.size();
}

void HttpResponse::endOfStream()
{
    if (m_state == State::Done || m_state == State::Failed)
        return;
    if (m_state == State::Body && m_framing == Framing::UntilClose)
        m_state = State::Done;
    else
        fail(m_hasStarted ? "the connection was closed in the middle of the answer"
                          : "the connection was closed before an answer came");
}

// Gathers a line; true when it is whole, without its line end.
bool HttpResponse::takeLine(std::string_view &bytes)
{
    if (m_lineIsComplete) {
        m_line.clear();
        m_lineIsComplete = false;
    }
    const std::size_t length = std::min(bytes.find('\n'), bytes.size());
    m_headBytes += std::min(length + 1, bytes.size());
    if (m_headBytes > MaxHeadBytes) {
        fail("the answer's headers are too long");
        return false;
    }
    m_line.append(bytes.substr(0, length));
    m_lineIsComplete = length != bytes.size();
    bytes.remove_prefix(std::min(length + 1, bytes.size()));
    if (m_lineIsComplete && m_line.ends_with('\r'))
        m_line.pop_back();
    return m_lineIsComplete;
}

void HttpResponse::readHead(std::string_view &bytes)
{
    if (!takeLine(bytes))
        return;
    if (m_status == 0)
        readStatusLine();
    else if (m_line.empty())
        endHead();
    else
        readHeader();
}

void HttpResponse::readStatusLine()
{
    const std::string_view line = m_line;
    const bool isHttp1 = line.size() >= 12 && line.starts_with("HTTP/1.") && line[8] == ' '
        && (line.size() == 12 || line[12] == ' ');
    const auto status = isHttp1 ? parseUnsigned(line.substr(9, 3))
                                : Result<std::uint64_t>(Error{ErrorCode::Malformed, {}});
    if (!status || *status < 100 || *status > 599) {
        fail("what answers is not an HTTP server");
        return;
    }
    m_status = static_cast<int>(*status);
    m_keepsConnection = line[7] != '0';
}

void HttpResponse::readHeader()
{
    const std::string_view line = m_line;
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || colon == 0) {
        fail("the answer has a malformed header");
        return;
    }
    const std::string_view name = line.substr(0, colon);
    const std::string_view value = trimmed(line.substr(colon + 1));
    if (equalsIgnoringCase(name, "content-length")) {
        const auto length = parseUnsigned(value);
        if (!length || (m_hasLength && *length != m_left)) {
            fail("the answer has a malformed Content-Length");
            return;
        }
        m_hasLength = true;
        m_left = *length;
    } else if (equalsIgnoringCase(name, "transfer-encoding")) {
        m_isChunked = listsToken(value, "chunked");
    } else if (equalsIgnoringCase(name, "connection")) {
        if (listsToken(value, "close"))
            m_keepsConnection = false;
        else if (listsToken(value, "keep-alive"))
            m_keepsConnection = true;
    } else if (equalsIgnoringCase(name, "retry-after")) {
        m_retryAfter = value;
    } else if (equalsIgnoringCase(name, "location")) {
        m_location = value;
    }
}

void HttpResponse::endHead()
{
    if (m_status < 200) { // 100 Continue and its like: the real answer follows
        if (m_status == 101) {
            fail("the server wants to switch protocols");
            return;
        }
        const std::size_t headBytes = m_headBytes; // the limit is for all of them together
        *this = HttpResponse();
        m_hasStarted = true;
        m_headBytes = headBytes;
        return;
    }
    m_headBytes = 0;
    m_state = State::Body;
    if (m_status == 204 || m_status == 304) {
        m_state = State::Done;
    } else if (m_isChunked) {
        m_framing = Framing::Chunked;
    } else if (m_hasLength) {
        m_framing = Framing::Length;
        if (m_left == 0)
            m_state = State::Done;
    } else {
        m_framing = Framing::UntilClose;
        m_keepsConnection = false;
    }
}

void HttpResponse::keep(std::string_view bytes)
{
    m_body.append(bytes.substr(0, MaxKeptBodyBytes - m_body.size()));
}

void HttpResponse::readBody(std::string_view &bytes)
{
    if (m_framing == Framing::Chunked) {
        readChunks(bytes);
        return;
    }
    if (m_framing == Framing::UntilClose) {
        keep(bytes);
        bytes = {};
        return;
    }
    const auto length = static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size(), m_left));
    keep(bytes.substr(0, length));
    bytes.remove_prefix(length);
    m_left -= length;
    if (m_left == 0)
        m_state = State::Done;
}

void HttpResponse::readChunks(std::string_view &bytes)
{
    if (m_chunkPart == ChunkPart::Data) {
        const auto length = static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size(), m_left));
        keep(bytes.substr(0, length));
        bytes.remove_prefix(length);
        m_left -= length;
        if (m_left == 0)
            m_chunkPart = ChunkPart::DataEnd;
        return;
    }
    if (!takeLine(bytes))
        return;
    switch (m_chunkPart) {
    case ChunkPart::Size:
        readChunkSize();
        break;
    case ChunkPart::DataEnd:
        if (!m_line.empty())
            fail("the answer has a malformed chunk");
        m_headBytes = 0;
        m_chunkPart = ChunkPart::Size;
        break;
    case ChunkPart::Trailer:
        if (m_line.empty())
            m_state = State::Done;
        break;
    case ChunkPart::Data:
        break;
    }
}

void HttpResponse::readChunkSize()
{
    const std::string_view line = m_line;
    const auto size = parseUnsigned(trimmed(line.substr(0, line.find(';'))), 16);
    if (!size) {
        fail("the answer has a malformed chunk size");
        return;
    }
    m_left = *size;
    m_chunkPart = m_left == 0 ? ChunkPart::Trailer : ChunkPart::Data;
}

} // namespace Weave
