#pragma once

#include "common/clock.h"
#include "http/httprouter.h"
#include "http/httpturns.h"
#include "http/passthrough.h"
#include "http/requestreader.h"
#include "ingest/requesthandler.h"

#include <QObject>
#include <QTcpSocket>

#include <memory>

namespace Weave {

// How long an HTTP client may take.
struct HttpTimes
{
    Milliseconds head = std::chrono::seconds(10); // from a request's first byte to its head's last
    Milliseconds request = std::chrono::seconds(60); // to its body's last byte
    Milliseconds idle = std::chrono::seconds(75); // between requests
    Milliseconds write = std::chrono::seconds(60); // without taking a byte of the answer
    Milliseconds linger = std::chrono::seconds(2); // to read a refusal while it still sends
};

// What all sessions of a server share. It outlives them.
struct HttpContext
{
    std::unique_ptr<HttpRouter> router;
    Passthrough passthrough;
    RequestHandler &handler;
    HttpCounts &counts;
    RequestReader::Limits limits;
    ByteBudget budget; // of request bodies
    HttpTimes times;
    bool answersAfterSync = false; // requests whose calls were kept
    bool isStopping = false; // connections end with their request
    HttpTurns turns{};
};

// One HTTP client: reads a request, answers it, reads the next.
class HttpSession final : public QObject
{
    Q_OBJECT

public:
    HttpSession(std::unique_ptr<QTcpSocket> socket, HttpContext &context);
    ~HttpSession() override;

    // Ends the session when the client takes too long. To be called about once a second.
    void checkTime(TimePoint now);
    // The sync that awaitingSync() told of has ended.
    void finishSync(bool isSynced);
    // Its turn has come, for which it has waited in HttpContext::turns.
    void goOn();
    // Ends the session when it is between two requests, as soon as the client has taken its
    // answers; else it ends with the request.
    void stop();
    // Whether the client has sent a whole request and waits for its answer, or for a part of it.
    [[nodiscard]] bool isBusy() const;

Q_SIGNALS:
    // All that there was to answer is written.
    void lastAnswered();
    void awaitingSync(std::uint64_t ticket);
    void closed();

private:
    enum class State {
        Reading,
        Syncing, // the answer is ready, its calls are not synced
        Flushing, // calls go to the trace server before a request that asks for them
        Passing, // the trace server answers
        Lingering, // a refusal is written; what the client still sends is thrown away
        Closed,
    };

    void readSome();
    [[nodiscard]] bool hasMuchUnsent() const;
    void waitForTurn();
    void processInput();
    [[nodiscard]] bool handleHead();
    void handleRequest();
    void flushAndPass();
    void pass();
    void beginPassedAnswer();
    void writePassedAnswer();
    void endPassedAnswer();
    void handlePassFailure(int status, const QString &reason);
    void reply(const HttpReply &reply);
    void refuse(HttpReply reply);
    void nextRequest();
    void linger();
    void close();

    std::unique_ptr<QTcpSocket> m_socket;
    HttpContext &m_context;
    RequestReader m_reader;
    State m_state = State::Reading;
    bool m_isHeadChecked = false;
    bool m_isProcessing = false;
    bool m_isHeldUp = false; // until the client has read some of its answers
    bool m_isWaiting = false; // for a turn
    HttpReply m_waitingReply; // Syncing
    std::unique_ptr<PassedRequest> m_passed;
    bool m_isChunked = false; // the passed answer
    bool m_hasBegun = false; // the passed answer has been written in part
    bool m_endsByClosing = false; // the passed answer: it has neither a length nor chunks
    bool m_closesAfterAnswer = false;
    TimePoint m_since; // idle, or the request's first byte, or lingering
    TimePoint m_lastWritten;
};

} // namespace Weave
