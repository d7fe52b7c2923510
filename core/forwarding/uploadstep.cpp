#include "forwarding/uploadstep.h"

#include "common/unixsocket.h"

#include <algorithm>
#include <array>
#include <sys/socket.h>
#include <sys/uio.h>

namespace Weave {

namespace {

// Of one step, whose large pieces and copied ones take turns; see RequestBody::gather().
constexpr std::size_t MaxParts = 258;

} // namespace

UploadStep::UploadStep()
    : m_copied(MaxBytes)
{
}

void UploadStep::fill(RequestBody &body)
{
    body.gather(m_copied, m_parts);
}

void UploadStep::drop()
{
    m_parts.clear();
    m_first = 0;
}

// QTcpSocket copies into a buffer first and writes on the next turn of the event loop: a tenth of
// the daemon's time on 1 KiB calls. Large payloads go to the kernel straight out of the spool: with
// fewer and longer steps a tenth on 8 KiB calls.
std::size_t UploadStep::send(int descriptor)
{
    std::array<iovec, MaxParts> places{};
    const std::size_t count = std::min(m_parts.size() - m_first, places.size());
    for (std::size_t i = 0; i < count; ++i) {
        const std::string_view part = m_parts[m_first + i];
        places[i] = {const_cast<char *>(part.data()), part.size()};
    }
    msghdr message = {};
    message.msg_iov = places.data();
    message.msg_iovlen = count;
    const ssize_t sent = ::sendmsg(descriptor, &message, SendFlags);
    if (sent <= 0)
        return 0;
    take(static_cast<std::size_t>(sent));
    return static_cast<std::size_t>(sent);
}

std::string_view UploadStep::next() const
{
    return isEmpty() ? std::string_view() : m_parts[m_first];
}

void UploadStep::take(std::size_t bytes)
{
    while (bytes > 0) {
        std::string_view &part = m_parts[m_first];
        const std::size_t gone = std::min(bytes, part.size());
        part.remove_prefix(gone);
        bytes -= gone;
        m_first += part.empty() ? 1 : 0;
    }
    if (m_first == m_parts.size())
        drop();
}

} // namespace Weave
