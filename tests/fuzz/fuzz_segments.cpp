// Puts the input where the spool expects a segment and starts on it. Whatever it holds, the spool
// opens, hands out only records whose checksum is right, and takes new calls.

#include "spool/crc32c.h"
#include "spool/diskspool.h"
#include "spool/segmentformat.h"

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>
#include <unistd.h>
#include <vector>

namespace {

void require(bool condition, int line = __builtin_LINE())
{
    if (condition)
        return;
    std::fprintf(stderr, "line %d does not hold\n", line);
    std::abort();
}

struct TemporaryDirectory
{
    // In memory where there is such a place: a disk makes this a hundred times slower.
    TemporaryDirectory()
        : path(std::filesystem::exists("/dev/shm") ? "/dev/shm/weave-fuzz-XXXXXX"
                                                   : "/tmp/weave-fuzz-XXXXXX")
    {
        require(::mkdtemp(path.data()) != nullptr);
    }
    ~TemporaryDirectory() { std::filesystem::remove_all(path); }
    TemporaryDirectory(const TemporaryDirectory &) = delete;
    TemporaryDirectory &operator=(const TemporaryDirectory &) = delete;

    std::string path;
};

const std::string &directory()
{
    static const TemporaryDirectory directory;
    return directory.path;
}

// A fuzzer does not guess checksums. The right ones in the file's header and in every record that
// could be one let it reach what lies behind them.
void mendChecksums(std::string &bytes)
{
    using namespace Weave::SegmentFormat;
    FileHeader header = {};
    if (bytes.size() < sizeof header)
        return;
    std::memcpy(&header, bytes.data(), sizeof header);
    header.magic = Magic;
    header.version = Version;
    header.projectBytes =
        static_cast<std::uint32_t>(header.projectBytes % (bytes.size() - sizeof header + 1));
    header.capacity = static_cast<std::uint32_t>(bytes.size());
    header.crc = 0;
    header.crc = Weave::crc32c(Weave::crc32c(0, &header, sizeof header),
                               bytes.data() + sizeof header, header.projectBytes);
    std::memcpy(bytes.data(), &header, sizeof header);
    std::size_t offset = statesOffset(header.projectBytes) + stateBytes(header.capacity);
    RecordHeader record = {};
    while (offset + sizeof record <= bytes.size()) {
        std::memcpy(&record, bytes.data() + offset, sizeof record);
        if (record.length == 0 || record.length > bytes.size() - offset - sizeof record)
            return;
        RecordHeader summed = record;
        summed.generation = static_cast<std::uint32_t>(header.number);
        summed.crc = 0;
        summed.crc = Weave::crc32c(Weave::crc32c(0, &summed, sizeof summed),
                                   bytes.data() + offset + sizeof summed, summed.length);
        std::memcpy(bytes.data() + offset, &summed, sizeof summed);
        offset += recordBytes(0, record.length);
    }
}

void writeSegment(const std::string &bytes)
{
    const std::string path = directory() + "/0000000000000001.seg";
    std::FILE *file = std::fopen(path.c_str(), "wb");
    require(file != nullptr);
    require(std::fwrite(bytes.data(), 1, bytes.size(), file) == bytes.size());
    std::fclose(file);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    std::filesystem::remove_all(directory());
    std::filesystem::create_directory(directory());
    std::string bytes(reinterpret_cast<const char *>(data), size);
    if (size % 2 == 0)
        mendChecksums(bytes);
    writeSegment(bytes);
    Weave::DiskSpoolOptions options;
    options.directory = directory();
    options.maxBytes = 1U << 20U;
    options.minSegmentBytes = 4096;
    options.maxSegmentBytes = 8192;
    std::int64_t now = 1;
    auto opened = Weave::DiskSpool::open(options, [&now] { return now++; });
    require(opened.ok());
    Weave::DiskSpool &spool = **opened;
    std::vector<std::string> projects;
    while (spool.recover(std::chrono::milliseconds(100), projects)) { }
    std::uint64_t found = 0;
    volatile std::uint64_t sum = 0; // so that every byte is really read
    for (const std::string &project : projects) {
        while (const auto record = spool.next(project)) {
            for (const char c : spool.payload(*record))
                sum = sum + static_cast<unsigned char>(c);
            ++found;
            spool.remove(*record);
        }
    }
    require(spool.usage().pendingCalls == 0);
    require(found <= size);
    const auto record = spool.append({Weave::CallKind::Start, "p", "id", "{}"});
    require(record.ok() && spool.payload(*record) == "{}");
    return 0;
}
