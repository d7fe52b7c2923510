#include "spool/segmentstore.h"

#include "common/bytesize.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <iterator>
#include <sys/stat.h>
#include <unistd.h>

namespace Weave {

namespace {

// Segments that are kept for their next use.
constexpr std::size_t MaxSpareSegments = 6;

// Smaller ones are made fast enough when they are needed.
constexpr std::size_t LeastMadeAhead = 512 * KiB;

// A disk that has said no is asked again after this long, not for every call.
constexpr std::int64_t RetryMilliseconds = 100;

UniqueFd openReserve()
{
    return UniqueFd(::open("/dev/null", O_RDONLY | O_CLOEXEC));
}

} // namespace

SegmentStore::SegmentStore(SpoolDirectory directory, const Limits &limits, WallClock wallClock)
    : m_directory(std::move(directory)),
      m_limits(limits),
      m_wallClock(std::move(wallClock)),
      m_reserve(openReserve())
{
}

SegmentStore::~SegmentStore()
{
    dropSpares();
}

Result<std::vector<SegmentStore::Piece>> SegmentStore::findOld(std::uint64_t &quarantined)
{
    m_reserve.reset(); // one descriptor is enough for all that follows
    const auto files = m_directory.segmentFiles(quarantined);
    if (!files)
        return files.error();
    std::vector<Piece> pieces;
    for (const SpoolDirectory::SegmentFile &found : *files) {
        m_nextNumber = std::max(m_nextNumber, found.number + 1);
        auto segment = Segment::open(found.path);
        if (!segment && segment.error().code == ErrorCode::Malformed) {
            const auto moved = m_directory.quarantineFile(found.path);
            if (moved)
                ++quarantined;
            else // the disk is full, for one
                leave(found.path, moved.error().message + "; the next start tries again");
            continue;
        }
        if (!segment) {
            leave(found.path,
                  segment.error().message
                      + "; its calls stay there and are read at the next start: remove the limit "
                        "or set the permissions right, then restart the daemon");
            continue;
        }
        m_nextNumber = std::max(m_nextNumber, segment->number() + 1);
        m_usedBytes += segment->capacity();
        pieces.push_back({std::make_shared<Segment>(std::move(*segment)), found.path});
    }
    m_reserve = openReserve();
    return pieces;
}

// Its calls were acknowledged and are most likely whole.
void SegmentStore::leave(const std::string &path, const std::string &reason)
{
    struct stat found = {};
    if (::lstat(path.c_str(), &found) == 0) {
        m_unopenedBytes += static_cast<std::uint64_t>(found.st_size);
        m_usedBytes += static_cast<std::uint64_t>(found.st_size);
    }
    m_unopened.push_back(reason);
}

Error SegmentStore::full() const
{
    return {ErrorCode::Full,
            "the spool is full (" + formatByteSize(m_limits.maxBytes) + " of undelivered calls)"};
}

// Before the first try to have it again it is not known whether somebody else does.
Error SegmentStore::lost() const
{
    return {ErrorCode::Io,
            "the spool cannot take the call: its folder " + m_directory.path()
                + " was removed or replaced while the daemon ran; "
                + (m_whyLost.empty() ? "within a second the daemon makes it again, unless another "
                                       "weave-sidecar uses it: then stop that one, or choose "
                                       "another --spool-dir"
                                     : m_whyLost)};
}

// Names may be taken: by a daemon that had the folder while this one did not.
std::string SegmentStore::nextPath()
{
    std::string path = m_directory.segmentPath(m_nextNumber);
    while (fileIdOf(path) || fileIdOf(path + Segment::UnfinishedSuffix))
        path = m_directory.segmentPath(++m_nextNumber);
    return path;
}

// Whether the directory is still this process's is asked each time: between two calls of
// checkDirectory() another daemon may have made hundreds of files there. That takes 2 µs, and
// looking for a free name as much.
Result<SegmentStore::Piece> SegmentStore::make(std::string_view project, std::size_t needed,
                                               std::size_t preferred, std::uint64_t behind)
{
    takePrepared();
    if (!m_directory.isInPlace())
        return lost();
    const std::size_t capacity = std::max(needed, preferred);
    if (behind > 0 && !canHave(capacity + behind))
        return full();
    const std::string path = nextPath();
    if (auto segment = reuseSpare(project, path, needed, preferred)) {
        ++m_nextNumber;
        m_directoryChanged = true;
        return Piece{std::move(segment), path};
    }
    if (!hasRoom(capacity))
        return full();
    if (const std::int64_t now = m_wallClock(); now < m_tryAgainAt) {
        // A jump of the wall clock backwards must not make this longer.
        m_tryAgainAt = std::min(m_tryAgainAt, now + RetryMilliseconds);
        return m_lastError;
    }
    m_reserve.reset();
    auto segment = create(path, project, capacity);
    m_reserve = openReserve();
    if (!segment) {
        m_lastError = {ErrorCode::Io, "the spool cannot take the call: " + segment.error().message};
        m_tryAgainAt = m_wallClock() + RetryMilliseconds;
        return m_lastError;
    }
    m_tryAgainAt = 0;
    ++m_nextNumber;
    m_usedBytes += capacity;
    m_directoryChanged = true;
    return Piece{std::make_shared<Segment>(std::move(*segment)), path};
}

// The file is renamed first: should the process end in between, its old records are done and its
// new name is as good as the old one.
std::shared_ptr<Segment> SegmentStore::reuseSpare(std::string_view project, const std::string &path,
                                                  std::size_t needed, std::size_t preferred)
{
    const auto fits = [&](const Piece &piece) {
        const std::size_t capacity = piece.segment->capacity();
        // Also for less, where the disk has had no room for another file.
        return capacity >= needed && (capacity == preferred || m_tryAgainAt != 0);
    };
    for (;;) {
        const auto found = std::find_if(m_spare.rbegin(), m_spare.rend(), fits);
        if (found == m_spare.rend())
            return nullptr;
        Piece piece = std::move(*found);
        m_spare.erase(std::next(found).base());
        if (piece.segment->isAt(piece.path) && renameToFree(piece.path, path) == 0) {
            piece.segment->reuse(m_nextNumber, project);
            return piece.segment;
        }
        remove(std::move(piece));
    }
}

// A file of 4 MiB takes 2 ms, which nobody waits for in a thread.
void SegmentStore::prepare(std::string_view project, std::size_t bytes)
{
    takePrepared();
    const bool isThere = std::any_of(m_spare.begin(), m_spare.end(), [&](const Piece &piece) {
        return piece.segment->capacity() == bytes;
    });
    if (bytes < LeastMadeAhead || isThere || m_preparation || m_tryAgainAt != 0
        || m_usedBytes + m_removingBytes + bytes > m_limits.maxBytes)
        return;
    m_preparation = std::make_shared<Preparation>();
    m_preparation->project = project;
    m_preparation->bytes = bytes;
    m_preparation->piece.path = nextPath();
    m_preparation->number = m_nextNumber++;
    m_usedBytes += bytes;
    m_background.post([preparation = m_preparation] {
        Piece &piece = preparation->piece;
        auto segment = Segment::create(piece.path, preparation->number, preparation->project,
                                       preparation->bytes);
        if (segment)
            piece.segment = std::make_shared<Segment>(std::move(*segment));
        preparation->isDone = true;
    });
}

// What could not be made is no error: whoever needs it will try again, and say why it fails.
void SegmentStore::takePrepared()
{
    if (!m_preparation || !m_preparation->isDone)
        return;
    const auto preparation = std::exchange(m_preparation, nullptr);
    if (preparation->piece.segment)
        m_spare.push_back(std::move(preparation->piece));
    else
        m_usedBytes -= preparation->bytes;
}

Result<Segment> SegmentStore::create(const std::string &path, std::string_view project,
                                     std::size_t capacity)
{
    constexpr auto AsRecordsCome = Segment::Pages::AsRecordsCome; // clients wait for this
    auto segment = Segment::create(path, m_nextNumber, project, capacity, AsRecordsCome);
    if (segment || (m_removingBytes == 0 && m_spare.empty() && !m_preparation))
        return segment;
    dropSpares(); // they may hold the very room that is missing
    m_background.finish(m_limits.removalPatience); // a full disk waits for that
    return Segment::create(path, m_nextNumber, project, capacity, AsRecordsCome);
}

bool SegmentStore::hasRoom(std::size_t bytes)
{
    const auto fits = [&] { return m_usedBytes + m_removingBytes + bytes <= m_limits.maxBytes; };
    if (fits())
        return true;
    dropSpares();
    const auto now = std::chrono::steady_clock::now();
    if (m_usedBytes + bytes > m_limits.maxBytes || now < m_waitAgainAt)
        return fits();
    m_background.finish(m_limits.removalPatience, fits);
    if (fits())
        return true;
    m_waitAgainAt = now + 2 * m_limits.removalPatience;
    return false;
}

std::uint64_t SegmentStore::spareBytes() const
{
    std::uint64_t bytes = m_preparation ? m_preparation->bytes : 0;
    for (const Piece &piece : m_spare)
        bytes += piece.segment->capacity();
    return bytes;
}

// In a thread: a file system that tells the disk which blocks are free (mount option discard) waits
// for it, 1 to 2 ms a file, when the last of its name and its mapping goes. While a gigabyte
// drained, clients waited 50 ms for that.
void SegmentStore::remove(Piece piece)
{
    const std::size_t bytes = piece.segment->capacity();
    m_usedBytes -= bytes;
    m_removingBytes += bytes;
    m_background.post([this, bytes, piece = std::move(piece)]() mutable {
        removeNow(std::move(piece));
        m_removingBytes -= bytes;
    });
}

void SegmentStore::removeNow(Piece piece)
{
    if (piece.segment->isAt(piece.path)) // else it has no name, or it is another's by now
        ::unlink(piece.path.c_str());
    piece.segment.reset(); // its room is free when the mapping has gone, too
}

void SegmentStore::giveBack(Piece piece, bool isWanted)
{
    if (piece.isDamaged || (!isWanted && piece.segment->capacity() != m_limits.fullSize)) {
        remove(std::move(piece));
        return;
    }
    m_spare.push_back(std::move(piece));
    if (m_spare.size() <= MaxSpareSegments)
        return;
    Piece oldest = std::move(m_spare.front()); // most likely of a size that nobody wants any more
    m_spare.erase(m_spare.begin());
    remove(std::move(oldest));
}

void SegmentStore::dropSpares()
{
    for (Piece &piece : std::exchange(m_spare, {}))
        remove(std::move(piece));
    if (!m_preparation)
        return;
    const std::size_t bytes = m_preparation->bytes;
    m_usedBytes -= bytes;
    m_removingBytes += bytes;
    m_background.post([this, bytes, preparation = std::exchange(m_preparation, nullptr)] {
        if (preparation->piece.segment)
            removeNow(std::move(preparation->piece));
        m_removingBytes -= bytes;
    });
}

void SegmentStore::setLimits(const Limits &limits)
{
    if (limits.fullSize != m_limits.fullSize)
        dropSpares(); // none of them has the size that is wanted now
    m_limits = limits;
}

bool SegmentStore::checkDirectory()
{
    if (m_directory.isInPlace())
        return true;
    dropSpares();
    m_usedBytes -= std::exchange(m_unopenedBytes, 0); // most likely gone with it
    const auto restored = m_directory.restore();
    m_whyLost = restored ? std::string() : restored.error().message;
    m_tryAgainAt = 0;
    return false;
}

} // namespace Weave
