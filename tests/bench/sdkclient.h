// One client of the daemon, as a process with an SDK is one: a connection that keeps at most so
// many requests unanswered. Its lines lie ready in a ring, starts and ends in turn: sending is
// writing two ids into the next slots and one writev over them, with no copy of our own. A slot is
// used again only when its reply has come, that is after every byte of it was taken.
#pragma once

#include "chatlines.h"
#include "latencyhistogram.h"
#include "posix.h"

#include <string_view>
#include <vector>

namespace Weave {

struct Tally
{
    std::uint64_t answered = 0; // well or badly
    std::uint64_t failed = 0; // answered with anything but success
    LatencyHistogram latency;
};

struct SdkClientOptions
{
    std::string socketPath;
    std::size_t outstanding = 1;
    std::uint64_t quota = 0; // messages to send in all
    std::uint64_t firstCall = 0; // the calls are numbered firstCall, + callStride, …
    std::uint64_t callStride = 1;
};

class SdkClient final
{
public:
    // `lines` alternates starts and ends, all of one size.
    SdkClient(SdkClientOptions options, const std::vector<ChatLine> &lines, Poller &poller);
    SdkClient(const SdkClient &) = delete;
    SdkClient &operator=(const SdkClient &) = delete;

    bool isOpen() const { return m_socket.isOpen(); }
    bool isDone() const { return !isOpen() || m_answered == m_options.quota; }
    bool canSubmit() const
    {
        return isOpen() && m_submitted < m_options.quota && unanswered() < m_options.outstanding;
    }
    std::uint64_t unanswered() const { return m_submitted - m_answered; }

    // Makes the next line ready for write(); its reply time counts from `now`.
    void submit(std::int64_t now);

    // Writes what the socket takes of the submitted lines, and asks the poller for the rest.
    void write();

    // Reads once, into `buffer`, and counts the replies. A connection that broke is closed.
    void read(std::span<char> buffer, Tally &tally);

private:
    const ChatLine &line(std::size_t slot) const;
    bool hasUnwritten() const { return isOpen() && m_written < m_submitted * m_lineSize; }
    void waitToWrite(bool wait);
    void takeReply(std::string_view reply, std::int64_t now, Tally &tally);

    SdkClientOptions m_options;
    const std::vector<ChatLine> &m_lines;
    Poller &m_poller;
    FileDescriptor m_socket;
    std::size_t m_lineSize;
    std::size_t m_slots;
    std::string m_ring;
    std::vector<std::int64_t> m_sentAt;
    std::string m_partialReply;
    std::uint64_t m_submitted = 0;
    std::uint64_t m_answered = 0;
    std::uint64_t m_written = 0; // bytes, over the whole run
    bool m_isWaitingToWrite = false;
};

} // namespace Weave
