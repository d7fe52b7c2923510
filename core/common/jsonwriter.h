#pragma once

#include "common/jsontext.h"
#include "common/textnumber.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace Weave {

// Writes JSON text member by member and keeps the commas right. For status and logs, not for the
// hot path. Every begin needs its end; the writer does not check that.
class JsonWriter
{
public:
    JsonWriter &beginObject() { return open('{'); }
    JsonWriter &endObject() { return close('}'); }
    JsonWriter &beginArray() { return open('['); }
    JsonWriter &endArray() { return close(']'); }

    JsonWriter &key(std::string_view name)
    {
        separate();
        appendJsonString(m_text, name);
        m_text += ':';
        m_needsComma = false;
        return *this;
    }

    JsonWriter &value(std::string_view text)
    {
        separate();
        appendJsonString(m_text, text);
        return *this;
    }
    JsonWriter &value(const char *text) { return value(std::string_view(text)); }
    JsonWriter &value(std::uint64_t number) { return raw(std::to_string(number)); }
    JsonWriter &value(bool truth) { return raw(truth ? "true" : "false"); }
    JsonWriter &null() { return raw("null"); }
    JsonWriter &seconds(double number) { return raw(formatDecimal(number, 6)); }

    [[nodiscard]] const std::string &text() const { return m_text; }

private:
    JsonWriter &raw(std::string_view text)
    {
        separate();
        m_text += text;
        return *this;
    }
    JsonWriter &open(char bracket)
    {
        separate();
        m_text += bracket;
        m_needsComma = false;
        return *this;
    }
    JsonWriter &close(char bracket)
    {
        m_text += bracket;
        m_needsComma = true;
        return *this;
    }
    void separate()
    {
        if (m_needsComma)
            m_text += ',';
        m_needsComma = true;
    }

    std::string m_text;
    bool m_needsComma = false;
};

} // namespace Weave
