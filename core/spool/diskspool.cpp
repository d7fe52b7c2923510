#include "spool/diskspool.h"

#include "common/bytesize.h"
#include "spool/segmentformat.h"

#include <algorithm>
#include <limits>
#include <unistd.h>
#include <utility>

namespace Weave {

namespace {

// Segments of full size that are kept for their next use.
constexpr std::size_t MaxSpareSegments = 3;

// A disk that has said no is asked again after this long, not for every call.
constexpr std::int64_t RetryMilliseconds = 100;

// Files of sealed segments whose pages stay in this process; those behind are read back when they
// are needed.
constexpr std::size_t WarmFiles = 4;

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

} // namespace

DiskSpool::DiskSpool(const DiskSpoolOptions &options, SpoolDirectory directory, WallClock wallClock)
    : m_options(fitted(options)),
      m_directory(std::move(directory)),
      m_wallClock(std::move(wallClock))
{
    m_usage.maxBytes = options.maxBytes;
    // Above every sequence of an earlier process, so that ids order calls across a restart.
    m_nextSequence = static_cast<std::uint64_t>(m_wallClock()) << 20U;
}

// Files in which nothing waits are of no use to anybody.
DiskSpool::~DiskSpool()
{
    for (const auto &[segment, path] : m_spare)
        ::unlink(path.c_str());
    for (const auto &[project, chain] : m_chains) {
        for (const auto &file : chain.files) {
            if (file->isChecked && file->livingRecords == 0)
                ::unlink(file->path.c_str());
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
    spool->findFiles();
    return spool;
}

void DiskSpool::findFiles()
{
    for (const SpoolDirectory::SegmentFile &found : m_directory.segmentFiles()) {
        m_nextNumber = std::max(m_nextNumber, found.number + 1);
        auto segment = Segment::open(found.path);
        if (!segment) {
            m_directory.quarantineFile(found.path);
            ++m_usage.quarantined;
            continue;
        }
        m_nextNumber = std::max(m_nextNumber, segment->number() + 1);
        Chain &chain = chainOf(segment->project());
        File &file = addFile(chain, std::make_shared<Segment>(std::move(*segment)), found.path);
        file.wasFound = true;
        m_unchecked.emplace_back(&chain, &file);
    }
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

DiskSpool::File &DiskSpool::addFile(Chain &chain, std::shared_ptr<Segment> segment,
                                    std::string path)
{
    auto file = std::make_unique<File>();
    file->segment = std::move(segment);
    file->path = std::move(path);
    m_usage.usedBytes += file->segment->capacity();
    if (m_freeSlots.empty()) {
        file->slot = static_cast<std::uint32_t>(m_slots.size());
        m_slots.emplace_back();
    } else {
        file->slot = m_freeSlots.back();
        m_freeSlots.pop_back();
    }
    m_slots[file->slot] = {&chain, file.get()};
    chain.files.push_back(std::move(file));
    return *chain.files.back();
}

Result<RecordRef> DiskSpool::append(const CallView &call)
{
    Chain &chain = chainOf(call.project);
    const std::int64_t now = m_wallClock();
    if (!chain.hasOpenFile || !chain.files.back()->segment->append(call, m_nextSequence, now)) {
        if (const auto opened = openFile(chain, call); !opened)
            return opened.error();
        if (!chain.files.back()->segment->append(call, m_nextSequence, now))
            return Error{ErrorCode::TooLarge, "the call does not fit into a segment"};
    }
    File &file = *chain.files.back();
    const auto size = static_cast<std::uint32_t>(call.payload.size());
    const auto bytes = SegmentFormat::recordBytes(call.id.size(), call.payload.size());
    ++file.livingRecords;
    chain.wasUsed = true;
    ++m_usage.pendingCalls;
    m_usage.pendingBytes += size;
    return RecordRef{{m_nextSequence++},
                     size,
                     call.kind,
                     file.slot,
                     file.segment->end() - static_cast<std::uint32_t>(bytes)};
}

Result<void> DiskSpool::openFile(Chain &chain, const CallView &call)
{
    closeOpenFile(chain);
    const std::size_t needed = Segment::bytesFor(call.project, call.id.size(), call.payload.size());
    const std::uint64_t number = m_nextNumber;
    if (needed <= m_options.maxSegmentBytes && takeSpare(chain, number)) {
        ++m_nextNumber;
        return {};
    }
    const std::size_t capacity = std::max(needed, chain.nextBytes);
    if (m_usage.usedBytes + capacity > m_usage.maxBytes)
        dropSpares();
    if (m_usage.usedBytes + capacity > m_usage.maxBytes) {
        return Error{ErrorCode::Full,
                     "the spool is full (" + formatByteSize(m_usage.maxBytes)
                         + " of undelivered calls); send this call directly"};
    }
    if (const std::int64_t now = m_wallClock(); now < m_tryAgainAt) {
        // A jump of the wall clock backwards must not make this longer.
        m_tryAgainAt = std::min(m_tryAgainAt, now + RetryMilliseconds);
        return m_lastError;
    }
    const std::string path = m_directory.segmentPath(number);
    auto segment = Segment::create(path, number, chain.project, capacity);
    if (!segment) {
        m_lastError = {ErrorCode::Io,
                       "the spool cannot take the call: " + segment.error().message
                           + "; send this call directly"};
        m_tryAgainAt = m_wallClock() + RetryMilliseconds;
        return m_lastError;
    }
    ++m_nextNumber;
    chain.nextBytes = std::min(chain.nextBytes * 2, m_options.maxSegmentBytes);
    File &file = addFile(chain, std::make_shared<Segment>(std::move(*segment)), path);
    file.isChecked = true;
    chain.hasOpenFile = true;
    return {};
}

void DiskSpool::closeOpenFile(Chain &chain)
{
    if (!std::exchange(chain.hasOpenFile, false))
        return;
    if (chain.files.back()->livingRecords == 0)
        releaseFile(chain, *chain.files.back());
    else if (chain.files.size() > WarmFiles)
        chain.files.back()->segment->releasePages();
}

// Gives a file that is done to another use. The file is renamed first: should the process end in
// between, its old records are done and its new name is as good as the old one.
bool DiskSpool::takeSpare(Chain &chain, std::uint64_t number)
{
    if (m_spare.empty() || chain.nextBytes < m_options.maxSegmentBytes)
        return false;
    auto [segment, oldPath] = std::move(m_spare.back());
    m_spare.pop_back();
    m_usage.usedBytes -= segment->capacity();
    std::string path = m_directory.segmentPath(number);
    if (::rename(oldPath.c_str(), path.c_str()) != 0) {
        ::unlink(oldPath.c_str());
        return false;
    }
    segment->reuse(number, chain.project);
    File &file = addFile(chain, std::move(segment), std::move(path));
    file.isChecked = true;
    chain.hasOpenFile = true;
    return true;
}

std::string_view DiskSpool::payload(const RecordRef &record) const
{
    Segment::Record found;
    [[maybe_unused]] const auto result =
        m_slots[record.segment].second->segment->read(record.offset, found, false);
    return found.payload;
}

std::optional<Milliseconds> DiskSpool::age(const RecordRef &record) const
{
    Segment::Record found;
    [[maybe_unused]] const auto result =
        m_slots[record.segment].second->segment->read(record.offset, found, false);
    return Milliseconds(std::max<std::int64_t>(0, m_wallClock() - found.acceptedAt));
}

void DiskSpool::remove(const RecordRef &record)
{
    auto [chain, file] = m_slots[record.segment];
    file->segment->setState(record.offset, RecordState::Done);
    --file->livingRecords;
    if (record.offset < file->oldEnd)
        --file->livingOldRecords;
    --m_usage.pendingCalls;
    m_usage.pendingBytes -= record.payloadSize;
    const bool isOpen = chain->hasOpenFile && chain->files.back().get() == file;
    if (file->livingRecords == 0 && !isOpen)
        releaseFile(*chain, *file);
}

// The file's records are all done: keep it for its next use, or delete it.
void DiskSpool::releaseFile(Chain &chain, const File &file)
{
    const auto place = std::find_if(chain.files.begin(), chain.files.end(),
                                    [&file](const auto &other) { return other.get() == &file; });
    const bool isReusable =
        file.segment->capacity() == m_options.maxSegmentBytes && m_spare.size() < MaxSpareSegments;
    if (isReusable) {
        m_spare.emplace_back(file.segment, file.path);
    } else {
        m_usage.usedBytes -= file.segment->capacity();
        ::unlink(file.path.c_str());
    }
    m_slots[file.slot] = {};
    m_freeSlots.push_back(file.slot);
    chain.files.erase(place);
}

void DiskSpool::dropSpares()
{
    for (const auto &[segment, path] : m_spare) {
        m_usage.usedBytes -= segment->capacity();
        ::unlink(path.c_str());
    }
    m_spare.clear();
}

SpoolUsage DiskSpool::usage() const
{
    return m_usage;
}

bool DiskSpool::isBehind(std::string_view project) const
{
    if (m_lastChain && m_lastChain->project == project)
        return m_lastChain->isBehind;
    const auto found = m_chains.find(project);
    return found != m_chains.end() && found->second.isBehind;
}

void DiskSpool::defer(std::string_view project, const RecordRef &record)
{
    Chain &chain = chainOf(project);
    chain.isBehind = true;
    chain.readNumber = m_slots[record.segment].second->segment->number();
    chain.readOffset = record.offset;
}

RecordRef DiskSpool::refer(const File &file, const Segment::Record &record)
{
    return {{record.sequence},
            static_cast<std::uint32_t>(record.payload.size()),
            record.kind,
            file.slot,
            record.offset};
}

std::optional<RecordRef> DiskSpool::next(std::string_view project)
{
    Chain &chain = chainOf(project);
    if (!chain.isBehind)
        return std::nullopt;
    for (const auto &file : chain.files) {
        const Segment &segment = *file->segment;
        if (segment.number() < chain.readNumber)
            continue;
        if (!file->isChecked)
            return std::nullopt; // recover() will come to it
        if (segment.number() > chain.readNumber) {
            chain.readNumber = segment.number();
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

bool DiskSpool::recover(std::chrono::microseconds budget, std::vector<std::string> &projects)
{
    const auto deadline = std::chrono::steady_clock::now() + budget;
    while (!m_unchecked.empty() && std::chrono::steady_clock::now() < deadline) {
        auto [chain, file] = m_unchecked.front();
        m_unchecked.pop_front();
        checkFile(*chain, *file);
        if (file->livingRecords == 0) {
            releaseFile(*chain, *file);
            continue;
        }
        if (!chain->isBehind) {
            chain->isBehind = true;
            chain->readNumber = file->segment->number();
            chain->readOffset = file->segment->firstOffset();
        }
        projects.push_back(chain->project);
    }
    return !m_unchecked.empty();
}

// Looks at every byte once. What is not a good record goes into quarantine; the good ones behind it
// stay. Zeros in the middle look like the end of the records, so the rest is searched, too.
void DiskSpool::checkFile(Chain &chain, File &file)
{
    Segment &segment = *file.segment;
    std::uint32_t offset = segment.firstOffset();
    for (;;) {
        Segment::Record record;
        const auto result = segment.read(offset, record, true);
        if (result == Segment::ReadResult::Record) {
            if (record.state == RecordState::Pending) {
                ++file.livingRecords;
                m_nextSequence = std::max(m_nextSequence, record.sequence + 1);
                ++m_usage.pendingCalls;
                m_usage.pendingBytes += record.payload.size();
            }
            offset = record.next;
            continue;
        }
        const auto next = segment.findRecord(offset);
        if (next || result == Segment::ReadResult::Damaged) {
            const auto end = next.value_or(static_cast<std::uint32_t>(segment.capacity()));
            m_directory.quarantineBytes(segment.number(), offset, segment.bytes(offset, end));
            ++m_usage.quarantined;
        }
        if (!next)
            break;
        offset = *next;
    }
    segment.setEnd(offset);
    file.isChecked = true;
    // What was found has been waiting for longer than any sync interval.
    file.oldEnd = offset;
    file.livingOldRecords = file.livingRecords;
    if (chain.files.size() > WarmFiles)
        segment.releasePages();
}

void DiskSpool::checkDirectory()
{
    if (m_directory.isInPlace())
        return;
    const auto restored = m_directory.restore();
    // What is open now lives on in memory alone; from here on calls go to files that last.
    for (auto &[project, chain] : m_chains)
        closeOpenFile(chain);
    dropSpares();
    if (!restored) {
        m_lastError = restored.error();
        m_tryAgainAt = std::numeric_limits<std::int64_t>::max();
    } else {
        m_tryAgainAt = 0;
    }
}

std::vector<std::shared_ptr<const Segment>> DiskSpool::takeUnsynced()
{
    std::vector<std::shared_ptr<const Segment>> segments;
    for (auto &[project, chain] : m_chains) {
        for (const auto &file : chain.files) {
            if (!file->isChecked)
                continue;
            if (file->livingOldRecords > 0 && file->syncedEnd < file->oldEnd) {
                segments.push_back(file->segment);
                file->syncedEnd = file->segment->end();
            }
            file->oldEnd = file->segment->end();
            file->livingOldRecords = file->livingRecords;
        }
    }
    return segments;
}

bool DiskSpool::tidy()
{
    bool isMoreLeft = false;
    for (auto place = m_chains.begin(); place != m_chains.end();) {
        Chain &chain = place->second;
        const bool wasUsed = std::exchange(chain.wasUsed, false);
        if (!wasUsed && chain.hasOpenFile && chain.files.back()->livingRecords == 0)
            closeOpenFile(chain);
        isMoreLeft = isMoreLeft || chain.hasOpenFile;
        if (chain.files.empty()) {
            if (m_lastChain == &chain)
                m_lastChain = nullptr;
            place = m_chains.erase(place);
        } else {
            ++place;
        }
    }
    if (!isMoreLeft)
        dropSpares();
    return isMoreLeft;
}

} // namespace Weave
