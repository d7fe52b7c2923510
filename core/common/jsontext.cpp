#include "common/jsontext.h"

#include <array>
#include <cstdint>

namespace Weave {

namespace {

constexpr std::string_view HexDigits = "0123456789abcdef";

unsigned hexValue(char c)
{
    if (c <= '9')
        return static_cast<unsigned>(c - '0');
    return static_cast<unsigned>((c | 0x20) - 'a' + 10);
}

unsigned hexQuad(std::string_view digits)
{
    return hexValue(digits[0]) << 12U | hexValue(digits[1]) << 8U | hexValue(digits[2]) << 4U
        | hexValue(digits[3]);
}

void appendUtf8(std::string &out, std::uint32_t point)
{
    const auto put = [&out](std::uint32_t byte) { out += static_cast<char>(byte); };
    if (point < 0x80) {
        put(point);
    } else if (point < 0x800) {
        put(0xC0U | point >> 6U);
        put(0x80U | (point & 0x3FU));
    } else if (point < 0x10000) {
        put(0xE0U | point >> 12U);
        put(0x80U | (point >> 6U & 0x3FU));
        put(0x80U | (point & 0x3FU));
    } else {
        put(0xF0U | point >> 18U);
        put(0x80U | (point >> 12U & 0x3FU));
        put(0x80U | (point >> 6U & 0x3FU));
        put(0x80U | (point & 0x3FU));
    }
}

// Reads \uXXXX at the front (and the low half after a high one) and moves past it.
std::uint32_t takeUnicodeEscape(std::string_view &text)
{
    const std::uint32_t first = hexQuad(text.substr(2, 4));
    text.remove_prefix(6);
    const bool isHigh = first >= 0xD800 && first < 0xDC00;
    if (!isHigh || text.size() < 6 || text[0] != '\\' || text[1] != 'u')
        return first;
    const std::uint32_t second = hexQuad(text.substr(2, 4));
    if (second < 0xDC00 || second >= 0xE000)
        return first;
    text.remove_prefix(6);
    return 0x10000U + ((first - 0xD800U) << 10U) + (second - 0xDC00U);
}

char simpleEscape(char c)
{
    switch (c) {
    case 'b':
        return '\b';
    case 'f':
        return '\f';
    case 'n':
        return '\n';
    case 'r':
        return '\r';
    case 't':
        return '\t';
    default:
        return c; // quote, backslash, slash
    }
}

} // namespace

std::size_t utf8SequenceLength(const char *text, const char *end)
{
    const auto byte = [text](int i) { return static_cast<unsigned char>(text[i]); };
    const auto continues = [&](int i) { return (byte(i) & 0xC0U) == 0x80U; };
    const auto left = end - text;
    if (left < 1)
        return 0;
    const unsigned first = byte(0);
    if (first < 0x80)
        return 1;
    if (first < 0xC2)
        return 0;
    if (first < 0xE0)
        return left >= 2 && continues(1) ? 2 : 0;
    if (first < 0xF0) {
        if (left < 3 || !continues(1) || !continues(2))
            return 0;
        const bool overlong = first == 0xE0 && byte(1) < 0xA0;
        const bool surrogate = first == 0xED && byte(1) >= 0xA0;
        return overlong || surrogate ? 0 : 3;
    }
    if (first > 0xF4 || left < 4 || !continues(1) || !continues(2) || !continues(3))
        return 0;
    const bool overlong = first == 0xF0 && byte(1) < 0x90;
    const bool beyondUnicode = first == 0xF4 && byte(1) >= 0x90;
    return overlong || beyondUnicode ? 0 : 4;
}

void appendJsonString(std::string &out, std::string_view text)
{
    out += '"';
    const char *position = text.data();
    const char *end = position + text.size();
    while (position != end) {
        const auto byte = static_cast<unsigned char>(*position);
        if (byte == '"' || byte == '\\') {
            out += '\\';
            out += *position++;
        } else if (byte < 0x20) {
            out += "\\u00";
            out += HexDigits[byte >> 4U];
            out += HexDigits[byte & 0xFU];
            ++position;
        } else if (const std::size_t length = utf8SequenceLength(position, end)) {
            out.append(position, length);
            position += length;
        } else {
            out += "\xEF\xBF\xBD";
            ++position;
        }
    }
    out += '"';
}

void appendDecodedJsonString(std::string &out, std::string_view inside)
{
    while (!inside.empty()) {
        const std::size_t plain = std::min(inside.find('\\'), inside.size());
        out.append(inside.substr(0, plain));
        inside.remove_prefix(plain);
        if (inside.empty())
            return;
        if (inside[1] == 'u') {
            appendUtf8(out, takeUnicodeEscape(inside));
        } else {
            out += simpleEscape(inside[1]);
            inside.remove_prefix(2);
        }
    }
}

} // namespace Weave
