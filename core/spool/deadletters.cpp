#include "spool/deadletters.h"

#include "common/jsontext.h"
#include "common/linefile.h"
#include "common/uniquefd.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace Weave {

namespace {

constexpr const char *OlderSuffix = ".old";

std::string utcNow()
{
    const std::time_t now = std::time(nullptr);
    std::tm parts = {};
    ::gmtime_r(&now, &parts);
    std::array<char, 32> text{};
    std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts);
    return text.data();
}

UniqueFd openFile(const std::string &path)
{
    return UniqueFd(
        ::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600));
}

std::string makeLine(const CallView &call, std::string_view reason)
{
    std::string line = R"({"time":")" + utcNow() + R"(","project_id":)";
    appendJsonString(line, call.project);
    line += call.kind == CallKind::Start ? R"(,"mode":"start","reason":)"
                                         : R"(,"mode":"end","reason":)";
    appendJsonString(line, reason);
    line += R"(,"req":)";
    line += call.payload;
    line += "}\n";
    return line;
}

} // namespace

DeadLetters::DeadLetters(std::string directory, std::uint64_t maxBytes)
    : m_directory(std::move(directory)),
      m_path(m_directory + "/dead-letters.ndjson"),
      m_maxFileBytes(maxBytes / 2)
{
}

Result<void> DeadLetters::add(const CallView &call, std::string_view reason)
{
    const auto failed = [this] {
        return Error{ErrorCode::Io, "cannot write to " + m_path + ": " + std::strerror(errno)};
    };
    UniqueFd file = openFile(m_path);
    struct stat before = {};
    if (!file.isValid() || ::fstat(file.get(), &before) != 0)
        return failed();
    std::string line = makeLine(call, reason);
    if (before.st_size > 0
        && static_cast<std::uint64_t>(before.st_size) + line.size() > m_maxFileBytes) {
        if (::rename(m_path.c_str(), (m_path + OlderSuffix).c_str()) != 0)
            return failed();
        file = openFile(m_path);
        if (!file.isValid())
            return failed();
    } else if (endsWithinLine(file.get())) {
        line.insert(0, 1, '\n');
    }
    if (!appendWhole(file.get(), line))
        return failed();
    m_isUnsynced = true;
    return {};
}

// Both files, since they may have changed places, and their folder: they may be new.
Result<void> DeadLetters::sync()
{
    m_isUnsynced = false; // what is added from here on is for the next time
    const std::string older = m_path + OlderSuffix;
    for (const std::string *path : {&older, &m_path, &m_directory}) {
        const UniqueFd file(::open(path->c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
        if (!file.isValid() && errno == ENOENT)
            continue;
        if (!file.isValid() || ::fsync(file.get()) != 0) {
            m_isUnsynced = true;
            return Error{ErrorCode::Io, "cannot sync " + *path + ": " + std::strerror(errno)};
        }
    }
    return {};
}

} // namespace Weave
