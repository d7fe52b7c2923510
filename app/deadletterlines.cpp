#include "app/deadletterlines.h"

#include "common/jsoncursor.h"

#include <fstream>

namespace Weave {

void forEachDeadLetter(const std::string &directory,
                       const std::function<void(const std::string &line)> &visit)
{
    for (const std::string_view name : DeadLetterFiles) {
        std::ifstream file(directory + "/" + std::string(name));
        for (std::string line; std::getline(file, line);)
            visit(line);
    }
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
