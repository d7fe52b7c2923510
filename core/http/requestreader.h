#pragma once

#include "http/httprequest.h"
#include "protocol/framereader.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace Weave {

// Reads HTTP/1.1 requests, one after the other, from the bytes of a connection. Boost.Beast's
// parser does the grammar; what two readers of one request could take differently (two lengths, a
// length beside chunks, an unknown transfer coding, no host or two) is refused here, RFC 9112.
//
// After the head it waits for readBody(), so that a request can be turned away before its body has
// come.
class RequestReader
{
public:
    struct Limits
    {
        std::uint32_t headBytes = 64 * 1024;
        std::uint64_t bodyBytes = std::uint64_t{32} * 1024 * 1024; // what the trace server takes
    };

    enum class State {
        Head, // the head is not complete
        Body, // the head is complete, the body is not
        Complete, // request() is whole; next() ends it
        Failed, // the connection is of no more use
    };

    // Bodies of all readers share the budget, which outlives them.
    RequestReader(const Limits &limits, ByteBudget &budget);
    ~RequestReader();
    RequestReader(const RequestReader &) = delete;
    RequestReader &operator=(const RequestReader &) = delete;

    void feed(std::string_view bytes);
    void readBody();

    [[nodiscard]] State state() const { return m_state; }
    // From Body on, the body aside.
    [[nodiscard]] HttpRequest &request() { return m_request; }
    // Complete: forgets the request and goes on with what was sent behind it.
    void next();

    // Whether a request has begun and is not complete.
    [[nodiscard]] bool isInRequest() const;
    // Failed: the status to answer with, and what is wrong.
    [[nodiscard]] int failureStatus() const { return m_failureStatus; }
    [[nodiscard]] const std::string &failureText() const { return m_failureText; }

private:
    class Parser;

    void advance();
    void beginRequest();
    void fail(int status, std::string text);

    const Limits m_limits;
    ByteBudget &m_budget;
    std::size_t m_budgetTaken = 0;
    std::unique_ptr<Parser> m_parser;
    HttpRequest m_request;
    std::string m_input; // not parsed yet
    std::size_t m_headBytes = 0; // of this request, parsed
    State m_state = State::Head;
    bool m_mayReadBody = false;
    int m_failureStatus = 0;
    std::string m_failureText;
};

} // namespace Weave
