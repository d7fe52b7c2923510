#include "batching/calltext.h"

#include "common/completefields.h"
#include "common/jsoncursor.h"

#include <span>

namespace Weave {

namespace {

// The keys of an object among fields. They mostly come in the fields' order, so the search begins
// behind the last one found: a comparison a key instead of a dozen, which was a fifth of the
// daemon's time with complete calls.
class FieldSearch
{
public:
    explicit FieldSearch(std::span<const CompleteField> fields)
        : m_fields(fields)
    {
    }

    // Null when it is none of them.
    const CompleteField *find(const JsonString &key)
    {
        const CompleteField *found = find(key.inside);
        return found || !key.hasEscapes() ? found : find(key.decoded());
    }

private:
    const CompleteField *find(std::string_view key)
    {
        for (std::size_t tried = 0; tried != m_fields.size(); ++tried) {
            const CompleteField &field = m_fields[m_next];
            m_next = m_next + 1 == m_fields.size() ? 0 : m_next + 1;
            if (key == field.name)
                return &field;
        }
        return nullptr;
    }

    const std::span<const CompleteField> m_fields;
    std::size_t m_next = 0;
};

void readObject(JsonCursor &cursor, std::span<const CompleteField> fields, CallText &text)
{
    text.id.clear();
    text.startedAt = {};
    text.traceId = {};
    text.members.clear();
    const char *begin = cursor.position();
    bool lastWasWanted = false;
    FieldSearch search(fields);
    JsonString key;
    cursor.enterObject();
    while (cursor.nextMember(key)) {
        const char *memberBegin = key.inside.data() - 1; // its opening quote
        const CompleteField *field = search.find(key);
        const std::string_view name = field ? field->name : std::string_view();
        std::string_view value;
        if (name == "id" && cursor.peek() == '"') {
            JsonString id;
            cursor.readString(id);
            text.id = id.decoded();
        } else {
            cursor.skipValue(value);
        }
        if (name == "started_at")
            text.startedAt = value;
        else if (name == "trace_id")
            text.traceId = value;
        const bool isWanted = field && field->isTaken;
        if (isWanted && lastWasWanted)
            text.members.back() = {text.members.back().data(), cursor.position()};
        else if (isWanted)
            text.members.emplace_back(memberBegin, cursor.position());
        lastWasWanted = isWanted;
    }
    text.object = {begin, cursor.position()};
}

} // namespace

MembersPlace CallText::membersPlace(std::string_view payload) const
{
    if (members.size() != 1)
        return {};
    const std::string_view piece = members.front();
    return {static_cast<std::uint32_t>(piece.data() - payload.data()),
            static_cast<std::uint32_t>(piece.size())};
}

void readCallText(CallKind kind, std::string_view payload, CallText &text)
{
    const bool isStart = kind == CallKind::Start;
    const std::string_view name = isStart ? "start" : "end";
    JsonCursor cursor(payload);
    JsonString key;
    cursor.enterObject();
    while (cursor.nextMember(key)) {
        std::string_view ignored;
        if (!key.equals(name) || cursor.peek() != '{')
            cursor.skipValue(ignored);
        else if (isStart)
            readObject(cursor, StartFields, text);
        else
            readObject(cursor, EndFields, text);
    }
}

} // namespace Weave
