// bench-sink: takes what is sent and counts it, as cheaply as can be, in the place of the trace
// server. It speaks as much HTTP/1.1 as a batch needs: bodies with a Content-Length, streamed
// through one buffer and never stored, on connections that are kept. With --raw it takes bare bytes
// for bench-floor. `GET /stats` answers with the counters in both modes.
#include "arguments.h"
#include "posix.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <unordered_map>

namespace Weave {

namespace {

// What stands once for so many of the clients' lines in a body.
struct Marker
{
    std::string_view text;
    std::uint64_t lines = 1;
};
constexpr Marker UpsertMarker{"{\"mode\":\"", 1};
constexpr Marker CompleteMarker{"\"op_name\":", 2};
constexpr std::size_t TailSize = CompleteMarker.text.size() - 1; // it may lie across two reads
static_assert(UpsertMarker.text.size() <= CompleteMarker.text.size());
constexpr std::size_t ReadSize = 256 * KiB;
constexpr std::size_t DiscardSize = 4096 * KiB; // costs no memory
constexpr std::size_t MostHeaderBytes = 64 * KiB;

struct Counters
{
    std::uint64_t connections = 0; // that carried a body
    std::uint64_t requests = 0; // with a body
    std::uint64_t calls = 0; // not known in --raw
    std::uint64_t bodyBytes = 0;
};

enum class Phase { Unknown, Header, Body, Raw };

struct Connection
{
    FileDescriptor socket;
    Phase phase = Phase::Unknown;
    bool isCounted = false;
    std::string header;
    std::uint64_t bodyLeft = 0;
    Marker marker; // of the body
    std::string bodyTail; // the last bytes of the body so far, when a marker may begin in them
};

std::optional<std::uint64_t> contentLength(std::string header)
{
    constexpr std::string_view Name = "\r\ncontent-length:";
    std::transform(header.begin(), header.end(), header.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c; });
    std::size_t at = header.find(Name);
    if (at == std::string::npos)
        return std::nullopt;
    at = header.find_first_not_of(' ', at + Name.size());
    std::uint64_t length = 0;
    const char *end = header.data() + header.size();
    if (std::from_chars(header.data() + at, end, length).ec != std::errc())
        return std::nullopt;
    return length;
}

std::string response(std::string_view status, std::string_view body)
{
    return "HTTP/1.1 " + std::string(status) + "\r\nContent-Type: application/json\r\n"
        + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

std::uint64_t countLines(std::string_view bytes, const Marker &marker)
{
    std::uint64_t count = 0;
    while (const void *found =
               ::memmem(bytes.data(), bytes.size(), marker.text.data(), marker.text.size())) {
        count += marker.lines;
        const char *next = static_cast<const char *>(found) + marker.text.size();
        bytes.remove_prefix(std::size_t(next - bytes.data()));
    }
    return count;
}

class Sink final
{
public:
    Sink(std::uint16_t port, bool isRaw)
        : m_isRaw(isRaw),
          m_listener(listenOn(loopbackAddress(port))),
          m_signals(terminationSignals()),
          m_buffer(TailSize + ReadSize),
          m_accepted(response("200 OK", "{\"res\":[]}"))
    {
        m_poller.add(m_listener.get(), EPOLLIN, &m_listener);
        m_poller.add(m_signals.get(), EPOLLIN, &m_signals);
    }

    std::uint16_t port() const
    {
        sockaddr_in address{};
        socklen_t length = sizeof(address);
        if (::getsockname(m_listener.get(), asSocketAddress(address), &length) != 0)
            failWithErrno("getsockname");
        return ntohs(address.sin_port);
    }

    void run()
    {
        for (;;) {
            for (const epoll_event &event : m_poller.wait(-1)) {
                if (event.data.ptr == &m_signals)
                    return;
                if (event.data.ptr == &m_listener)
                    acceptConnections();
                else
                    handleConnection(*static_cast<Connection *>(event.data.ptr));
            }
        }
    }

private:
    void acceptConnections()
    {
        for (FileDescriptor socket = acceptFrom(m_listener); socket.isOpen();
             socket = acceptFrom(m_listener)) {
            const int fd = socket.get();
            auto connection = std::make_unique<Connection>();
            connection->socket = std::move(socket);
            m_poller.add(fd, EPOLLIN, connection.get());
            m_connections[fd] = std::move(connection);
        }
    }

    void handleConnection(Connection &connection)
    {
        // The first bytes of the buffer are kept free for the end of what came before.
        char *fresh = m_buffer.data() + TailSize;
        const ssize_t count =
            connection.phase == Phase::Raw ? discard(connection) : receive(connection, fresh);
        if (count < 0 && wouldBlock())
            return;
        if (count <= 0 || !take(connection, fresh, std::size_t(count)))
            m_connections.erase(connection.socket.get());
    }

    static ssize_t receive(Connection &connection, char *into)
    {
        return ::recv(connection.socket.get(), into, ReadSize, 0);
    }

    // TCP lets a reader skip bytes without copying them: the sink must not slow the floor.
    static ssize_t discard(Connection &connection)
    {
        return ::recv(connection.socket.get(), nullptr, DiscardSize, MSG_TRUNC);
    }

    // Works through the bytes that were read at `bytes`. False when the connection is to be closed.
    bool take(Connection &connection, char *bytes, std::size_t count)
    {
        if (connection.phase == Phase::Unknown)
            connection.phase = m_isRaw && *bytes != 'G' ? Phase::Raw : Phase::Header;
        if (connection.phase == Phase::Raw) {
            countConnection(connection);
            m_counters.bodyBytes += count;
            return true;
        }
        while (count > 0) {
            const std::size_t used = connection.phase == Phase::Header
                ? takeHeader(connection, bytes, count)
                : takeBody(connection, bytes, count);
            if (used == 0)
                return false;
            bytes += used;
            count -= used;
        }
        return true;
    }

    // Returns how many bytes were used, 0 for a request that cannot be understood.
    std::size_t takeHeader(Connection &connection, const char *bytes, std::size_t count)
    {
        constexpr std::string_view End = "\r\n\r\n";
        const std::size_t held = connection.header.size();
        connection.header.append(bytes, count);
        const std::size_t from = held < End.size() ? 0 : held - End.size();
        const std::size_t end = connection.header.find(End, from);
        if (end == std::string::npos)
            return connection.header.size() > MostHeaderBytes ? 0 : count;
        connection.header.resize(end + End.size());
        const std::size_t used = connection.header.size() - held;
        const bool isUnderstood = startRequest(connection);
        connection.header.clear();
        return isUnderstood ? used : 0;
    }

    bool startRequest(Connection &connection)
    {
        const std::string &header = connection.header;
        if (header.starts_with("GET /stats "))
            return answer(connection, response("200 OK", statsJson()));
        if (header.starts_with("GET "))
            return answer(connection, response("404 Not Found", "{\"detail\":\"Not Found\"}"));
        const auto length = contentLength(header);
        if (!length) {
            answer(connection, response("411 Length Required", "{}"));
            return false;
        }
        countConnection(connection);
        ++m_counters.requests;
        connection.bodyLeft = *length;
        connection.bodyTail.clear();
        const std::string_view path = std::string_view(header).substr(0, header.find("\r\n"));
        connection.marker =
            path.find("/calls/complete ") == path.npos ? UpsertMarker : CompleteMarker;
        if (*length == 0)
            return answer(connection, m_accepted);
        connection.phase = Phase::Body;
        return true;
    }

    std::size_t takeBody(Connection &connection, char *bytes, std::size_t count)
    {
        const std::size_t used = std::min<std::uint64_t>(count, connection.bodyLeft);
        // What stands before `bytes` was used already, so the tail may be laid over it.
        const std::string &tail = connection.bodyTail;
        char *begin = std::copy_backward(tail.begin(), tail.end(), bytes);
        const std::string_view seen(begin, tail.size() + used);
        m_counters.calls += countLines(seen, connection.marker);
        m_counters.bodyBytes += used;
        const std::size_t kept = connection.marker.text.size() - 1; // no whole marker
        connection.bodyTail = seen.substr(seen.size() - std::min(seen.size(), kept));
        connection.bodyLeft -= used;
        if (connection.bodyLeft == 0) {
            connection.phase = Phase::Header;
            answer(connection, m_accepted);
        }
        return used;
    }

    // An answer is far smaller than a socket's buffer: when it does not fit, the client has stopped
    // reading and is of no use any more.
    static bool answer(Connection &connection, const std::string &text)
    {
        const ssize_t sent =
            ::send(connection.socket.get(), text.data(), text.size(), MSG_NOSIGNAL);
        return sent == ssize_t(text.size());
    }

    void countConnection(Connection &connection)
    {
        m_counters.connections += connection.isCounted ? 0 : 1;
        connection.isCounted = true;
    }

    std::string statsJson() const
    {
        return "{\"connections\": " + std::to_string(m_counters.connections)
            + ", \"requests\": " + std::to_string(m_counters.requests)
            + ", \"calls\": " + std::to_string(m_counters.calls)
            + ", \"body_bytes\": " + std::to_string(m_counters.bodyBytes) + "}";
    }

    bool m_isRaw;
    Poller m_poller;
    FileDescriptor m_listener;
    FileDescriptor m_signals;
    std::vector<char> m_buffer;
    std::string m_accepted;
    std::unordered_map<int, std::unique_ptr<Connection>> m_connections;
    Counters m_counters;
};

} // namespace

} // namespace Weave

int main(int argc, char **argv)
{
    Weave::Arguments arguments(argc, argv, "usage: bench-sink [--port PORT] [--raw]");
    const std::uint64_t port = arguments.number("--port", 0, 0, 65535);
    const bool isRaw = arguments.flag("--raw");
    arguments.refuseRest();
    Weave::raiseFileLimit();
    Weave::Sink sink(std::uint16_t(port), isRaw);
    std::printf("PORT=%u\n", unsigned(sink.port()));
    std::fflush(stdout);
    sink.run();
    return 0;
}
