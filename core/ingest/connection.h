#pragma once

#include "common/uniquefd.h"
#include "common/unixsocket.h"
#include "ingest/replyround.h"
#include "ingest/requesthandler.h"
#include "protocol/framereader.h"
#include "protocol/requestparser.h"

#include <QObject>
#include <QSocketNotifier>

#include <span>
#include <string>
#include <utility>
#include <vector>

namespace Weave {

// What all connections of a server share. Used by one thread, by one connection at a time.
struct ConnectionContext
{
    RequestHandler &handler;
    Stats &stats;
    ByteBudget &budget; // for unfinished lines
    std::size_t maxLineBytes;
    std::span<char> readBuffer; // scratch space for one read
    ReplyRound &round;
    RequestParser parser;
    bool answersAfterSync = false;
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
    // context outlives the connection. number goes with every call, as CallView::client.
    Connection(UniqueFd socket, std::uint16_t number, ConnectionContext &context);
    ~Connection() override;

    [[nodiscard]] std::uint16_t number() const { return m_number; }
    [[nodiscard]] pid_t process() const { return m_peer.process; }
    [[nodiscard]] std::uint64_t calls() const { return m_calls; } // accepted
    [[nodiscard]] std::uint64_t callBytes() const { return m_callBytes; }
    [[nodiscard]] std::uint64_t refused() const { return m_refused; }

    // Reads again after pausing().
    void resume();

    // Takes what the client has sent until now, answers it and closes. The client's later writes
    // fail.
    void endInput();

    // The sync that awaitingSync() is about has ended.
    void finishSync(bool isSynced);

    // For ReplyRound: first one, then the other.
    void writeReplies();
    void endRound(bool shouldPause);

Q_SIGNALS:
    // Replies are held back until the handler's sync with this ticket has ended.
    void awaitingSync(quint64 ticket);
    // The handler has asked for a pause; nothing is read before resume().
    void pausing();
    // The client is gone, or the connection is of no more use. Delete it later.
    void closed();

private:
    // Knows by itself whether it is on, which each call asks.
    class Notifier : public QSocketNotifier
    {
    public:
        using QSocketNotifier::QSocketNotifier;
        void turn(bool on)
        {
            if (std::exchange(m_isOn, on) != on)
                setEnabled(on);
        }

    private:
        bool m_isOn = true;
    };
    // Reads without QSocketNotifier's signal in between, which took 4 % of a call that comes alone.
    class ReadNotifier final : public Notifier
    {
    public:
        explicit ReadNotifier(Connection &connection);

    protected:
        bool event(QEvent *event) override;

    private:
        Connection &m_connection;
    };

    void readSome();
    void handleInput();
    void endOfStream();
    void handleFrame(const Frame &frame);
    void handleRequest(Request &request);
    void noteAccepted(const CallView &call);
    void takeBackSuccess();
    void handleControl(const Request &request);
    [[nodiscard]] RequestHandler::Pushed push(std::string_view line);
    void refuse(Refusal reason, std::string_view text);
    void finishDelayed(const std::string &reply);
    [[nodiscard]] bool sendReplies();
    [[nodiscard]] bool isHeldUp() const;
    void updateReading();
    void close();

    UniqueFd m_socket;
    const std::uint16_t m_number;
    const UnixPeer m_peer;
    ConnectionContext &m_context;
    std::uint64_t m_calls = 0;
    std::uint64_t m_callBytes = 0;
    std::uint64_t m_refused = 0;
    FrameReader m_frames;
    ReadNotifier m_readNotifier;
    Notifier m_writeNotifier;
    std::string m_replies; // not written yet
    bool m_isWaiting = false; // a reply is outstanding; later lines wait behind it
    bool m_isPausing = false; // the handler has asked for it
    bool m_isHandling = false; // handleInput() is on the stack
    bool m_isInRound = false; // replies wait for the end of the round
    int m_linesInRound = 0;
    bool m_hasSubscribed = false; // once a connection, so that a client's events are bounded
    bool m_isSyncing = false; // all replies wait for the end of a sync
    std::vector<std::size_t> m_unsyncedCalls; // where in m_replies theirs are that it is for
    bool m_streamEnded = false; // the client will send no more
    bool m_isInputEnded = false; // by us: a line without its end is no line
    bool m_isClosed = false;
};

} // namespace Weave
