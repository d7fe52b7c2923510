#pragma once

#include "common/call.h"
#include "common/result.h"
#include "spool/filenames.h"
#include "spool/freshpages.h"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace Weave {

enum class RecordState : std::uint8_t {
    Pending = 0,
    Done = 1, // delivered, or in the dead letters
};

// One file of the spool, mapped into memory: records of one project, one behind the other. The
// layout is in segmentformat.h.
//
// A record is complete once its length is there, and its length is written last: a process that is
// killed in the middle leaves no half record. The file is allocated in full when it is made, so
// that a full disk is an error then and not a signal later.
class Segment
{
public:
    struct Record
    {
        std::uint32_t offset = 0;
        std::uint32_t next = 0; // where the next record starts
        CallKind kind = CallKind::Start;
        RecordState state = RecordState::Pending;
        std::uint64_t sequence = 0;
        std::int64_t acceptedAt = 0; // milliseconds since 1970
        std::string_view id;
        std::string_view payload;
    };
    enum class ReadResult { Record, End, Damaged };

    // When the kernel is to make the pages of a new file; see FreshPages.
    enum class Pages {
        AtOnce, // with create(), which takes 2.1 ms for a file of 4 MiB
        AsRecordsCome, // with append(), 0.2 ms for each 256 KiB; create() takes 0.3 ms
    };

    // What create() puts behind a file's name until it is complete.
    static constexpr const char *UnfinishedSuffix = ".new";

    // Makes the file with room for records of capacity bytes in all. An error when there is one of
    // that name, complete or not.
    [[nodiscard]] static Result<Segment> create(const std::string &path, std::uint64_t number,
                                                std::string_view project, std::size_t capacity,
                                                Pages pages = Pages::AtOnce);
    // Maps a file that create() has made. Malformed when it is something else, or its header is
    // damaged or cannot be read from the disk; any other error is of the moment (too many open
    // files, too little memory) or of the permissions, and the file may be good.
    [[nodiscard]] static Result<Segment> open(const std::string &path);

    Segment(Segment &&other) noexcept;
    Segment &operator=(Segment &&other) = delete;
    ~Segment();

    // Gives the file another number and project; its records are gone. The file keeps its name.
    void reuse(std::uint64_t number, std::string_view project);
    // Whether the path is a name of this file, and not of another that has come in its place.
    [[nodiscard]] bool isAt(const std::string &path) const { return fileIdOf(path) == m_id; }
    [[nodiscard]] std::size_t capacity() const { return m_capacity; }
    // What this process has given it, or found when it opened the file.
    [[nodiscard]] std::uint64_t number() const { return m_number; }
    // Whether another process has given the file its next use since: the calls of this one are all
    // done, and what has been read since the last time that it was asked may be of the next.
    [[nodiscard]] bool isReused() const;
    [[nodiscard]] std::string_view project() const;
    [[nodiscard]] std::uint32_t firstOffset() const { return m_first; }
    // What a segment needs for a project's name and one record.
    [[nodiscard]] static std::size_t bytesFor(std::string_view project, std::size_t idBytes,
                                              std::size_t payloadBytes);

    // Only behind the last record, at end(). False when there is no room.
    [[nodiscard]] bool append(const CallView &call, std::uint64_t sequence,
                              std::int64_t acceptedAt);
    // Where the next record will start.
    [[nodiscard]] std::uint32_t end() const { return m_end; }
    void setEnd(std::uint32_t end) { m_end = end; }

    // The record at offset. With check, its checksum is looked at, too; without, the record must be
    // one that this process wrote or has checked.
    [[nodiscard]] ReadResult read(std::uint32_t offset, Record &record, bool check) const;
    // As read() with check, of a file in which another process may be writing: what was checked is
    // in copy, and the record's views are of that. The state is not, so ask isReused() after it.
    [[nodiscard]] ReadResult readCopy(std::uint32_t offset, Record &record,
                                      std::string &copy) const;
    // After damage at offset: where the next good record starts, if there is one.
    [[nodiscard]] std::optional<std::uint32_t> findRecord(std::uint32_t offset) const;
    // The payload of a record of which so much is known, without a look at it.
    [[nodiscard]] std::string_view payload(std::uint32_t offset, std::size_t idBytes,
                                           std::size_t payloadBytes) const;
    void setState(std::uint32_t offset, RecordState state);
    [[nodiscard]] std::string_view bytes(std::uint32_t from, std::uint32_t to) const;

    // Writes what is dirty to the disk and waits for it. From any thread.
    [[nodiscard]] Result<void> sync() const;
    // Whether anything in it waits: nobody would miss the rest. True until it is set. From any
    // thread.
    [[nodiscard]] bool isNeeded() const { return m_isNeeded; }
    void setNeeded(bool isNeeded) { m_isNeeded = isNeeded; }
    // Brings the first bytes into memory. Io when the disk cannot read them: touching them would
    // end the process (SIGBUS). Where the system has no way to ask, it says nothing.
    [[nodiscard]] Result<void> load(std::size_t bytes) const;
    // Lets the kernel take the pages out of this process; the next access brings them back.
    void releasePages() const;

private:
    Segment(char *base, std::size_t capacity, const FileId &id);
    [[nodiscard]] static Result<Segment> map(int descriptor, std::size_t capacity,
                                             const std::string &path);
    void setPlaces(std::size_t projectBytes, std::size_t fileBytes);
    // The record at the beginning of the file's rest from offset on, or of a copy of that.
    [[nodiscard]] ReadResult parse(std::string_view rest, std::uint32_t offset, Record &record,
                                   bool check) const;
    [[nodiscard]] char &stateAt(std::uint32_t offset) const;
    void endRecordsAt(std::uint32_t offset);

    char *m_base = nullptr;
    std::size_t m_capacity = 0; // bytes that are mapped
    FileId m_id;
    std::uint64_t m_number = 0;
    std::uint32_t m_states = 0; // where the records' states start
    std::uint32_t m_first = 0; // where they end, and the first record starts
    std::uint32_t m_end = 0;
    FreshPages m_fresh;
    std::atomic<bool> m_isNeeded = true;
};

} // namespace Weave
