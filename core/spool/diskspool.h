#pragma once

#include "common/byname.h"
#include "spool/segment.h"
#include "spool/segmentstore.h"
#include "spool/spool.h"
#include "spool/synctask.h"

#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace Weave {

struct DiskSpoolOptions
{
    std::string directory;
    std::uint64_t maxBytes = 0; // of all segment files
    std::size_t maxSegmentBytes = 4U << 20U; // a larger call gets a segment of its own size
    std::size_t minSegmentBytes = 256U << 10U; // the first of a project that has none
    bool collectsAppended = false; // for takeAppended()
    std::chrono::milliseconds removalPatience{50}; // see SegmentStore::Limits
};

// Keeps calls in files that survive the process: what append() has taken is there after a SIGKILL.
//
// Every project has segments of its own, so that one whose calls wait for days holds up nobody
// else's files. Segments grow from minSegmentBytes to maxSegmentBytes with what waits.
class DiskSpool final : public Spool
{
public:
    // Takes the directory's lock and finds what an earlier process left. It is counted and checked
    // bit by bit by recover(); new calls are taken meanwhile.
    [[nodiscard]] static Result<std::unique_ptr<DiskSpool>> open(const DiskSpoolOptions &options,
                                                                 WallClock wallClock);
    ~DiskSpool() override;

    Result<RecordRef> append(const CallView &call) override;
    std::string_view payload(const RecordRef &record) const override;
    Milliseconds age(const RecordRef &record) const override;
    void remove(const RecordRef &record) override;
    void setMaxBytes(std::uint64_t maxBytes) override;
    RecordId nextId() const override { return {m_nextSequence}; }
    SpoolUsage usage() const override;
    bool isBehind(std::string_view project) const override;
    bool defer(std::string_view project, const RecordRef &record) override;
    std::optional<RecordRef> next(std::string_view project) override;

    // Checks what was found at the start, for about the given time. True when there is more to do.
    // Damaged bytes go to quarantine/ and are counted; the names of projects that have got calls
    // are added to projects.
    [[nodiscard]] bool recover(std::chrono::microseconds budget,
                               std::vector<std::string> &projects);

    // Which files of an earlier process could not be opened at the start and stay where they are,
    // and why: one sentence each.
    [[nodiscard]] const std::vector<std::string> &unopenedFiles() const
    {
        return m_store.unopened();
    }

    // Looks whether the directory is still there, and makes it again when it is not. While another
    // daemon has it, calls are refused, and each look tries to get it back. False when it had to.
    bool checkDirectory();
    // How many calls wait in files that are not in the directory any more, because somebody removed
    // or moved them: this process has them mapped, and the next one will not find them. Without
    // those of files that have not been checked yet.
    [[nodiscard]] std::uint64_t callsWithoutFile() const;

    // Whether the folder at its path is ours.
    [[nodiscard]] bool isInPlace() const { return m_store.directory().isInPlace(); }

    // What to sync so that the records that were there at the last call already, and still wait,
    // are on the disk.
    [[nodiscard]] SyncTask::Job takeUnsynced();
    // The same for all records appended since the last call. With Options::collectsAppended.
    [[nodiscard]] SyncTask::Job takeAppended();
    // The job of one of these has failed: files that are new in it still need their names synced.
    // From any thread.
    void noteSyncFailed() { m_store.noteDirectoryChange(); }
    // Gives up the open files of projects that have had no call since the last call. True when
    // there is anything left that a later call could give up.
    [[nodiscard]] bool tidy();

private:
    // Of a project's sealed files so many of full size, or as many bytes of smaller ones, stay in
    // this process; those behind are read back when they are needed.
    static constexpr std::size_t WarmFiles = 8;

    struct File
    {
        SegmentStore::Piece piece;
        // Grows along Chain::files, as the numbers in the names do. Those in the headers may not: a
        // file may have been copied, or its process killed between its new name and its new header.
        std::uint64_t order = 0;
        std::uint32_t slot = 0;
        std::uint32_t livingRecords = 0;
        // Of those, the ones behind oldEnd have been appended since the last takeUnsynced().
        std::uint32_t oldEnd = 0;
        std::uint32_t livingOldRecords = 0;
        std::uint32_t syncedEnd = 0;
        bool wasFound = false; // by findFiles(); an earlier process wrote it
        bool isChecked = false; // its records are known to be whole
    };
    struct Chain
    {
        std::string project;
        std::deque<std::unique_ptr<File>> files; // oldest first
        std::uint64_t bytes = 0; // of the files
        bool hasOpenFile = false; // the last one is being filled
        std::size_t nextBytes = 0;
        bool wasUsed = false; // since the last tidy()
        // Where next() goes on; batching has everything before. Only while isBehind.
        bool isBehind = false;
        std::uint64_t readOrder = 0;
        std::uint32_t readOffset = 0;
    };

    DiskSpool(const DiskSpoolOptions &options, SpoolDirectory directory, WallClock wallClock);
    [[nodiscard]] Result<void> findFiles();
    void checkFile(Chain &chain, File &file);
    [[nodiscard]] Chain &chainOf(std::string_view project);
    [[nodiscard]] bool leavesRoom(Chain &chain, CallKind kind);
    [[nodiscard]] Result<void> openFile(Chain &chain, const CallView &call);
    [[nodiscard]] Result<SegmentStore::Piece> makePiece(const Chain &chain, const CallView &call);
    // Whether what is put behind its files is to be read back later.
    [[nodiscard]] bool isCold(const Chain &chain) const;
    File &addFile(Chain &chain, SegmentStore::Piece piece);
    static void fallBehind(Chain &chain, const File &file, std::uint32_t offset);
    void closeOpenFile(Chain &chain);
    void releaseFile(Chain &chain, File &file);
    [[nodiscard]] static RecordRef refer(const File &file, const Segment::Record &record);

    const DiskSpoolOptions m_wanted;
    DiskSpoolOptions m_options; // m_wanted, fitted to the room
    const WallClock m_wallClock;
    SegmentStore m_store;
    ByName<Chain> m_chains;
    Chain *m_lastChain = nullptr;
    std::vector<std::pair<Chain *, File *>> m_slots; // by RecordRef::segment
    std::vector<std::uint32_t> m_freeSlots;
    std::deque<std::pair<Chain *, File *>> m_unchecked;
    std::uint64_t m_nextOrder = 0; // of files
    std::uint64_t m_nextSequence = 0;
    SpoolUsage m_usage;
    std::uint64_t m_idleBytes = 0; // of open files in which nothing waits
    SyncTask::Segments m_appended; // some of them more than once
};

} // namespace Weave
