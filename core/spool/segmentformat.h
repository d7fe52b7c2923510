#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace Weave::SegmentFormat {

// The bytes of a segment file. docs/spool-format.md is the same in words; a change of either is a
// new Version. Numbers are in the byte order of the machine that wrote them: a spool never leaves
// its host.

inline constexpr std::uint64_t Magic = 0x314C4F4F50535657ULL; // "WVSPOOL1"
inline constexpr std::uint32_t Version = 2;
inline constexpr std::size_t Alignment = 8; // of every record
inline constexpr std::size_t MinRecordBytes = 128; // so that each has a state of its own

// At the start of the file; the project's name follows, then the states, then the first record.
struct FileHeader
{
    std::uint64_t magic;
    std::uint32_t version;
    std::uint32_t capacity; // bytes of the whole file
    std::uint64_t number; // as in the name, but for a file whose next use was cut short by a kill
    std::uint32_t projectBytes;
    std::uint32_t crc; // CRC-32C of this header, with crc as 0, and the project's name
};
static_assert(sizeof(FileHeader) == 32);

// Before every record; the call's id follows, then its payload, then nothing up to MinRecordBytes
// or a multiple of Alignment.
struct RecordHeader
{
    std::uint32_t length; // of id and payload; written last. 0: here the records end
    std::uint32_t crc; // CRC-32C of length, the fields below, id and payload
    std::uint32_t generation; // the low half of the file's number: no leftover of an older use
    std::uint16_t idBytes;
    std::uint8_t kind; // CallKind
    std::uint8_t unused; // 0
    std::uint64_t sequence; // the order of appends over all projects
    std::int64_t acceptedAt; // milliseconds since 1970
};
static_assert(sizeof(RecordHeader) == 32);

[[nodiscard]] constexpr std::size_t aligned(std::size_t bytes)
{
    return (bytes + Alignment - 1) & ~(Alignment - 1);
}

// A RecordState for each MinRecordBytes of the file; a record has the one of its first byte. They
// lie together because they change last, when the pages of their calls are on the disk already:
// each page touched there would have to be written once more, after a wait for the file system.
[[nodiscard]] constexpr std::size_t stateBytes(std::size_t capacity)
{
    return aligned(capacity / MinRecordBytes + 1);
}

[[nodiscard]] constexpr std::size_t statesOffset(std::size_t projectBytes)
{
    return aligned(sizeof(FileHeader) + projectBytes);
}

// What a record takes in the file.
[[nodiscard]] constexpr std::size_t recordBytes(std::size_t idBytes, std::size_t payloadBytes)
{
    return std::max(MinRecordBytes, aligned(sizeof(RecordHeader) + idBytes + payloadBytes));
}

} // namespace Weave::SegmentFormat
