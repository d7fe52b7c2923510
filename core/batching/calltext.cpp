#include "batching/calltext.h"

#include "common/jsoncursor.h"

#include <array>
#include <span>

namespace Weave {

namespace {

// The fields of a complete call (wandb/weave, types/v2_call_complete_params.py), by the half that
// has them in the SDK's own pairing (call_batch_processor.py), and in the order in which it writes
// them.
constexpr std::array<std::string_view, 15> StartFields{
    "project_id", "id",        "op_name",    "display_name", "trace_id",
    "parent_id",  "thread_id", "turn_id",    "started_at",   "attributes",
    "inputs",     "otel_dump", "wb_user_id", "wb_run_id",    "wb_run_step"};
constexpr std::array<std::string_view, 5> EndFields{"ended_at", "exception", "output", "summary",
                                                    "wb_run_step_end"};

// The keys of an object among names. They mostly come in the names' order, so the search begins
// behind the last one found: a comparison a key instead of a dozen, which was a fifth of the
// daemon's time with complete calls.
class KeySearch
{
public:
    explicit KeySearch(std::span<const std::string_view> names)
        : m_names(names)
    {
    }

    bool finds(const JsonString &key)
    {
        return key.hasEscapes() ? finds(key.decoded()) : finds(key.inside);
    }

private:
    bool finds(std::string_view key)
    {
        for (std::size_t tried = 0; tried != m_names.size(); ++tried) {
            const std::string_view name = m_names[m_next];
            m_next = m_next + 1 == m_names.size() ? 0 : m_next + 1;
            if (key == name)
                return true;
        }
        return false;
    }

    const std::span<const std::string_view> m_names;
    std::size_t m_next = 0;
};

std::string_view between(const char *begin, const char *end)
{
    return {begin, static_cast<std::size_t>(end - begin)};
}

void readObject(JsonCursor &cursor, std::span<const std::string_view> fields, CallText &text)
{
    text.id.clear();
    text.startedAt = {};
    text.traceId = {};
    text.members.clear();
    const char *begin = cursor.position();
    bool lastWasWanted = false;
    KeySearch wanted(fields);
    JsonString key;
    cursor.enterObject();
    while (cursor.nextMember(key)) {
        const char *memberBegin = key.inside.data() - 1; // its opening quote
        std::string_view value;
        if (key.equals("id") && cursor.peek() == '"') {
            JsonString id;
            cursor.readString(id);
            text.id = id.decoded();
        } else {
            cursor.skipValue(value);
        }
        if (key.equals("started_at"))
            text.startedAt = value;
        else if (key.equals("trace_id"))
            text.traceId = value;
        const bool isWanted = wanted.finds(key);
        if (isWanted && lastWasWanted)
            text.members.back() = between(text.members.back().data(), cursor.position());
        else if (isWanted)
            text.members.push_back(between(memberBegin, cursor.position()));
        lastWasWanted = isWanted;
    }
    text.object = between(begin, cursor.position());
}

} // namespace

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
