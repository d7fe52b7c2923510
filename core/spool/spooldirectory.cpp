#include "spool/spooldirectory.h"

#include "common/textnumber.h"
#include "spool/filenames.h"
#include "spool/segment.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sys/file.h>
#include <sys/stat.h>

namespace Weave {

namespace {

constexpr std::string_view Suffix = ".seg";
constexpr std::size_t NumberDigits = 16;
constexpr const char *LockName = "lock";

Error systemError(const std::string &what, const std::string &path)
{
    return {ErrorCode::Io, what + " " + path + ": " + std::strerror(errno)};
}

Result<void> makeFolder(const std::string &path)
{
    std::error_code status;
    const auto parent = std::filesystem::path(path).parent_path();
    if (!parent.empty())
        std::filesystem::create_directories(parent, status);
    if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) {
        // Without the folder above it the system says only that there is none.
        const std::string reason = status ? status.message() : std::strerror(errno);
        return Error{ErrorCode::Io,
                     "cannot make the spool's folder " + path + ": " + reason
                         + "; choose another --spool-dir"};
    }
    struct stat found = {};
    if (::lstat(path.c_str(), &found) != 0 || !S_ISDIR(found.st_mode))
        return Error{ErrorCode::InvalidArgument,
                     path + " is not a folder; choose another --spool-dir"};
    if (found.st_uid != ::geteuid())
        return Error{ErrorCode::InvalidArgument,
                     path + " belongs to another user; choose another --spool-dir"};
    if ((found.st_mode & 077) != 0 && holdsOtherThings(path))
        return Error{ErrorCode::InvalidArgument,
                     path
                         + " is open to others and has other things in it; give the spool a "
                           "folder of its own by --spool-dir"};
    ::chmod(path.c_str(), 0700); // calls are nobody else's business
    return {};
}

Result<UniqueFd> takeLock(const std::string &folder)
{
    const std::string path = folder + '/' + LockName;
    UniqueFd lock(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!lock.isValid())
        return systemError("cannot open the spool's lock", path);
    if (::flock(lock.get(), LOCK_EX | LOCK_NB) == 0)
        return lock;
    if (errno != EWOULDBLOCK)
        return systemError("cannot lock", path);
    return Error{ErrorCode::InUse,
                 "another weave-sidecar is using the spool in " + folder
                     + ". Stop it, or choose another --spool-dir"};
}

// The number in "00000000000000a1.seg"; nothing for any other name.
Result<std::uint64_t> numberOf(const std::string &name)
{
    if (name.size() != NumberDigits + Suffix.size() || !name.ends_with(Suffix))
        return Error{ErrorCode::InvalidArgument, {}};
    return parseUnsigned(std::string_view(name).substr(0, NumberDigits), 16);
}

// A path that nothing has yet: NAME, NAME-1, NAME-2, … Numbers of segments begin again with an
// empty spool, so names do repeat.
std::string freePath(const std::string &folder, const std::string &name)
{
    constexpr int MostTries = 10'000;
    const std::string wanted = folder + "/" + name;
    std::string path = wanted;
    struct stat found = {};
    for (int i = 1; i < MostTries && ::lstat(path.c_str(), &found) == 0; ++i)
        (path = wanted).append("-").append(std::to_string(i));
    return path;
}

bool holds(const std::string &path, std::string_view bytes)
{
    std::ifstream file(path, std::ios::binary);
    if (!file)
        return false;
    const std::string content{std::istreambuf_iterator<char>(file), {}};
    return content == bytes;
}

// What a daemon makes in its spool, or a file system of its own brings.
bool isOfASpool(const std::string &name)
{
    return name == LockName || name == "quarantine" || name == "lost+found"
        || name.starts_with("dead-letters.ndjson") || name.ends_with(Suffix)
        || name.ends_with(std::string(Suffix) + Segment::UnfinishedSuffix);
}

} // namespace

bool holdsOtherThings(const std::string &folder)
{
    std::error_code status;
    for (auto entry = std::filesystem::directory_iterator(folder, status);
         !status && entry != std::filesystem::directory_iterator(); entry.increment(status)) {
        if (!isOfASpool(entry->path().filename().string()))
            return true;
    }
    return false;
}

SpoolDirectory::SpoolDirectory(std::string path, UniqueFd lock)
    : m_path(std::move(path)),
      m_lock(std::move(lock))
{
}

Result<SpoolDirectory> SpoolDirectory::open(const std::string &path)
{
    if (const auto made = makeFolder(path); !made)
        return made.error();
    auto lock = takeLock(path);
    if (!lock)
        return lock.error();
    return SpoolDirectory(path, std::move(*lock));
}

std::string SpoolDirectory::segmentPath(std::uint64_t number) const
{
    std::array<char, 32> name{};
    std::snprintf(name.data(), name.size(), "/%016llx.seg",
                  static_cast<unsigned long long>(number));
    return m_path + name.data();
}

// An error when not all could be seen: numbers of files that were overlooked would be used again,
// and the files replaced.
Result<std::vector<SpoolDirectory::SegmentFile>>
SpoolDirectory::segmentFiles(std::uint64_t &quarantined) const
{
    std::vector<SegmentFile> files;
    std::error_code status;
    std::filesystem::directory_iterator entries(m_path, status);
    for (; !status && entries != std::filesystem::directory_iterator(); entries.increment(status)) {
        const auto &entry = *entries;
        const std::string name = entry.path().filename().string();
        if (const auto number = numberOf(name)) {
            files.push_back({*number, entry.path().string()});
        } else if (name.ends_with(Suffix)) {
            if (quarantineFile(entry.path().string()))
                ++quarantined;
        } else if (name.ends_with(std::string(Suffix) + Segment::UnfinishedSuffix)) {
            ::unlink(entry.path().c_str()); // of a process that was killed while it made it
        }
    }
    if (status)
        return Error{ErrorCode::Io,
                     "cannot list the spool in " + m_path + ": " + status.message()
                         + ". Remove the limit or mend the disk, or choose another --spool-dir"};
    std::sort(files.begin(), files.end(),
              [](const SegmentFile &a, const SegmentFile &b) { return a.number < b.number; });
    return files;
}

bool SpoolDirectory::isInPlace() const
{
    const auto held = fileIdOf(m_lock.get());
    return held && held == fileIdOf(m_path + '/' + LockName);
}

Result<void> SpoolDirectory::restore()
{
    auto again = open(m_path);
    if (!again)
        return again.error();
    m_lock = std::move(again->m_lock);
    return {};
}

Result<void> SpoolDirectory::quarantineFile(const std::string &path) const
{
    const std::string folder = m_path + "/quarantine";
    const auto failed = [&] {
        return Error{ErrorCode::Io,
                     "cannot put the damaged " + path + " into " + folder + ": "
                         + std::strerror(errno)};
    };
    if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST)
        return failed();
    const std::string target = freePath(folder, std::filesystem::path(path).filename().string());
    if (::rename(path.c_str(), target.c_str()) != 0)
        return failed();
    return {};
}

void SpoolDirectory::quarantineBytes(std::uint64_t number, std::uint32_t offset,
                                     std::string_view bytes) const
{
    std::array<char, 64> name{};
    std::snprintf(name.data(), name.size(), "%016llx-%u.bytes",
                  static_cast<unsigned long long>(number), offset);
    // A daemon that is killed while it looks finds the same bytes once more.
    const std::string folder = m_path + "/quarantine";
    if (holds(folder + "/" + name.data(), bytes))
        return;
    ::mkdir(folder.c_str(), 0700);
    const UniqueFd file(::open(freePath(folder, name.data()).c_str(),
                               O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (file.isValid()) [[maybe_unused]]
        const auto written = ::write(file.get(), bytes.data(), bytes.size());
}

} // namespace Weave
