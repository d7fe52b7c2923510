#pragma once

#include "spool/segment.h"
#include "spool/spooldirectory.h"
#include "spool/taskthread.h"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace Weave {

// Wall-clock time in milliseconds since 1970.
using WallClock = std::function<std::int64_t()>;

// The spool's files as a stock: hands out segments within a bound of bytes, and takes them back.
//
// Segments are used again instead of being deleted and made anew, because fresh pages cost more
// than all the rest of keeping a call; and what will be needed next is made in a thread beforehand,
// because clients would wait for it. After the disk has said no, it is asked again a little later
// and not for every call.
class SegmentStore
{
public:
    struct Piece
    {
        std::shared_ptr<Segment> segment;
        std::string path;
        bool isDamaged = false; // not to be used again: it would be found damaged once more
    };
    struct Limits
    {
        std::uint64_t maxBytes = 0; // of all files
        std::size_t fullSize = 0; // of a segment; that of a large call may be larger
        // Clients wait no longer than this for files to go; then the spool is full, and for a while
        // nobody waits again.
        std::chrono::milliseconds removalPatience{50};
    };

    SegmentStore(SpoolDirectory directory, const Limits &limits, WallClock wallClock);
    // Deletes the spare files.
    ~SegmentStore();
    SegmentStore(const SegmentStore &) = delete;
    SegmentStore &operator=(const SegmentStore &) = delete;

    // What lies in the directory, in the order of the numbers. What is no segment is moved away and
    // counted in quarantined; what cannot be opened now is left for the next start, see unopened().
    // An error when the directory cannot be listed.
    [[nodiscard]] Result<std::vector<Piece>> findOld(std::uint64_t &quarantined);
    // Why findOld() has left files where they are, one sentence a file.
    [[nodiscard]] const std::vector<std::string> &unopened() const { return m_unopened; }

    // An empty segment for a project, of preferred bytes, or of needed bytes where those are more.
    // Full when there is no room for it, or less than `behind` would be left for others; Io with
    // the system's words, or while the directory is not this process's.
    [[nodiscard]] Result<Piece> make(std::string_view project, std::size_t needed,
                                     std::size_t preferred, std::uint64_t behind = 0);
    // Whether so many bytes are free, or would be without the spare files and `idle` other bytes.
    [[nodiscard]] bool canHave(std::uint64_t bytes, std::uint64_t idle = 0) const
    {
        return m_usedBytes + bytes <= m_limits.maxBytes
            || m_usedBytes - spareBytes() - idle + bytes <= m_limits.maxBytes;
    }
    // Nothing in it is needed any more: keeps it for its next use, or deletes it soon. It is kept
    // when a make() will prefer just as many bytes, which is so for those of full size.
    void giveBack(Piece piece, bool isWanted);
    // Has a segment of so many bytes made in a thread, for a make() that prefers just as many;
    // unless there is one, or no room for it. The project is the one that will most likely need it.
    void prepare(std::string_view project, std::size_t bytes);
    // Also what is being prepared.
    void dropSpares();
    void setLimits(const Limits &limits);

    [[nodiscard]] std::uint64_t usedBytes() const { return m_usedBytes; }
    [[nodiscard]] const SpoolDirectory &directory() const { return m_directory; }

    // Whether files have come or changed their names since the last call.
    [[nodiscard]] bool takeDirectoryChange() { return m_directoryChanged.exchange(false); }
    // It has not been synced after all. From any thread.
    void noteDirectoryChange() { m_directoryChanged = true; }

    // False when the directory has vanished, or another has come in its place; then it has been
    // made and locked again, or the next call tries that again.
    [[nodiscard]] bool checkDirectory();

private:
    struct Preparation
    {
        std::uint64_t number = 0;
        std::string project;
        std::size_t bytes = 0;
        Piece piece; // without a segment when it could not be made
        std::atomic<bool> isDone = false; // until then all else is the thread's
    };

    [[nodiscard]] std::shared_ptr<Segment> reuseSpare(std::string_view project,
                                                      const std::string &path, std::size_t needed,
                                                      std::size_t preferred);
    [[nodiscard]] std::string nextPath();
    void takePrepared();
    [[nodiscard]] Result<Segment> create(const std::string &path, std::string_view project,
                                         std::size_t capacity);
    [[nodiscard]] bool hasRoom(std::size_t bytes);
    [[nodiscard]] std::uint64_t spareBytes() const;
    void remove(Piece piece);
    static void removeNow(Piece piece);
    void leave(const std::string &path, const std::string &reason);
    [[nodiscard]] Error full() const;
    [[nodiscard]] Error lost() const;

    SpoolDirectory m_directory;
    Limits m_limits;
    const WallClock m_wallClock;
    // Held so that a segment can be made when the process has no other descriptor left: clients
    // that are connected are served then, too.
    UniqueFd m_reserve;
    std::vector<Piece> m_spare; // the last one was needed last
    std::shared_ptr<Preparation> m_preparation; // the one under way; its bytes are in m_usedBytes
    std::uint64_t m_usedBytes = 0;
    // In m_usedBytes, too: they are on the disk, which is what the bound is about, and the next
    // start would find more than it may hold.
    std::uint64_t m_unopenedBytes = 0;
    std::vector<std::string> m_unopened;
    std::atomic<std::uint64_t> m_removingBytes = 0; // not used any more, but on the disk still
    std::atomic<bool> m_directoryChanged = false;
    std::uint64_t m_nextNumber = 1;
    std::string m_whyLost; // why the directory could not be had again; empty before the first try
    Error m_lastError{ErrorCode::Io, {}};
    std::int64_t m_tryAgainAt = 0; // wall clock, milliseconds
    std::chrono::steady_clock::time_point m_waitAgainAt; // for removals
    // Removes and prepares files. Last, so that it ends before what it touches. While a gigabyte
    // drains it takes a fifth of a processor: p99 of replies is 4.2 ms then with a low priority and
    // 4.8 without; 6.3 and 9.3 where all threads share one.
    TaskThread m_background{TaskThread::Priority::Low};
};

} // namespace Weave
