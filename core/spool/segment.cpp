#include "spool/segment.h"

#include "common/bytesize.h"
#include "common/uniquefd.h"
#include "spool/crc32c.h"
#include "spool/segmentformat.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <limits>
#include <sys/mman.h>
#include <sys/stat.h>
#include <utility>

namespace Weave {

namespace {

using SegmentFormat::aligned;
using SegmentFormat::FileHeader;
using SegmentFormat::RecordHeader;

Error systemError(const std::string &what, const std::string &path, int number)
{
    return {number == ENOSPC || number == EDQUOT ? ErrorCode::Full : ErrorCode::Io,
            what + " " + path + ": " + std::strerror(number)};
}

Error foreignFile(const std::string &path)
{
    return {ErrorCode::Malformed, path + " is not a segment of this version"};
}

// Malformed when it is the file, Io when it is the moment or the permissions.
Error openError(const std::string &path, int number)
{
    struct stat found = {};
    if (::lstat(path.c_str(), &found) == 0 && !S_ISREG(found.st_mode))
        return foreignFile(path);
    Error error = systemError("cannot open", path, number);
    if (number == EIO)
        error.code = ErrorCode::Malformed;
    return error;
}

template <class T>
T fetch(const char *from)
{
    T value;
    std::memcpy(&value, from, sizeof value);
    return value;
}

std::uint32_t headerCrc(FileHeader header, std::string_view project)
{
    header.crc = 0;
    return crc32c(crc32c(0, &header, sizeof header), project.data(), project.size());
}

std::uint32_t headerCrc(RecordHeader header)
{
    header.crc = 0;
    return crc32c(0, &header, sizeof header);
}

std::uint32_t recordCrc(const RecordHeader &header, const char *idAndPayload)
{
    return crc32c(headerCrc(header), idAndPayload, header.length);
}

// Has the processor fetch the lines that the next record will be written to while it is still
// being read and checked. Copying then waits less: 2 % of a call of 1 KiB.
void prefetch(const char *from, const char *end)
{
    constexpr std::ptrdiff_t LineBytes = 64;
    constexpr std::ptrdiff_t Most = 2048;
    for (const char *line = from; line < end && line - from < Most; line += LineBytes)
        __builtin_prefetch(line, 1);
}

// macOS has no posix_fallocate.
int allocate(int descriptor, std::size_t bytes)
{
#if defined(__APPLE__)
    fstore_t store = {F_ALLOCATEALL, F_PEOFPOSMODE, 0, static_cast<off_t>(bytes), 0};
    if (::fcntl(descriptor, F_PREALLOCATE, &store) != 0)
        return errno;
    return ::ftruncate(descriptor, static_cast<off_t>(bytes)) == 0 ? 0 : errno;
#else
    int status = EINTR;
    while (status == EINTR)
        status = ::posix_fallocate(descriptor, 0, static_cast<off_t>(bytes));
    return status;
#endif
}

} // namespace

Segment::Segment(char *base, std::size_t capacity, const FileId &id)
    : m_base(base),
      m_capacity(capacity),
      m_id(id)
{
}

Segment::Segment(Segment &&other) noexcept
    : m_base(std::exchange(other.m_base, nullptr)),
      m_capacity(other.m_capacity),
      m_id(other.m_id),
      m_number(other.m_number),
      m_states(other.m_states),
      m_first(other.m_first),
      m_end(other.m_end),
      m_fresh(std::move(other.m_fresh))
{
}

Segment::~Segment()
{
    if (m_base)
        ::munmap(m_base, m_capacity);
}

Result<Segment> Segment::map(int descriptor, std::size_t capacity, const std::string &path)
{
    const auto id = fileIdOf(descriptor);
    if (!id)
        return systemError("cannot look at", path, errno);
    void *base = ::mmap(nullptr, capacity, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    if (base == MAP_FAILED)
        return systemError("cannot map", path, errno);
    return Segment(static_cast<char *>(base), capacity, *id);
}

std::size_t Segment::bytesFor(std::string_view project, std::size_t idBytes,
                              std::size_t payloadBytes)
{
    const std::size_t bytes = SegmentFormat::statesOffset(project.size())
        + SegmentFormat::recordBytes(idBytes, payloadBytes) + SegmentFormat::Alignment;
    return bytes + bytes / (SegmentFormat::MinRecordBytes - 1) + 1; // with the states
}

// Made under another name: a process that is killed in the middle must not leave a file that looks
// like a damaged segment. Neither name is taken from another file: it may be another daemon's that
// has got the folder meanwhile.
Result<Segment> Segment::create(const std::string &path, std::uint64_t number,
                                std::string_view project, std::size_t capacity, Pages pages)
{
    if (capacity > std::numeric_limits<std::uint32_t>::max())
        return Error{ErrorCode::TooLarge, "a segment of 4 GiB or more is not possible"};
    if (capacity < bytesFor(project, 0, 0))
        return Error{ErrorCode::TooLarge,
                     "a segment of " + std::to_string(capacity)
                         + " bytes has no room for a record"};
    const std::string unfinished = path + UnfinishedSuffix;
    const auto failed = [&](const char *what, int status) {
        ::unlink(unfinished.c_str());
        return systemError(what, path, status);
    };
    const UniqueFd file(::open(unfinished.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!file.isValid())
        return systemError("cannot make", path, errno);
    if (const int status = allocate(file.get(), capacity); status != 0)
        return failed("cannot allocate", status);
    FreshPages fresh;
    const std::size_t states =
        SegmentFormat::statesOffset(project.size()) + SegmentFormat::stateBytes(capacity);
    const std::size_t needed = pages == Pages::AtOnce ? capacity : states;
    if (const int status = fresh.make(file.get(), path, needed, capacity); status != 0)
        return failed("cannot write", status);
    auto segment = map(file.get(), capacity, path);
    if (!segment) {
        ::unlink(unfinished.c_str());
        return segment;
    }
    segment->reuse(number, project);
    segment->m_fresh = std::move(fresh);
    if (const int status = renameToFree(unfinished, path); status != 0)
        return failed("cannot make", status);
    return segment;
}

Result<Segment> Segment::open(const std::string &path)
{
    const UniqueFd file(::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW));
    struct stat status = {};
    if (!file.isValid() || ::fstat(file.get(), &status) != 0)
        return openError(path, errno);
    if (!S_ISREG(status.st_mode) || status.st_size < static_cast<off_t>(sizeof(FileHeader))
        || status.st_size > std::numeric_limits<std::uint32_t>::max())
        return foreignFile(path);
    auto segment = map(file.get(), static_cast<std::size_t>(status.st_size), path);
    if (!segment)
        return segment;
    if (const auto loaded = segment->load(sizeof(FileHeader)); !loaded)
        return Error{ErrorCode::Malformed, path + ": " + loaded.error().message};
    const auto header = fetch<FileHeader>(segment->m_base);
    const std::size_t room = segment->m_capacity - sizeof(FileHeader);
    // A file that was cut off is shorter than its header says: what is left of it is still good.
    if (header.magic != SegmentFormat::Magic || header.version != SegmentFormat::Version
        || header.projectBytes > room || header.capacity < segment->m_capacity
        || header.crc != headerCrc(header, segment->project()))
        return foreignFile(path);
    const std::size_t first = SegmentFormat::statesOffset(header.projectBytes)
        + SegmentFormat::stateBytes(header.capacity);
    if (first > segment->m_capacity)
        return foreignFile(path);
    segment->setPlaces(header.projectBytes, header.capacity);
    segment->m_number = header.number;
    segment->m_end = segment->m_first;
    return segment;
}

// A process that is killed in between leaves no record that waits. Up to the first byte of the
// header the file is as it was, with all its records done. Behind the whole header they are of an
// older generation and so no records, whatever happens to the states, theirs or, with a project of
// another length, the new ones in another place. Half a header, or a project's name that is not all
// there, does not check, and without the 0 at the end the old bytes look like damage: those go to
// quarantine, though nothing is lost with them.
void Segment::reuse(std::uint64_t number, std::string_view project)
{
    setPlaces(project.size(), m_capacity);
    m_number = number;
    FileHeader header{SegmentFormat::Magic,
                      SegmentFormat::Version,
                      static_cast<std::uint32_t>(m_capacity),
                      number,
                      static_cast<std::uint32_t>(project.size()),
                      0};
    header.crc = headerCrc(header, project);
    std::memcpy(m_base, &header, sizeof header);
    std::atomic_signal_fence(std::memory_order_release); // a longer name is over old states
    std::memcpy(m_base + sizeof header, project.data(), project.size());
    std::atomic_signal_fence(std::memory_order_release);
    endRecordsAt(m_first);
    std::memset(m_base + m_states, static_cast<int>(RecordState::Pending), m_first - m_states);
    std::atomic_signal_fence(std::memory_order_release); // before any record
    m_end = m_first;
}

void Segment::setPlaces(std::size_t projectBytes, std::size_t fileBytes)
{
    m_states = static_cast<std::uint32_t>(SegmentFormat::statesOffset(projectBytes));
    m_first = m_states + static_cast<std::uint32_t>(SegmentFormat::stateBytes(fileBytes));
}

char &Segment::stateAt(std::uint32_t offset) const
{
    return m_base[m_states + (offset - m_first) / SegmentFormat::MinRecordBytes];
}

std::string_view Segment::project() const
{
    return {m_base + sizeof(FileHeader), fetch<FileHeader>(m_base).projectBytes};
}

// Says that no record starts at offset, whatever an earlier use of the file has left there.
void Segment::endRecordsAt(std::uint32_t offset)
{
    if (offset + sizeof(RecordHeader) <= m_capacity)
        std::memset(m_base + offset, 0, sizeof(RecordHeader::length));
}

bool Segment::append(const CallView &call, std::uint64_t sequence, std::int64_t acceptedAt)
{
    const std::size_t size = SegmentFormat::recordBytes(call.id.size(), call.payload.size());
    if (size > m_capacity - m_end)
        return false;
    m_fresh.grow(m_end + size);
    char *place = m_base + m_end;
    RecordHeader header{static_cast<std::uint32_t>(call.id.size() + call.payload.size()),
                        0,
                        static_cast<std::uint32_t>(m_number),
                        static_cast<std::uint16_t>(call.id.size()),
                        static_cast<std::uint8_t>(call.kind),
                        0,
                        sequence,
                        acceptedAt};
    // Before the copies and of what is copied: behind them, and of the copies, it would wait until
    // those have left the processor. That took 4 % of a call.
    header.crc = crc32c(headerCrc(header), call.id.data(), call.id.size());
    header.crc = crc32c(header.crc, call.payload.data(), call.payload.size());
    char *content = place + sizeof header;
    std::memcpy(content, call.id.data(), call.id.size());
    std::memcpy(content + call.id.size(), call.payload.data(), call.payload.size());
    constexpr std::size_t AfterLength = sizeof header.length;
    std::memcpy(place + AfterLength, reinterpret_cast<const char *>(&header) + AfterLength,
                sizeof header - AfterLength);
    const auto next = m_end + static_cast<std::uint32_t>(size);
    endRecordsAt(next);
    // Everything above has to be in memory before the length says that it is. Not by atomic_ref,
    // which macOS has from Xcode 16.3 on.
    __atomic_store_n(reinterpret_cast<std::uint32_t *>(place), header.length, __ATOMIC_RELEASE);
    m_end = next;
    prefetch(m_base + m_end, m_base + std::min(m_end + size, m_capacity)); // the next is alike
    return true;
}

Segment::ReadResult Segment::read(std::uint32_t offset, Record &record, bool check) const
{
    return parse(bytes(offset, static_cast<std::uint32_t>(m_capacity)), offset, record, check);
}

Segment::ReadResult Segment::parse(std::string_view rest, std::uint32_t offset, Record &record,
                                   bool check) const
{
    if (rest.size() < sizeof(RecordHeader))
        return ReadResult::End;
    const auto header = fetch<RecordHeader>(rest.data());
    if (header.length == 0)
        return ReadResult::End;
    const char *content = rest.data() + sizeof header;
    if (check) {
        const bool isPlausible = header.length <= rest.size() - sizeof header
            && header.idBytes <= header.length
            && header.generation == static_cast<std::uint32_t>(m_number)
            && (header.kind == static_cast<std::uint8_t>(CallKind::Start)
                || header.kind == static_cast<std::uint8_t>(CallKind::End));
        if (!isPlausible || header.crc != recordCrc(header, content))
            return ReadResult::Damaged;
    }
    record.offset = offset;
    record.next = static_cast<std::uint32_t>(
        std::min(offset + SegmentFormat::recordBytes(0, header.length), m_capacity));
    record.kind = static_cast<CallKind>(header.kind);
    // Any other value is damage, too; sending a call once more is the safe way out.
    record.state = stateAt(offset) == static_cast<char>(RecordState::Done) ? RecordState::Done
                                                                           : RecordState::Pending;
    record.sequence = header.sequence;
    record.acceptedAt = header.acceptedAt;
    record.id = {content, header.idBytes};
    record.payload = {content + header.idBytes, header.length - header.idBytes};
    return ReadResult::Record;
}

std::optional<std::uint32_t> Segment::findRecord(std::uint32_t offset) const
{
    Record record;
    for (std::size_t place = aligned(std::size_t{offset} + 1);
         place + sizeof(RecordHeader) <= m_capacity; place += SegmentFormat::Alignment) {
        const auto start = static_cast<std::uint32_t>(place);
        if (read(start, record, true) == ReadResult::Record)
            return start;
    }
    return std::nullopt;
}

std::string_view Segment::payload(std::uint32_t offset, std::size_t idBytes,
                                  std::size_t payloadBytes) const
{
    return {m_base + offset + sizeof(RecordHeader) + idBytes, payloadBytes};
}

void Segment::setState(std::uint32_t offset, RecordState state)
{
    stateAt(offset) = static_cast<char>(state);
}

std::string_view Segment::bytes(std::uint32_t from, std::uint32_t to) const
{
    return {m_base + from, to - from};
}

Result<void> Segment::sync() const
{
    if (::msync(m_base, m_capacity, MS_SYNC) != 0)
        return Error{ErrorCode::Io, std::string("cannot sync the spool: ") + std::strerror(errno)};
    return {};
}

Result<void> Segment::load([[maybe_unused]] std::size_t bytes) const
{
#if defined(__linux__)
    constexpr int PopulateRead = 22; // MADV_POPULATE_READ, since Linux 5.14
    const bool isUnreadable = ::madvise(m_base, std::min(bytes, m_capacity), PopulateRead) != 0
        && (errno == EFAULT || errno == EIO || errno == EHWPOISON);
    if (isUnreadable)
        return Error{ErrorCode::Io, "the disk cannot read a file of the spool"};
#endif
    return {};
}

void Segment::releasePages() const
{
    ::madvise(m_base, m_capacity, MADV_DONTNEED);
}

} // namespace Weave
