#include "fakes/persistentclient.h"

#include "fakes/calllines.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace Weave {

namespace {

using namespace std::chrono;
using namespace std::chrono_literals;

// Longer than any daemon is away in a test.
constexpr int AnswerTimeoutMs = 20'000;

bool waitFor(int fd, short events)
{
    pollfd entry{fd, events, 0};
    return ::poll(&entry, 1, AnswerTimeoutMs) == 1;
}

} // namespace

PersistentClient::PersistentClient(const QByteArray &path, const QByteArray &name, int linesAtOnce)
    : m_path(path),
      m_name(name),
      m_linesAtOnce(linesAtOnce),
      m_thread([this] { run(); })
{
}

void PersistentClient::stop()
{
    m_isStopping = true;
    if (m_thread.joinable())
        m_thread.join();
}

void PersistentClient::run()
{
    int number = 0;
    while (!m_isStopping && m_troubles.size() < 10) {
        QList<QByteArray> payloads;
        for (int i = 0; i < m_linesAtOnce; ++i)
            payloads << startPayload("a/b", m_name + '-' + QByteArray::number(++number));
        const auto begin = steady_clock::now();
        handOver(payloads);
        m_longestRound = std::max(m_longestRound, ceil<milliseconds>(steady_clock::now() - begin));
    }
    ::close(m_fd);
}

void PersistentClient::handOver(QList<QByteArray> payloads)
{
    while (!payloads.isEmpty() && m_troubles.size() < 10) {
        if (m_fd < 0 && !connect()) {
            m_troubles << "connect: " + QByteArray(std::strerror(errno));
            return;
        }
        QByteArray lines;
        for (const QByteArray &payload : std::as_const(payloads))
            lines += startLine(payload);
        const int answered = exchange(lines, static_cast<int>(payloads.size()));
        for (int i = 0; i < answered; ++i)
            m_items << startItem(payloads.takeFirst());
        m_accepted += answered;
        if (!payloads.isEmpty()) {
            ::close(m_fd);
            m_fd = -1;
        }
    }
}

bool PersistentClient::connect()
{
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, m_path.constData(), static_cast<std::size_t>(m_path.size()));
    m_fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (::connect(m_fd, reinterpret_cast<const sockaddr *>(&address), sizeof address) != 0)
        return false;
    ++m_reconnects;
    return true;
}

int PersistentClient::exchange(const QByteArray &lines, int count)
{
    qsizetype sent = 0;
    while (sent < lines.size()) {
        const ssize_t length = ::send(m_fd, lines.constData() + sent,
                                      static_cast<std::size_t>(lines.size() - sent), MSG_NOSIGNAL);
        if (length < 0)
            break; // what was written before may have been answered
        sent += length;
    }
    QByteArray replies;
    std::array<char, 65536> buffer{};
    while (replies.count('\n') < count) {
        if (!waitFor(m_fd, POLLIN)) {
            m_troubles << "no answer in time";
            break;
        }
        const ssize_t length = ::recv(m_fd, buffer.data(), buffer.size(), 0);
        if (length <= 0)
            break;
        replies.append(buffer.data(), length);
    }
    int answered = 0;
    for (const QByteArray &reply : replies.left(replies.lastIndexOf('\n') + 1).split('\n')) {
        if (reply.isEmpty())
            continue;
        if (!reply.startsWith(R"({"success":true)")) {
            m_troubles << reply;
            break;
        }
        ++answered;
    }
    return answered;
}

} // namespace Weave
