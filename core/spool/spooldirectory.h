#pragma once

#include "common/result.h"
#include "common/uniquefd.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace Weave {

// Whether a folder has anything in it that is of no spool.
[[nodiscard]] bool holdsOtherThings(const std::string &folder);

// The spool's folder on disk: one daemon at a time, private to its user.
//
//   lock             held while a daemon (or a command that changes things) works here
//   <number>.seg     segments, sixteen hexadecimal digits
//   quarantine/      what could not be read, for people to look at
class SpoolDirectory
{
public:
    // Makes the folder (mode 0700) and its parents where they are missing, and locks it. InUse when
    // another process has it. One such as /tmp is not taken: it would be closed to everybody else.
    [[nodiscard]] static Result<SpoolDirectory> open(const std::string &path);

    [[nodiscard]] const std::string &path() const { return m_path; }
    [[nodiscard]] std::string segmentPath(std::uint64_t number) const;

    struct SegmentFile
    {
        std::uint64_t number = 0;
        std::string path;
    };
    // In the order of their numbers. On the way, what an earlier process left unfinished is
    // deleted, and segments with other names go to quarantine/, if they can, and are counted.
    [[nodiscard]] Result<std::vector<SegmentFile>> segmentFiles(std::uint64_t &quarantined) const;

    // Whether the folder that was opened, and is locked, still is the one at its path. Where it is
    // not, what is done there by name may be done to another daemon's files.
    [[nodiscard]] bool isInPlace() const;
    // Makes and locks it again after it has vanished. InUse when another process has it by now.
    [[nodiscard]] Result<void> restore();

    // Moves a file into quarantine/, beside what is there already. After an error it stays.
    [[nodiscard]] Result<void> quarantineFile(const std::string &path) const;
    // The same with bytes; what cannot be kept there is let go.
    void quarantineBytes(std::uint64_t number, std::uint32_t offset, std::string_view bytes) const;

private:
    SpoolDirectory(std::string path, UniqueFd lock);

    std::string m_path;
    UniqueFd m_lock;
};

} // namespace Weave
