#include "http/requestreader.h"

#include "common/bytesize.h"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

#include <algorithm>
#include <utility>

namespace Weave {

namespace {

namespace Beast = boost::beast;

constexpr int BadRequest = 400;
constexpr int TooLarge = 413;
constexpr int HeadTooLarge = 431;
constexpr std::size_t MaxHeaders = 200;
constexpr int NotImplemented = 501;
constexpr int Overloaded = 503;
constexpr int VersionNotSupported = 505;

bool isNumber(std::string_view text)
{
    return !text.empty()
        && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// "http://host/path" of a client that takes us for a proxy, as "/path"; nothing for other forms.
std::string originForm(std::string_view target)
{
    if (target.starts_with('/'))
        return std::string(target);
    const std::size_t scheme = target.find("://");
    if (scheme == std::string_view::npos)
        return {};
    const std::size_t path = std::min(target.find_first_of("/?", scheme + 3), target.size());
    const std::string_view rest = target.substr(path);
    return rest.starts_with('/') ? std::string(rest) : "/" + std::string(rest);
}

} // namespace

class RequestReader::Parser final : public Beast::http::basic_parser<true>
{
public:
    explicit Parser(RequestReader &reader)
        : m_reader(reader)
    {
        header_limit(reader.m_limits.headBytes);
        body_limit(reader.m_limits.bodyBytes);
    }

private:
    using Text = Beast::string_view;
    using Code = Beast::error_code;
    using Field = Beast::http::field;

    static std::string_view view(Text text) { return {text.data(), text.size()}; }

    void refuse(int status, std::string text, Code &code)
    {
        m_reader.fail(status, std::move(text));
        code = make_error_code(boost::system::errc::protocol_error);
    }

    void on_request_impl(Beast::http::verb /*verb*/, Text method, Text target, int version,
                         Code &code) override
    {
        HttpRequest &request = m_reader.m_request;
        request.method = view(method);
        request.target = originForm(view(target));
        request.isHttp10 = version == 10;
        if (request.target.empty())
            refuse(BadRequest, "the request target is not a path", code);
    }

    void on_response_impl(int /*status*/, Text /*reason*/, int /*version*/,
                          Code & /*code*/) override
    {
    }

    void on_field_impl(Field field, Text name, Text value, Code &code) override
    {
        if (m_isHeadRead)
            return; // a trailer: nobody needs one, and it must not change what was decided
        if (m_reader.m_request.headers.size() >= MaxHeaders)
            refuse(HeadTooLarge, "the request has more than 200 headers", code);
        if (field == Field::host)
            ++m_hosts;
        else if (field == Field::content_length && (++m_lengths > 1 || !isNumber(view(value))))
            refuse(BadRequest, "Content-Length is not one number", code);
        else if (field == Field::transfer_encoding
                 && (++m_codings > 1 || !equalsIgnoringCase(view(value), "chunked")))
            refuse(NotImplemented, "Transfer-Encoding is not \"chunked\"", code);
        m_reader.m_request.headers.emplace_back(view(name), view(value));
    }

    void on_header_impl(Code &code) override
    {
        m_isHeadRead = true;
        HttpRequest &request = m_reader.m_request;
        request.keepsAlive = keep_alive();
        if (m_codings > 0 && (m_lengths > 0 || request.isHttp10))
            refuse(BadRequest, "Transfer-Encoding beside Content-Length or in HTTP/1.0", code);
        else if (m_hosts > 1 || (m_hosts == 0 && !request.isHttp10))
            refuse(BadRequest, "not exactly one Host header", code);
    }

    void on_body_init_impl(const boost::optional<std::uint64_t> &length, Code & /*code*/) override
    {
        // Room for the usual body at once; a length that is only claimed costs no more than this.
        constexpr std::uint64_t MostAtOnce = std::uint64_t{256} * 1024;
        if (length)
            m_reader.m_request.body.reserve(std::min(*length, MostAtOnce));
    }

    std::size_t on_body_impl(Text bytes, Code &code) override
    {
        if (!m_reader.m_budget.tryTake(bytes.size())) {
            refuse(Overloaded, "too many large requests are on their way at once; try again", code);
            return 0;
        }
        m_reader.m_budgetTaken += bytes.size();
        m_reader.m_request.body.append(bytes.data(), bytes.size());
        return bytes.size();
    }

    void on_chunk_header_impl(std::uint64_t /*size*/, Text /*extensions*/, Code & /*code*/) override
    {
    }

    std::size_t on_chunk_body_impl(std::uint64_t /*left*/, Text bytes, Code &code) override
    {
        return on_body_impl(bytes, code);
    }

    void on_finish_impl(Code & /*code*/) override { }

    RequestReader &m_reader;
    int m_hosts = 0;
    int m_lengths = 0;
    int m_codings = 0;
    bool m_isHeadRead = false;
};

RequestReader::RequestReader(const Limits &limits, ByteBudget &budget)
    : m_limits(limits),
      m_budget(budget)
{
    beginRequest();
}

RequestReader::~RequestReader()
{
    m_budget.giveBack(m_budgetTaken);
}

void RequestReader::beginRequest()
{
    m_budget.giveBack(std::exchange(m_budgetTaken, 0));
    m_request = HttpRequest();
    m_parser = std::make_unique<Parser>(*this);
    m_state = State::Head;
    m_headBytes = 0;
    m_mayReadBody = false;
}

void RequestReader::feed(std::string_view bytes)
{
    m_input += bytes;
    advance();
}

void RequestReader::readBody()
{
    m_mayReadBody = true;
    advance();
}

// A put() takes one part of a request, and needs each line of the head and of a chunk's head whole.
void RequestReader::advance()
{
    std::size_t used = 0;
    while (m_state == State::Head || (m_state == State::Body && m_mayReadBody)) {
        if (m_parser->is_done()) {
            m_state = State::Complete;
            break;
        }
        if (used == m_input.size())
            break;
        Beast::error_code code;
        const boost::asio::const_buffer rest(m_input.data() + used, m_input.size() - used);
        const bool isHead = m_state == State::Head;
        const std::size_t bodyBytes = m_request.body.size();
        const std::size_t taken = m_parser->put(rest, code);
        used += taken;
        if (m_state == State::Failed)
            break; // we have refused it
        // Beast bounds what it is given at once. A head that comes line by line, and what stands
        // between the data of chunks, could grow for ever.
        std::size_t lines = taken - (m_request.body.size() - bodyBytes);
        if (isHead)
            lines = m_headBytes += taken;
        if (code == Beast::http::error::need_more)
            lines += m_input.size() - used;
        if (lines > m_limits.headBytes || code == Beast::http::error::header_limit)
            fail(HeadTooLarge,
                 "the head of the request is larger than " + formatByteSize(m_limits.headBytes));
        else if (code == Beast::http::error::need_more)
            break;
        else if (code == Beast::http::error::body_limit)
            fail(TooLarge,
                 "the body of the request is larger than " + formatByteSize(m_limits.bodyBytes));
        else if (code == Beast::http::error::bad_version)
            fail(VersionNotSupported, "only HTTP/1.1 and HTTP/1.0 are spoken here");
        else if (code)
            fail(BadRequest, "not an HTTP request: " + code.message());
        else if (m_state == State::Head && m_parser->is_header_done())
            m_state = State::Body;
    }
    m_input.erase(0, used);
}

void RequestReader::next()
{
    beginRequest();
    advance();
}

bool RequestReader::isInRequest() const
{
    return m_state == State::Body
        || (m_state == State::Head && (m_headBytes > 0 || !m_input.empty()));
}

void RequestReader::fail(int status, std::string text)
{
    if (m_state == State::Failed)
        return; // the first reason is the one
    m_state = State::Failed;
    m_failureStatus = status;
    m_failureText = std::move(text);
    // What has come of the body is of no use any more, and others need the room.
    m_request.body = std::string();
    m_budget.giveBack(std::exchange(m_budgetTaken, 0));
}

} // namespace Weave
