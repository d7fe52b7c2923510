#include "forwarding/filetransport.h"

#include "common/bytesize.h"
#include "common/linefile.h"

#include <QMetaObject>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <string>
#include <sys/stat.h>

namespace Weave {

namespace {

// As much as is gathered before it is written out.
constexpr std::size_t ChunkBytes = 256 * KiB;

bool writeAll(int fd, const std::string &text)
{
    std::size_t done = 0;
    while (done != text.size()) {
        const ssize_t written = ::write(fd, text.data() + done, text.size() - done);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return false;
        done += static_cast<std::size_t>(written);
    }
    return true;
}

// Through a descriptor of its own: who writes to a pipe must not be one of its readers.
bool hasHalfALine(const std::string &path)
{
    const UniqueFd file(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
    return file.isValid() && endsWithinLine(file.get());
}

// Whether path still names the open file: somebody may have deleted or renamed it.
bool isNamed(int fd, const std::string &path)
{
    struct stat held = {};
    struct stat named = {};
    return ::fstat(fd, &held) == 0 && ::stat(path.c_str(), &named) == 0
        && held.st_ino == named.st_ino && held.st_dev == named.st_dev;
}

} // namespace

FileTransport::FileTransport(std::string path)
    : m_path(std::move(path))
{
}

void FileTransport::send(OutgoingRequest request, Done done)
{
    const SendResult result = write(request.body);
    QMetaObject::invokeMethod(
        this,
        [this, result, done = std::move(done), generation = m_generation] {
            if (generation == m_generation)
                done(result);
        },
        Qt::QueuedConnection);
}

void FileTransport::cancelAll()
{
    ++m_generation;
}

SendResult FileTransport::write(const RequestBody &body)
{
    const auto failed = [this] {
        SendResult result;
        result.kind = SendResult::Kind::NetworkError;
        result.reason = "cannot write to " + m_path + ": " + std::strerror(errno);
        m_file.reset(); // the next attempt opens it anew
        return result;
    };
    // What goes into a file without a name is nowhere; and a renamed one is left alone, as whoever
    // rotates logs expects.
    std::string lines;
    if (!m_file.isValid() || !isNamed(m_file.get(), m_path)) {
        m_file = UniqueFd(::open(m_path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
        // A daemon that was killed has left half a line, of this very batch most likely.
        if (hasHalfALine(m_path))
            lines.append("\n");
    }
    struct stat before = {};
    if (!m_file.isValid() || ::fstat(m_file.get(), &before) != 0)
        return failed();

    const auto undo = [&] {
        const int reason = errno;
        [[maybe_unused]] const int status = ::ftruncate(m_file.get(), before.st_size);
        errno = reason;
        return failed();
    };
    for (const RequestBody::Item &item : body.items()) {
        if (!item.isContinued && &item != &body.items().front())
            lines.append("\n");
        lines.append(item.before).append(item.payload).append(item.after);
        if (lines.size() >= ChunkBytes) {
            if (!writeAll(m_file.get(), lines))
                return undo();
            lines.clear();
        }
    }
    lines.append("\n");
    if (!writeAll(m_file.get(), lines))
        return undo();
    SendResult result;
    result.status = 200;
    return result;
}

} // namespace Weave
