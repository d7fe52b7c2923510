#include "ingest/connection.h"

#include "common/bytesize.h"
#include "common/unixsocket.h"
#include "protocol/reply.h"

#include <QEvent>
#include <QPointer>

#include <cerrno>
#include <cstring>
#include <sys/socket.h>
#include <unistd.h>

namespace Weave {

namespace {

// A client with this much unread reply is not read from until it has taken some.
constexpr std::size_t MaxUnreadReplies = 64 * KiB;

Refusal refusalOf(const Error &error)
{
    switch (error.code) {
    case ErrorCode::InvalidArgument:
        return Refusal::UnknownMethod;
    default:
        return Refusal::Malformed;
    }
}

} // namespace

Connection::ReadNotifier::ReadNotifier(Connection &connection)
    : Notifier(connection.m_socket.get(), QSocketNotifier::Read),
      m_connection(connection)
{
}

bool Connection::ReadNotifier::event(QEvent *event)
{
    if (event->type() != QEvent::SockAct)
        return Notifier::event(event);
    m_connection.readSome();
    return true;
}

Connection::Connection(UniqueFd socket, std::uint16_t number, ConnectionContext &context)
    : m_socket(std::move(socket)),
      m_number(number),
      m_peer(peerOf(m_socket.get())),
      m_context(context),
      m_frames(context.maxLineBytes, context.budget),
      m_readNotifier(*this),
      m_writeNotifier(m_socket.get(), QSocketNotifier::Write)
{
    m_writeNotifier.turn(false);
    connect(&m_writeNotifier, &QSocketNotifier::activated, this, [this] {
        writeReplies();
        updateReading();
    });
    ++m_context.stats.connectionsOpen;
}

Connection::~Connection()
{
    if (m_isInRound) {
        m_context.round.remove(*this);
        [[maybe_unused]] const bool isThere = m_isSyncing || sendReplies();
    }
    --m_context.stats.connectionsOpen;
}

// One read a wake-up, so that a client that never pauses leaves room for the others.
void Connection::readSome()
{
    const std::span<char> buffer =
        m_context.readBuffer.first(m_frames.mostToFeed(m_context.readBuffer.size()));
    const ssize_t length = ::recv(m_socket.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (length < 0) {
        if (errno != EAGAIN && errno != EINTR)
            close();
        return;
    }
    if (length == 0) {
        m_streamEnded = true;
    } else {
        m_frames.feed({buffer.data(), static_cast<std::size_t>(length)});
    }
    handleInput();
}

void Connection::handleInput()
{
    if (m_isClosed)
        return;
    m_isHandling = true;
    while (!m_isWaiting && !isHeldUp()) {
        const Frame frame = m_frames.next();
        if (frame.status == Frame::Status::Incomplete)
            break;
        handleFrame(frame);
        ++m_linesInRound;
    }
    if (!m_frames.isDrained())
        m_frames.park(); // the read buffer is everybody's
    if (m_streamEnded)
        endOfStream();
    m_isHandling = false;
    if (!m_unsyncedCalls.empty() && !std::exchange(m_isSyncing, true))
        Q_EMIT awaitingSync(m_context.handler.requestSync());
    if (!std::exchange(m_isInRound, true))
        m_context.round.add(*this, m_linesInRound == 1 || m_streamEnded);
}

void Connection::endRound(bool shouldPause)
{
    m_isInRound = false;
    // Who waits for each reply is slowed down by that already.
    const bool canPause = std::exchange(m_linesInRound, 0) > 1 && !m_isClosed;
    if (shouldPause && canPause) {
        m_isPausing = true;
        Q_EMIT pausing();
    }
    updateReading();
}

void Connection::resume()
{
    m_isPausing = false;
    updateReading();
}

void Connection::finishSync(bool isSynced)
{
    m_isSyncing = false;
    if (!isSynced)
        takeBackSuccess();
    m_unsyncedCalls.clear();
    writeReplies(); // the lines behind may need a sync of their own
    handleInput();
}

// What was accepted stays in the spool and may be delivered, too: the server takes a call twice.
// Without this reply its client would believe it safe.
void Connection::takeBackSuccess()
{
    const std::string failure =
        failureReply("the disk did not take the call in time; send this call directly");
    std::string replies;
    std::size_t done = 0;
    for (const std::size_t place : m_unsyncedCalls) {
        replies.append(m_replies, done, place - done);
        replies += failure;
        done = place + SuccessReply.size();
        m_context.stats.refuse(Refusal::SpoolError);
    }
    replies.append(m_replies, done);
    m_replies = std::move(replies);
}

// On Linux all that the client's writes have delivered is still there to be read, then comes the
// end of the stream; no write can fall in between unnoticed.
void Connection::endInput()
{
    m_isInputEnded = true;
    ::shutdown(m_socket.get(), SHUT_RD);
}

// A last line without a newline counts, as it did for the predecessor.
void Connection::endOfStream()
{
    if (m_isWaiting || m_isInputEnded || !m_frames.isDrained())
        return;
    const Frame frame = m_frames.finish();
    if (frame.status != Frame::Status::Incomplete)
        handleFrame(frame);
}

void Connection::handleFrame(const Frame &frame)
{
    switch (frame.status) {
    case Frame::Status::Line:
        if (auto request = m_context.parser.parse(frame.text))
            handleRequest(*request);
        else
            refuse(refusalOf(request.error()), request.error().message);
        return;
    case Frame::Status::TooLong:
        refuse(Refusal::LineTooLong,
               "the line is longer than " + std::to_string(m_context.maxLineBytes)
                   + " bytes (--max-line-bytes); send this call directly");
        return;
    case Frame::Status::OverBudget:
        refuse(Refusal::MemoryLimit,
               "too many long lines are on their way at once; send this call directly");
        return;
    case Frame::Status::Incomplete:
        return;
    }
}

void Connection::handleRequest(Request &request)
{
    switch (request.method) {
    case Method::CallStart:
    case Method::CallEnd:
        request.call.client = m_number;
        if (const auto refused = m_context.handler.acceptCall(request.call))
            refuse(refused->reason, refused->text);
        else
            noteAccepted(request.call);
        return;
    case Method::Flush: {
        m_isWaiting = true;
        const QPointer<Connection> self(this);
        m_context.handler.flush([self](const std::string &reply) {
            if (self)
                self->finishDelayed(reply);
        });
        return;
    }
    case Method::Status:
        m_replies.append(statusReply(toJson(m_context.handler.statusReport())));
        return;
    case Method::Subscribe:
    case Method::Pause:
    case Method::Resume:
    case Method::Retry:
    case Method::Reload:
        handleControl(request);
        return;
    }
}

void Connection::noteAccepted(const CallView &call)
{
    ++m_calls;
    m_callBytes += call.payload.size();
    if (m_context.answersAfterSync)
        m_unsyncedCalls.push_back(m_replies.size());
    m_replies.append(SuccessReply);
}

// Everybody who may hand over calls may read the status; what changes the daemon, or shows other
// people's calls, is its own user's business.
void Connection::handleControl(const Request &request)
{
    if (m_peer.user != ::geteuid() && m_peer.user != 0) {
        refuse(Refusal::NotAllowed,
               "only root and the user that the daemon runs as (uid " + std::to_string(::geteuid())
                   + ") may do this");
        return;
    }
    RequestHandler &handler = m_context.handler;
    if (request.method == Method::Subscribe) {
        if (std::exchange(m_hasSubscribed, true)) {
            refuse(Refusal::Malformed, "this connection has subscribed before; use another one");
            return;
        }
        m_replies.append(SuccessReply); // before the first event
        const QPointer<Connection> self(this);
        handler.subscribe(request.topics, [self](std::string_view line) {
            return self ? self->push(line) : RequestHandler::Pushed::Gone;
        });
    } else if (request.method == Method::Retry) {
        if (handler.retryNow())
            m_replies.append(SuccessReply);
        else
            m_replies.append(failureReply(PausedText));
    } else if (request.method == Method::Reload) {
        if (const auto reloaded = handler.reload())
            m_replies.append(
                reloadReply(reloaded->changed, reloaded->needsRestart, reloaded->notUsed));
        else
            m_replies.append(failureReply("the old settings stay: " + reloaded.error().message));
    } else {
        m_replies.append(SuccessReply);
        handler.setPaused(request.method == Method::Pause);
    }
}

RequestHandler::Pushed Connection::push(std::string_view line)
{
    if (m_isClosed || m_streamEnded)
        return RequestHandler::Pushed::Gone;
    if (m_replies.size() > MaxUnreadReplies)
        return RequestHandler::Pushed::Full;
    m_replies.append(line);
    // While lines are being handled, replies that have to wait for a sync may lie before this one.
    if (!m_isHandling)
        writeReplies();
    return RequestHandler::Pushed::Yes;
}

void Connection::refuse(Refusal reason, std::string_view text)
{
    ++m_refused;
    m_context.stats.refuse(reason);
    m_replies.append(failureReply(text));
}

// The reply may come while handleInput() is still on the stack, so the rest of the input is
// handled from the event loop.
void Connection::finishDelayed(const std::string &reply)
{
    m_isWaiting = false;
    m_replies.append(reply);
    QMetaObject::invokeMethod(this, &Connection::handleInput, Qt::QueuedConnection);
}

void Connection::writeReplies()
{
    if (m_isClosed)
        return;
    if (m_isSyncing) {
        // The client may take replies all the while, but those are not for it yet.
        m_writeNotifier.turn(false);
        return;
    }
    if (!sendReplies())
        close(); // the client is gone; what it was promised is kept all the same
    m_writeNotifier.turn(!m_replies.empty());
}

// As much as the client takes for now. False when it is gone.
bool Connection::sendReplies()
{
    std::size_t done = 0;
    bool isThere = true;
    while (done != m_replies.size() && isThere) {
        const ssize_t written =
            ::send(m_socket.get(), m_replies.data() + done, m_replies.size() - done, SendFlags);
        if (written >= 0) {
            done += static_cast<std::size_t>(written);
        } else if (errno == EAGAIN) {
            break;
        } else if (errno != EINTR) {
            isThere = false;
        }
    }
    m_replies.erase(0, done);
    return isThere;
}

// Nothing more is taken from the client for the moment.
bool Connection::isHeldUp() const
{
    return m_isPausing || m_isSyncing || m_replies.size() > MaxUnreadReplies;
}

void Connection::updateReading()
{
    if (m_isClosed)
        return;
    if (!m_frames.isDrained() && !m_isWaiting && !isHeldUp()) {
        // Lines are left from the last read; nothing from the client will wake us for them.
        QMetaObject::invokeMethod(this, &Connection::handleInput, Qt::QueuedConnection);
        m_readNotifier.turn(false);
        return;
    }
    const bool isDone = m_streamEnded && m_frames.isDrained() && !m_isWaiting && !m_isSyncing;
    if (isDone && m_replies.empty()) {
        close();
        return;
    }
    m_readNotifier.turn(!m_streamEnded && m_frames.isDrained() && !m_isWaiting && !isHeldUp());
}

void Connection::close()
{
    if (m_isClosed)
        return;
    m_isClosed = true;
    m_replies.clear();
    m_readNotifier.turn(false);
    m_writeNotifier.turn(false);
    Q_EMIT closed();
}

} // namespace Weave
