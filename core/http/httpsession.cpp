#include "http/httpsession.h"

#include <algorithm>
#include <sys/socket.h>
#include <utility>

namespace Weave {

namespace {

constexpr qint64 ReadBytes = qint64{64} * 1024;
constexpr qint64 MostBuffered = 2 * ReadBytes; // by Qt
// More than this of an answer is not waiting for a client that reads slowly.
constexpr qint64 MaxUnsentBytes = qint64{256} * 1024;

} // namespace

HttpSession::HttpSession(std::unique_ptr<QTcpSocket> socket, HttpContext &context)
    : m_socket(std::move(socket)),
      m_context(context),
      m_reader(context.limits, context.budget),
      m_since(SteadyClock::now()),
      m_lastWritten(m_since)
{
    ++m_context.counts.connectionsOpen;
    m_socket->setReadBufferSize(MostBuffered);
    m_socket->setSocketOption(QAbstractSocket::LowDelayOption, 1);
    connect(m_socket.get(), &QTcpSocket::readyRead, this, &HttpSession::readSome);
    connect(m_socket.get(), &QTcpSocket::disconnected, this, &HttpSession::close);
    connect(m_socket.get(), &QTcpSocket::bytesWritten, this, [this] {
        m_lastWritten = SteadyClock::now();
        if (m_state == State::Passing)
            writePassedAnswer();
        if (m_isHeldUp && !hasMuchUnsent())
            waitForTurn(); // the socket does not tell now of what is written now
    });
}

HttpSession::~HttpSession()
{
    --m_context.counts.connectionsOpen;
    m_context.turns.remove(*this);
    m_socket->disconnect(this);
}

// Of a client that asks and asks and does not read its answers, no more is taken.
bool HttpSession::hasMuchUnsent() const
{
    return m_socket->bytesToWrite() >= MaxUnsentBytes;
}

// Meanwhile Qt must not see the end of what the client sends: it would close, and a client that has
// shut down its sending side still reads. There is a byte in its buffer, and it wants no second
// one.
void HttpSession::waitForTurn()
{
    m_isHeldUp = false;
    m_isWaiting = true;
    m_socket->setReadBufferSize(1);
    m_context.turns.add(*this);
}

void HttpSession::goOn()
{
    m_isWaiting = false;
    m_since = SteadyClock::now(); // until now it has waited for us
    processInput();
    if (m_isWaiting || m_state == State::Closed)
        return;
    m_socket->setReadBufferSize(MostBuffered);
    readSome();
    if (m_state == State::Reading && !isBusy())
        Q_EMIT lastAnswered();
}

void HttpSession::readSome()
{
    const HttpTurns::Work work(m_context.turns);
    while (m_socket->bytesAvailable() > 0 && !m_isHeldUp && !m_isWaiting) {
        if (m_state == State::Lingering) {
            m_socket->skip(m_socket->bytesAvailable());
            return;
        }
        if (m_state != State::Reading)
            return; // the next request has time
        if (m_context.turns.isOver()) {
            waitForTurn();
            return;
        }
        const bool isNew = !m_reader.isInRequest();
        // The last byte comes alone: it completes one request at most, so nothing waits behind it.
        // Asked for more than there is, Qt listens to the client again.
        const qint64 last = m_socket->bytesAvailable() - 1;
        const QByteArray bytes = m_socket->read(last > 0 ? std::min(last, ReadBytes) : ReadBytes);
        if (isNew)
            m_since = SteadyClock::now();
        m_reader.feed({bytes.data(), static_cast<std::size_t>(bytes.size())});
        processInput();
        // Before the end of the client's own bytes is seen, which Qt answers by closing: a client
        // that has shut down its sending side still reads.
        m_socket->flush();
    }
}

void HttpSession::processInput()
{
    if (std::exchange(m_isProcessing, true))
        return; // an answer that was ready at once has come back here
    const HttpTurns::Work work(m_context.turns);
    bool goesOn = true;
    bool isFirst = true;
    while (goesOn && m_state == State::Reading) {
        m_isHeldUp = hasMuchUnsent();
        if (m_isHeldUp)
            break;
        switch (m_reader.state()) {
        case RequestReader::State::Head:
            goesOn = false;
            break;
        case RequestReader::State::Body:
            goesOn = !m_isHeadChecked;
            if (goesOn && !isFirst && m_context.turns.isOver()) {
                waitForTurn();
                goesOn = false;
            }
            goesOn = goesOn && handleHead();
            isFirst = false;
            break;
        case RequestReader::State::Complete:
            handleRequest();
            break;
        case RequestReader::State::Failed:
            refuse(errorReply(m_reader.failureStatus(), m_reader.failureText()));
            break;
        }
    }
    m_isProcessing = false;
}

// Whether the request goes on.
bool HttpSession::handleHead()
{
    constexpr int ExpectationFailed = 417;
    m_isHeadChecked = true;
    HttpRequest &head = m_reader.request();
    const QHostAddress peer = m_socket->peerAddress(); // null by a Unix socket
    head.isFromElsewhere = !peer.isNull() && !peer.isLoopback();
    const std::string_view expect = head.header("Expect");
    if (!expect.empty() && !equalsIgnoringCase(expect, "100-continue")) {
        refuse(errorReply(ExpectationFailed, "Expect: only 100-continue is known"));
        return false;
    }
    if (auto refusal = m_context.router->turnAway(head)) {
        refuse(std::move(*refusal));
        return false;
    }
    if (!expect.empty() && !head.isHttp10)
        m_socket->write("HTTP/1.1 100 Continue\r\n\r\n");
    m_reader.readBody();
    return true;
}

void HttpSession::handleRequest()
{
    HttpRequest &request = m_reader.request();
    m_closesAfterAnswer = !request.keepsAlive || m_context.isStopping;
    auto answer = m_context.router->answer(request);
    if (!answer) {
        if (m_context.router->shouldFlushBefore(request))
            flushAndPass();
        else
            pass();
        return;
    }
    using Outcome = HttpRouter::Outcome;
    HttpCounts &counts = m_context.counts;
    ++(answer->outcome == Outcome::Kept         ? counts.kept
           : answer->outcome == Outcome::Health ? counts.health
                                                : counts.refused);
    if (answer->outcome == Outcome::Kept && m_context.answersAfterSync) {
        m_waitingReply = std::move(answer->reply);
        m_state = State::Syncing;
        Q_EMIT awaitingSync(m_context.handler.requestSync());
        return;
    }
    reply(answer->reply);
    nextRequest();
}

void HttpSession::finishSync(bool isSynced)
{
    if (m_state != State::Syncing)
        return;
    constexpr int Unavailable = 503;
    // Kept or not, the client has to send them again: they may come to the server twice.
    reply(isSynced ? m_waitingReply
                   : errorReply(Unavailable,
                                "the disk did not take the calls in time; send them "
                                "again"));
    nextRequest();
    readSome();
}

void HttpSession::reply(const HttpReply &reply)
{
    m_closesAfterAnswer = m_closesAfterAnswer || reply.closes;
    const std::string bytes =
        toBytes(reply, !m_closesAfterAnswer, m_reader.request().method == "HEAD");
    m_socket->write(bytes.data(), static_cast<qint64>(bytes.size()));
}

// Before the body has been read: the connection cannot be used any more.
void HttpSession::refuse(HttpReply refusal)
{
    ++m_context.counts.refused;
    refusal.closes = true;
    reply(refusal);
    linger();
}

void HttpSession::nextRequest()
{
    m_lastWritten = SteadyClock::now();
    m_since = m_lastWritten;
    if (m_closesAfterAnswer) {
        linger();
        return;
    }
    m_state = State::Reading;
    m_isHeadChecked = false;
    m_reader.next();
    processInput();
}

// Closing a socket with unread input resets it, and the client would never see the answer.
void HttpSession::linger()
{
    m_state = State::Lingering;
    m_since = SteadyClock::now();
    const auto shutDown = [this] {
        if (m_state != State::Lingering || m_socket->bytesToWrite() > 0)
            return;
        ::shutdown(static_cast<int>(m_socket->socketDescriptor()), SHUT_WR);
        Q_EMIT lastAnswered();
    };
    connect(m_socket.get(), &QTcpSocket::bytesWritten, this, shutDown);
    m_socket->flush();
    shutDown();
    m_socket->skip(m_socket->bytesAvailable());
}

void HttpSession::checkTime(TimePoint now)
{
    const HttpTimes &times = m_context.times;
    constexpr int RequestTimeout = 408;
    if (m_socket->bytesToWrite() == 0)
        m_lastWritten = now; // the next byte of an answer may come after a long wait for it
    if (now - m_lastWritten > times.write) {
        close();
    } else if (m_state == State::Lingering) {
        if (now - m_since > times.linger && m_socket->bytesToWrite() == 0)
            close();
    } else if (m_state == State::Reading && !m_isHeldUp && !m_isWaiting) {
        const bool isInHead = m_reader.state() == RequestReader::State::Head;
        const Milliseconds limit = !m_reader.isInRequest() ? times.idle
            : isInHead                                     ? times.head
                                                           : times.request;
        if (now - m_since <= limit)
            return;
        if (m_reader.isInRequest())
            refuse(errorReply(RequestTimeout, "the request did not come in time"));
        else if (m_socket->bytesToWrite() == 0) // else it has the time for writing
            close();
    }
}

bool HttpSession::isBusy() const
{
    return (m_state == State::Reading && m_isWaiting) || m_state == State::Syncing
        || m_state == State::Flushing || m_state == State::Passing
        || ((m_state == State::Lingering || m_isHeldUp) && m_socket->bytesToWrite() > 0);
}

void HttpSession::stop()
{
    m_closesAfterAnswer = true;
    if (m_state != State::Reading || m_isWaiting || m_reader.isInRequest())
        return;
    if (m_socket->bytesToWrite() > 0)
        linger();
    else
        close();
}

void HttpSession::close()
{
    if (std::exchange(m_state, State::Closed) == State::Closed)
        return;
    m_socket->disconnect(this);
    if (m_passed) {
        m_passed->disconnect(this);
        m_passed.release()->deleteLater();
    }
    m_socket->abort();
    Q_EMIT closed();
}

} // namespace Weave
