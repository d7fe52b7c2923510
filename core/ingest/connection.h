#pragma once

#include "common/uniquefd.h"
#include "ingest/requesthandler.h"
#include "protocol/framereader.h"
#include "protocol/requestparser.h"

#include <QObject>
#include <QSocketNotifier>

#include <span>
#include <string>

namespace Weave {

// What all connections of a server share. Used by one thread, by one connection at a time.
struct ConnectionContext
{
    RequestHandler &handler;
    Stats &stats;
    ByteBudget &budget; // for unfinished lines
    std::size_t maxLineBytes;
    std::span<char> readBuffer; // scratch space for one read
    RequestParser parser;
};

// One client: reads its lines, has them handled and writes one reply a line, in their order.
//
// It stops reading while a reply is outstanding (flush) or while the client does not read its
// replies, so what it holds is bounded. It reads from the descriptor itself: QLocalSocket copies
// every byte twice more and wakes up twice for each reply.
class Connection final : public QObject
{
    Q_OBJECT

public:
    // context outlives the connection.
    Connection(UniqueFd socket, ConnectionContext &context);
    ~Connection() override;

    // Reads again after pausing().
    void resume();

Q_SIGNALS:
    // The handler has asked for a pause; nothing is read before resume().
    void pausing();
    // The client is gone, or the connection is of no more use. Delete it later.
    void closed();

private:
    void readSome();
    void handleInput();
    void endOfStream();
    void handleFrame(const Frame &frame);
    void handleRequest(const Request &request);
    void refuse(Refusal reason, std::string_view text);
    void finishDelayed(const std::string &reply);
    void writeReplies();
    void updateReading();
    void close();

    UniqueFd m_socket;
    ConnectionContext &m_context;
    FrameReader m_frames;
    QSocketNotifier m_readNotifier;
    QSocketNotifier m_writeNotifier;
    std::string m_replies; // not written yet
    bool m_isWaiting = false; // a reply is outstanding; later lines wait behind it
    bool m_isPausing = false; // the handler has asked for it
    bool m_streamEnded = false; // the client will send no more
    bool m_isClosed = false;
};

} // namespace Weave
