#include "sdkclient.h"

#include <algorithm>
#include <sys/uio.h>

namespace Weave {

namespace {

constexpr std::string_view Success = "{\"success\":true";
constexpr std::size_t MostOfReplyShown = 200;

} // namespace

SdkClient::SdkClient(SdkClientOptions options, const std::vector<ChatLine> &lines, Poller &poller)
    : m_options(std::move(options)),
      m_lines(lines),
      m_poller(poller),
      m_socket(connectTo(unixAddress(m_options.socketPath))),
      m_lineSize(lines.front().text.size()),
      m_slots(m_options.outstanding + m_options.outstanding % 2),
      m_sentAt(m_slots)
{
    m_ring.reserve(m_slots * m_lineSize);
    for (std::size_t slot = 0; slot < m_slots; ++slot)
        m_ring += line(slot).text;
    m_poller.add(m_socket.get(), EPOLLIN, this);
}

// Slots alternate as the messages do, since there is an even number of them.
const ChatLine &SdkClient::line(std::size_t slot) const
{
    return m_lines[(slot + 2 * m_options.firstCall) % m_lines.size()];
}

void SdkClient::submit(std::int64_t now)
{
    const std::size_t slot = m_submitted % m_slots;
    const ChatLine &model = line(slot);
    char *text = m_ring.data() + slot * m_lineSize;
    const std::uint64_t call = m_options.firstCall + m_submitted / 2 * m_options.callStride;
    writeIdDigits(text + model.idAt, call);
    writeIdDigits(text + model.traceIdAt, call);
    m_sentAt[slot] = now;
    ++m_submitted;
}

void SdkClient::write()
{
    while (hasUnwritten()) {
        const std::size_t at = m_written % m_ring.size();
        const std::size_t count = m_submitted * m_lineSize - m_written;
        const std::size_t first = std::min(count, m_ring.size() - at);
        std::array<iovec, 2> parts{iovec{m_ring.data() + at, first},
                                   iovec{m_ring.data(), count - first}};
        const ssize_t taken = ::writev(m_socket.get(), parts.data(), first < count ? 2 : 1);
        if (taken >= 0)
            m_written += std::size_t(taken);
        else if (wouldBlock())
            return waitToWrite(true);
        else
            m_socket.close();
    }
    waitToWrite(false);
}

void SdkClient::waitToWrite(bool wait)
{
    if (wait == m_isWaitingToWrite || !isOpen())
        return;
    m_isWaitingToWrite = wait;
    m_poller.modify(m_socket.get(), wait ? EPOLLIN | EPOLLOUT : EPOLLIN, this);
}

void SdkClient::read(std::span<char> buffer, Tally &tally)
{
    const ssize_t count = ::recv(m_socket.get(), buffer.data(), buffer.size(), 0);
    if (count <= 0) {
        if (count == 0 || !wouldBlock())
            m_socket.close();
        return;
    }
    const std::int64_t now = steadyNanoseconds();
    std::string_view rest(buffer.data(), std::size_t(count));
    for (std::size_t end = rest.find('\n'); end != std::string_view::npos && isOpen();
         end = rest.find('\n')) {
        if (m_partialReply.empty()) {
            takeReply(rest.substr(0, end), now, tally);
        } else {
            m_partialReply += rest.substr(0, end);
            takeReply(m_partialReply, now, tally);
            m_partialReply.clear();
        }
        rest.remove_prefix(end + 1);
    }
    m_partialReply += rest;
}

void SdkClient::takeReply(std::string_view reply, std::int64_t now, Tally &tally)
{
    if (unanswered() == 0) {
        std::fprintf(stderr, "a reply came that no request was waiting for\n");
        m_socket.close();
        return;
    }
    const std::int64_t waited = now - m_sentAt[m_answered % m_slots];
    tally.latency.add(std::uint64_t(std::max<std::int64_t>(0, waited)));
    ++tally.answered;
    ++m_answered;
    if (!reply.starts_with(Success) && ++tally.failed == 1) {
        const std::string shown(reply.substr(0, MostOfReplyShown));
        std::fprintf(stderr, "the first failed reply: %s\n", shown.c_str());
    }
}

} // namespace Weave
