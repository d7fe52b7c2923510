// bench-floor: the least that any sidecar has to do for a call, and so the denominator of the
// benchmark. It accepts, reads, finds the ends of the lines, copies each line once (a sidecar must
// own a call until the backend has it), answers each with success and passes the bytes on over one
// kept TCP connection. It checks nothing, keeps nothing and makes no HTTP of it.
#include "arguments.h"
#include "bytebuffer.h"
#include "posix.h"

#include <poll.h>
#include <string_view>
#include <unordered_map>

namespace Weave {

namespace {

// The sizes are those that measured best; larger ones fall out of the processor's cache.
constexpr std::size_t ReadSize = 128 * KiB;
constexpr std::size_t FlushSize = 256 * KiB;
constexpr std::size_t MostHeld = 1024 * KiB; // then the clients wait for the sink
constexpr std::size_t ShortPartial = 32 * KiB;
constexpr int IdleMs = 20;
constexpr std::string_view Reply = "{\"success\":true}\n";
constexpr std::size_t RepliesAtOnce = 1024;

struct Client
{
    FileDescriptor socket;
    ByteBuffer partial; // the beginning of a line whose end has not come yet
    std::size_t replyBytesOwed = 0;
    bool isWaitingToWrite = false;
};

// The connection to the sink and what still has to go there.
class Outgoing final
{
public:
    Outgoing(Poller &poller, std::uint16_t port)
        : m_poller(poller),
          m_socket(connectTo(loopbackAddress(port)))
    {
        m_poller.add(m_socket.get(), EPOLLRDHUP, this);
    }

    void append(const char *bytes, std::size_t count) { m_bytes.append(bytes, count); }
    bool hasIdleBytes() const { return !m_bytes.isEmpty() && !m_isWaitingToWrite; }

    void flushWhenFull()
    {
        if (m_bytes.size() >= FlushSize && !m_isWaitingToWrite)
            flush();
        while (m_bytes.size() > MostHeld) {
            pollfd waiting{m_socket.get(), POLLOUT, 0};
            ::poll(&waiting, 1, -1);
            flush();
        }
    }

    void handleEvent(std::uint32_t events)
    {
        if (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) {
            std::fprintf(stderr, "the sink is gone\n");
            std::exit(1);
        }
        flush();
    }

    void flush()
    {
        while (!m_bytes.isEmpty()) {
            const ssize_t sent =
                ::send(m_socket.get(), m_bytes.data(), m_bytes.size(), MSG_NOSIGNAL);
            if (sent < 0) {
                if (!wouldBlock())
                    failWithErrno("the sink is gone");
                waitToWrite(true);
                return;
            }
            m_bytes.consume(std::size_t(sent));
        }
        waitToWrite(false);
    }

private:
    void waitToWrite(bool wait)
    {
        if (wait == m_isWaitingToWrite)
            return;
        m_isWaitingToWrite = wait;
        m_poller.modify(m_socket.get(), wait ? EPOLLOUT | EPOLLRDHUP : EPOLLRDHUP, this);
    }

    Poller &m_poller;
    FileDescriptor m_socket;
    ByteBuffer m_bytes;
    bool m_isWaitingToWrite = false;
};

class Floor final
{
public:
    Floor(const std::string &socketPath, std::uint16_t sinkPort)
        : m_outgoing(m_poller, sinkPort),
          m_listener(listenOn(unixAddress(socketPath))),
          m_signals(terminationSignals()),
          m_readBuffer(std::make_unique_for_overwrite<char[]>(ShortPartial + ReadSize))
    {
        for (std::size_t i = 0; i < RepliesAtOnce; ++i)
            m_replies += Reply;
        m_poller.add(m_listener.get(), EPOLLIN, &m_listener);
        m_poller.add(m_signals.get(), EPOLLIN, &m_signals);
    }

    void run()
    {
        for (;;) {
            const auto events = m_poller.wait(m_outgoing.hasIdleBytes() ? IdleMs : -1);
            if (events.empty())
                m_outgoing.flush();
            for (const epoll_event &event : events) {
                if (event.data.ptr == &m_signals)
                    return;
                if (event.data.ptr == &m_listener)
                    acceptClients();
                else if (event.data.ptr == &m_outgoing)
                    m_outgoing.handleEvent(event.events);
                else
                    handleClient(*static_cast<Client *>(event.data.ptr), event.events);
            }
        }
    }

private:
    void acceptClients()
    {
        for (FileDescriptor socket = acceptFrom(m_listener); socket.isOpen();
             socket = acceptFrom(m_listener)) {
            const int fd = socket.get();
            auto client = std::make_unique<Client>();
            client->socket = std::move(socket);
            m_poller.add(fd, EPOLLIN, client.get());
            m_clients[fd] = std::move(client);
        }
    }

    void handleClient(Client &client, std::uint32_t events)
    {
        bool isAlive = true;
        if (client.isWaitingToWrite && (events & (EPOLLOUT | EPOLLHUP | EPOLLERR)))
            isAlive = writeReplies(client);
        else
            isAlive = client.partial.size() <= ShortPartial ? readShort(client) : readLong(client);
        m_outgoing.flushWhenFull();
        if (!isAlive)
            m_clients.erase(client.socket.get());
    }

    // The usual case: what was left of the last read goes in front of the next one, in a buffer
    // that all clients share and that therefore stays in the cache.
    bool readShort(Client &client)
    {
        const std::size_t held = client.partial.size();
        if (held > 0)
            std::memcpy(m_readBuffer.get(), client.partial.data(), held);
        char *fresh = m_readBuffer.get() + held;
        const ssize_t count = ::recv(client.socket.get(), fresh, ReadSize, 0);
        if (count <= 0)
            return count < 0 && wouldBlock();
        const char *end = fresh + count;
        const char *rest = takeLines(client, m_readBuffer.get(), fresh, end);
        if (rest == m_readBuffer.get()) {
            client.partial.append(fresh, std::size_t(count));
        } else {
            client.partial.consume(held);
            client.partial.append(rest, std::size_t(end - rest));
        }
        return writeReplies(client);
    }

    // A line larger than the shared buffer's share is read on where it lies, not copied each time.
    bool readLong(Client &client)
    {
        const std::size_t held = client.partial.size();
        const ssize_t count =
            ::recv(client.socket.get(), client.partial.tail(ReadSize), ReadSize, 0);
        if (count <= 0)
            return count < 0 && wouldBlock();
        client.partial.commit(std::size_t(count));
        const char *begin = client.partial.data();
        const char *rest = takeLines(client, begin, begin + held, begin + client.partial.size());
        client.partial.consume(std::size_t(rest - begin));
        return writeReplies(client);
    }

    // Takes the complete lines of [begin, end); only [fresh, end) can hold a line's end. Returns
    // the beginning of the rest.
    const char *takeLines(Client &client, const char *begin, const char *fresh, const char *end)
    {
        while (const void *found = std::memchr(fresh, '\n', std::size_t(end - fresh))) {
            fresh = static_cast<const char *>(found) + 1;
            m_outgoing.append(begin, std::size_t(fresh - begin));
            client.replyBytesOwed += Reply.size();
            begin = fresh;
        }
        return begin;
    }

    // All replies are alike, so a count of bytes is all there is to keep of them.
    bool writeReplies(Client &client)
    {
        while (client.replyBytesOwed > 0) {
            const std::size_t partOfReply = client.replyBytesOwed % Reply.size();
            const std::size_t skip = partOfReply == 0 ? 0 : Reply.size() - partOfReply;
            const std::size_t length = std::min(client.replyBytesOwed, m_replies.size() - skip);
            const ssize_t sent =
                ::send(client.socket.get(), m_replies.data() + skip, length, MSG_NOSIGNAL);
            if (sent < 0)
                return wouldBlock() && waitToWrite(client, true);
            client.replyBytesOwed -= std::size_t(sent);
        }
        return waitToWrite(client, false);
    }

    // While a client does not take its replies, nothing more is read from it.
    bool waitToWrite(Client &client, bool wait)
    {
        if (wait != client.isWaitingToWrite) {
            client.isWaitingToWrite = wait;
            m_poller.modify(client.socket.get(), wait ? EPOLLOUT : EPOLLIN, &client);
        }
        return true;
    }

    Poller m_poller;
    Outgoing m_outgoing;
    FileDescriptor m_listener;
    FileDescriptor m_signals;
    std::unique_ptr<char[]> m_readBuffer;
    std::string m_replies;
    std::unordered_map<int, std::unique_ptr<Client>> m_clients;
};

} // namespace

} // namespace Weave

int main(int argc, char **argv)
{
    Weave::Arguments arguments(argc, argv, "usage: bench-floor --socket PATH --sink-port PORT");
    const std::string socketPath = arguments.requiredText("--socket");
    const std::uint64_t sinkPort = arguments.number("--sink-port", 0, 1, 65535);
    arguments.refuseRest();
    if (sinkPort == 0)
        arguments.refuse("--sink-port is required");
    Weave::raiseFileLimit();
    Weave::Floor(socketPath, std::uint16_t(sinkPort)).run();
    ::unlink(socketPath.c_str());
    return 0;
}
