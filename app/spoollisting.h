#pragma once

#include "common/result.h"

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace Weave {

// What lies in a spool on disk, whether or not a daemon works with it.
struct SpoolListing
{
    struct Waiting
    {
        std::uint64_t calls = 0;
        std::uint64_t bytes = 0; // of their payloads
        std::int64_t oldest = 0; // ms since 1970
    };

    std::string directory;
    std::uint64_t files = 0;
    std::uint64_t pendingCalls = 0;
    std::map<std::string, Waiting, std::less<>> waiting; // by project
    std::map<std::pair<std::string, std::string>, std::uint64_t> dead; // by project and reason
    // What waits and could not be read, as SpoolInspection tells of it; it is in none of the above.
    std::vector<std::string> problems;

    // Reads all of it.
    [[nodiscard]] static Result<SpoolListing> of(const std::string &directory);

    [[nodiscard]] std::string toText() const;
    [[nodiscard]] std::string toJson() const;
};

} // namespace Weave
