#pragma once

#include "common/call.h"
#include "common/result.h"

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

namespace Weave {

// Calls that nobody will ever deliver, with the reason, in a file for people and programs: a JSON
// object a line with time, project_id, mode, reason and req, the payload as it came.
//
// Bounded: a file that grows over half of maxBytes becomes the older of two, and the older one
// before it goes.
class DeadLetters
{
public:
    // The files are directory + "/dead-letters.ndjson" and the same with ".old" behind it. Nothing
    // is made before the first call comes.
    DeadLetters(std::string directory, std::uint64_t maxBytes);

    // In the file, though not necessarily on the disk, when it returns without an error.
    [[nodiscard]] Result<void> add(const CallView &call, std::string_view reason);

    // Whether something has been added since the last sync(). This and sync() from any thread.
    [[nodiscard]] bool isUnsynced() const { return m_isUnsynced; }
    // Waits until what has been added is on the disk. After an error it is still to be synced.
    [[nodiscard]] Result<void> sync();

private:
    const std::string m_directory;
    const std::string m_path;
    const std::uint64_t m_maxFileBytes;
    std::atomic<bool> m_isUnsynced = false;
};

} // namespace Weave
