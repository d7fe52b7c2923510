#include "app/deadletterlines.h"

#include "common/jsoncursor.h"
#include "spool/spoolinspector.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <unistd.h>

namespace Weave {

Result<void> forEachDeadLetter(const std::string &directory,
                               const std::function<void(const std::string &line)> &visit)
{
    const auto failed = [](const std::string &what) {
        return Error{ErrorCode::Io,
                     "cannot read " + what + ": " + std::strerror(errno)
                         + std::string(SpoolAccessHint)};
    };
    if (::access(directory.c_str(), X_OK) != 0)
        return failed("the spool in " + directory);
    for (const std::string_view name : DeadLetterFiles) {
        const std::string path = directory + "/" + std::string(name);
        std::ifstream file(path);
        if (!file.is_open() && errno != ENOENT)
            return failed(path);
        for (std::string line; std::getline(file, line);)
            visit(line);
        if (file.bad())
            return failed(path);
    }
    return {};
}

std::string deadLetterMember(const std::string &line, std::string_view name)
{
    JsonCursor cursor(line);
    if (cursor.peek() != '{')
        return {};
    cursor.enterObject();
    JsonString key;
    while (cursor.nextMember(key)) {
        const bool isWanted = key.equals(name);
        if (isWanted && cursor.peek() == '"') {
            JsonString text;
            return cursor.readString(text) ? text.decoded() : std::string();
        }
        std::string_view value;
        if (!cursor.skipValue(value))
            return {};
        if (isWanted)
            return std::string(value);
    }
    return {};
}

} // namespace Weave
