#include "spool/diskspool.h"

#include "common/bytesize.h"
#include "spool/segmentformat.h"
#include "spool/spoolroom.h"

#include <algorithm>
#include <utility>

namespace Weave {

namespace {

// Files grow until what a project has waiting is in no more of them than this. With few large ones
// a client that waits for each reply has 7.5 MiB of files made before the first is used again, and
// 2 MiB of small ones: a tenth of what a call costs.
constexpr std::size_t FilesOfAFlow = 5;

// With more waiting than fits into so many files of full size, they grow to that: changing small
// ones costs clients at the highest rate 2 to 5 %.
constexpr std::size_t FullFilesOfAFlow = 2;

// A small spool has small files: with few large ones a single call that waits would hold a large
// part of the room.
DiskSpoolOptions fitted(DiskSpoolOptions options)
{
    constexpr std::uint64_t FilesAtLeast = 16;
    constexpr std::size_t SmallestFile = 64 * KiB;
    const auto share = static_cast<std::size_t>(options.maxBytes / FilesAtLeast);
    options.maxSegmentBytes = std::min(options.maxSegmentBytes, std::max(share, SmallestFile));
    options.minSegmentBytes = std::min(options.minSegmentBytes, options.maxSegmentBytes);
    return options;
}

SegmentStore::Limits limitsOf(const DiskSpoolOptions &options)
{
    return {options.maxBytes, options.maxSegmentBytes, options.removalPatience};
}

} // namespace

DiskSpool::DiskSpool(const DiskSpoolOptions &options, SpoolDirectory directory, WallClock wallClock)
    : m_wanted(options),
      m_options(fitted(options)),
      m_wallClock(std::move(wallClock)),
      m_store(std::move(directory), limitsOf(m_options), m_wallClock)
{
    // Above every sequence of an earlier process, so that ids order calls across a restart.
    m_nextSequence = static_cast<std::uint64_t>(m_wallClock()) << 20U;
}

Result<void> DiskSpool::findFiles()
{
    auto pieces = m_store.findOld(m_usage.quarantined);
    if (!pieces)
        return pieces.error();
    for (SegmentStore::Piece &piece : *pieces) {
        Chain &chain = chainOf(piece.segment->project());
        File &file = addFile(chain, std::move(piece));
        file.wasFound = true;
        // From the start, not from recover() on: a new call must not overtake the old ones and then
        // be found once more behind them.
        fallBehind(chain, file, file.piece.segment->firstOffset());
        m_unchecked.emplace_back(&chain, &file);
    }
    return {};
}

// Files in which nothing waits are of no use to anybody.
DiskSpool::~DiskSpool()
{
    for (const auto &[project, chain] : m_chains) {
        for (const auto &file : chain.files) {
            if (file->isChecked && file->livingRecords == 0)
                m_store.giveBack(std::move(file->piece), false);
        }
    }
}

Result<std::unique_ptr<DiskSpool>> DiskSpool::open(const DiskSpoolOptions &options,
                                                   WallClock wallClock)
{
    auto directory = SpoolDirectory::open(options.directory);
    if (!directory)
        return directory.error();
    std::unique_ptr<DiskSpool> spool(
        new DiskSpool(options, std::move(*directory), std::move(wallClock)));
    if (const auto found = spool->findFiles(); !found)
        return found.error();
    return spool;
}

DiskSpool::Chain &DiskSpool::chainOf(std::string_view project)
{
    if (m_lastChain && m_lastChain->project == project)
        return *m_lastChain;
    auto found = m_chains.find(project);
    if (found == m_chains.end()) {
        found = m_chains.emplace(std::string(project), Chain()).first;
        found->second.project = project;
        found->second.nextBytes = m_options.minSegmentBytes;
    }
    m_lastChain = &found->second;
    return *m_lastChain;
}

DiskSpool::File &DiskSpool::addFile(Chain &chain, SegmentStore::Piece piece)
{
    auto file = std::make_unique<File>();
    file->piece = std::move(piece);
    file->order = m_nextOrder++;
    if (m_freeSlots.empty()) {
        file->slot = static_cast<std::uint32_t>(m_slots.size());
        m_slots.emplace_back();
    } else {
        file->slot = m_freeSlots.back();
        m_freeSlots.pop_back();
    }
    m_slots[file->slot] = {&chain, file.get()};
    chain.bytes += file->piece.segment->capacity();
    chain.files.push_back(std::move(file));
    return *chain.files.back();
}

Result<RecordRef> DiskSpool::append(const CallView &call)
{
    Chain &chain = chainOf(call.project);
    if (!leavesRoom(chain, call.kind))
        return spoolFull(call.kind, m_options.maxBytes);
    const std::int64_t now = m_wallClock();
    if (!chain.hasOpenFile
        || !chain.files.back()->piece.segment->append(call, m_nextSequence, now)) {
        if (const auto opened = openFile(chain, call); !opened)
            return opened.error();
        if (!chain.files.back()->piece.segment->append(call, m_nextSequence, now))
            return Error{ErrorCode::TooLarge, "the call does not fit into a segment"};
    }
    File &file = *chain.files.back();
    const auto size = static_cast<std::uint32_t>(call.payload.size());
    const auto bytes = SegmentFormat::recordBytes(call.id.size(), call.payload.size());
    if (file.livingRecords++ == 0) {
        file.piece.segment->setNeeded(true);
        m_idleBytes -= file.piece.segment->capacity();
    }
    chain.wasUsed = true;
    if (m_options.collectsAppended
        && (m_appended.empty() || m_appended.back() != file.piece.segment))
        m_appended.push_back(file.piece.segment);
    ++m_usage.pendingCalls;
    m_usage.pendingBytes += size;
    RecordRef record;
    record.id = {m_nextSequence++};
    record.payloadSize = size;
    record.kind = call.kind;
    record.setIdBytes(call.id.size());
    record.client = call.client;
    record.segment = file.slot;
    record.offset = file.piece.segment->end() - static_cast<std::uint32_t>(bytes);
    return record;
}

// Whether enough is left for others, were a call put into the file that is open: that may lie in
// what is kept for ends, and an end has brought it. Open files in which nothing waits are room.
bool DiskSpool::leavesRoom(Chain &chain, CallKind kind)
{
    const std::uint64_t behind = roomBehind(kind, m_options.maxBytes);
    if (behind == 0 || m_store.canHave(behind))
        return true;
    const bool isIdle = chain.hasOpenFile && chain.files.back()->livingRecords == 0;
    const std::uint64_t own = isIdle ? chain.files.back()->piece.segment->capacity() : 0;
    if (m_store.canHave(own + behind, m_idleBytes))
        return true;
    if (isIdle)
        closeOpenFile(chain); // a smaller one may do
    return isIdle && m_store.canHave(behind, m_idleBytes);
}

Result<void> DiskSpool::openFile(Chain &chain, const CallView &call)
{
    // An empty file may hold the very room that is missing.
    if (chain.hasOpenFile && chain.files.back()->livingRecords == 0)
        closeOpenFile(chain);
    chain.nextBytes = std::min(chain.nextBytes, m_options.maxSegmentBytes);
    auto piece = makePiece(chain, call);
    if (!piece) {
        // Smaller calls still fit into the file that is open, and a smaller file onto the disk. At
        // the bound smaller ones have been tried, and large ones are what room comes by: a spool
        // that stays full would end up in small files alone.
        if (piece.error().code != ErrorCode::Full)
            chain.nextBytes = m_options.minSegmentBytes;
        return piece.error();
    }
    closeOpenFile(chain);
    // A file of another size is for one large call, or all that there was room for.
    const bool isUsual = piece->segment->capacity() == chain.nextBytes;
    File &file = addFile(chain, std::move(*piece));
    file.isChecked = true;
    chain.hasOpenFile = true;
    m_idleBytes += file.piece.segment->capacity();
    // With what waits, and not with what has passed: where calls leave as they come the same few
    // small files are used again and again. One that was made for a single large call is not.
    const bool isLarge = file.piece.segment->capacity() > chain.nextBytes;
    if (chain.bytes > FilesOfAFlow * chain.nextBytes
        || chain.bytes > FullFilesOfAFlow * m_options.maxSegmentBytes
        || (isLarge && chain.files.size() > 2))
        chain.nextBytes = std::min(chain.nextBytes * 2, m_options.maxSegmentBytes);
    // The first ones may be all that a project needs.
    if (isUsual && chain.nextBytes > m_options.minSegmentBytes)
        m_store.prepare(chain.project, chain.nextBytes);
    return {};
}

// Smaller where the spool is nearly full, so that what room is left is of use to every project:
// like a project's first file, or at last for this call alone.
Result<SegmentStore::Piece> DiskSpool::makePiece(const Chain &chain, const CallView &call)
{
    const std::size_t needed = Segment::bytesFor(call.project, call.id.size(), call.payload.size());
    const std::uint64_t behind = roomBehind(call.kind, m_options.maxBytes);
    auto piece = m_store.make(chain.project, needed, chain.nextBytes, behind);
    for (const std::size_t preferred : {m_options.minSegmentBytes, needed}) {
        if (piece || piece.error().code != ErrorCode::Full)
            break;
        piece = m_store.make(chain.project, needed, preferred, behind);
    }
    if (!piece && piece.error().code == ErrorCode::Full)
        return spoolFull(call.kind, m_options.maxBytes);
    return piece;
}

bool DiskSpool::isCold(const Chain &chain) const
{
    return chain.bytes > WarmFiles * m_options.maxSegmentBytes;
}

void DiskSpool::closeOpenFile(Chain &chain)
{
    if (!std::exchange(chain.hasOpenFile, false))
        return;
    if (chain.files.back()->livingRecords == 0) {
        m_idleBytes -= chain.files.back()->piece.segment->capacity();
        releaseFile(chain, *chain.files.back());
    } else if (isCold(chain)) {
        chain.files.back()->piece.segment->releasePages();
    }
}

std::string_view DiskSpool::payload(const RecordRef &record) const
{
    const Segment &segment = *m_slots[record.segment].second->piece.segment;
    if (record.idBytes != RecordRef::LongId)
        return segment.payload(record.offset, record.idBytes, record.payloadSize);
    Segment::Record found;
    [[maybe_unused]] const auto result = segment.read(record.offset, found, false);
    return found.payload;
}

Milliseconds DiskSpool::age(const RecordRef &record) const
{
    Segment::Record found;
    [[maybe_unused]] const auto result =
        m_slots[record.segment].second->piece.segment->read(record.offset, found, false);
    return Milliseconds(std::max<std::int64_t>(0, m_wallClock() - found.acceptedAt));
}

void DiskSpool::remove(const RecordRef &record)
{
    auto [chain, file] = m_slots[record.segment];
    file->piece.segment->setState(record.offset, RecordState::Done);
    if (--file->livingRecords == 0)
        file->piece.segment->setNeeded(false);
    if (record.offset < file->oldEnd)
        --file->livingOldRecords;
    --m_usage.pendingCalls;
    m_usage.pendingBytes -= record.payloadSize;
    const bool isOpen = chain->hasOpenFile && chain->files.back().get() == file;
    if (file->livingRecords == 0 && isOpen)
        m_idleBytes += file->piece.segment->capacity();
    else if (file->livingRecords == 0)
        releaseFile(*chain, *file);
}

void DiskSpool::releaseFile(Chain &chain, File &file)
{
    const auto place = std::find_if(chain.files.begin(), chain.files.end(),
                                    [&file](const auto &other) { return other.get() == &file; });
    m_slots[file.slot] = {};
    m_freeSlots.push_back(file.slot);
    chain.bytes -= file.piece.segment->capacity();
    const bool isNextSize = file.piece.segment->capacity() == chain.nextBytes;
    m_store.giveBack(std::move(file.piece), isNextSize);
    chain.files.erase(place);
}

void DiskSpool::setMaxBytes(std::uint64_t maxBytes)
{
    DiskSpoolOptions wanted = m_wanted;
    wanted.maxBytes = maxBytes;
    m_options = fitted(wanted);
    m_store.setLimits(limitsOf(m_options));
}

SpoolUsage DiskSpool::usage() const
{
    SpoolUsage usage = m_usage;
    usage.usedBytes = m_store.usedBytes();
    usage.maxBytes = m_options.maxBytes;
    return usage;
}

bool DiskSpool::isBehind(std::string_view project) const
{
    if (m_lastChain && m_lastChain->project == project)
        return m_lastChain->isBehind;
    const auto found = m_chains.find(project);
    return found != m_chains.end() && found->second.isBehind;
}

bool DiskSpool::defer(std::string_view project, const RecordRef &record)
{
    Chain &chain = chainOf(project);
    fallBehind(chain, *m_slots[record.segment].second, record.offset);
    return true;
}

void DiskSpool::fallBehind(Chain &chain, const File &file, std::uint32_t offset)
{
    if (std::exchange(chain.isBehind, true))
        return;
    chain.readOrder = file.order;
    chain.readOffset = offset;
}

RecordRef DiskSpool::refer(const File &file, const Segment::Record &record)
{
    RecordRef ref;
    ref.id = {record.sequence};
    ref.payloadSize = static_cast<std::uint32_t>(record.payload.size());
    ref.kind = record.kind;
    ref.setIdBytes(record.id.size());
    ref.segment = file.slot;
    ref.offset = record.offset;
    return ref;
}

std::optional<RecordRef> DiskSpool::next(std::string_view project)
{
    Chain &chain = chainOf(project);
    if (!chain.isBehind)
        return std::nullopt;
    for (const auto &file : chain.files) {
        const Segment &segment = *file->piece.segment;
        if (file->order < chain.readOrder)
            continue;
        if (!file->isChecked)
            return std::nullopt; // recover() will come to it
        if (file->order > chain.readOrder) {
            chain.readOrder = file->order;
            chain.readOffset = segment.firstOffset();
        }
        while (chain.readOffset < segment.end()) {
            Segment::Record record;
            const auto result = segment.read(chain.readOffset, record, file->wasFound);
            if (result != Segment::ReadResult::Record) {
                // Damage that recover() has put aside.
                chain.readOffset = segment.findRecord(chain.readOffset).value_or(segment.end());
                continue;
            }
            chain.readOffset = record.next;
            if (record.state == RecordState::Pending)
                return refer(*file, record);
        }
    }
    chain.isBehind = false;
    return std::nullopt;
}

} // namespace Weave
