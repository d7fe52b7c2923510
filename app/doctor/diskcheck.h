#pragma once

#include "app/doctor/finding.h"
#include "common/result.h"

#include <cstdint>
#include <string>

namespace Weave {

// What a file system says of itself.
struct DiskSpace
{
    std::uint64_t freeBytes = 0; // for who is not root
    bool isReadOnly = false;
    bool isInMemory = false; // gone with the next boot
    bool hasFreeFiles = true;
};

// Of the file system in which path is or would be made.
[[nodiscard]] Result<DiskSpace> diskSpaceAt(const std::string &path);

// Whether the spool can grow from usedBytes to maxBytes.
[[nodiscard]] Finding judgeDisk(const std::string &path, const DiskSpace &space,
                                std::uint64_t usedBytes, std::uint64_t maxBytes);

} // namespace Weave
