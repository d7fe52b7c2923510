#include "unit/simdjsonopinion.h"

#include <simdjson.h>

#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdlib>

namespace Weave {

namespace {

bool isOutOfRange(const std::string &number)
{
    if (number.find_first_of(".eE") != std::string::npos)
        return std::isinf(std::strtod(number.c_str(), nullptr));
    const char *end = number.data() + number.size();
    std::int64_t negative = 0;
    std::uint64_t positive = 0;
    const auto [rest, status] = number.front() == '-'
        ? std::from_chars(number.data(), end, negative)
        : std::from_chars(number.data(), end, positive);
    return status == std::errc::result_out_of_range;
}

// The number of a \uXXXX escape at the front of text; 0 when there is none.
unsigned escapedUnit(std::string_view text)
{
    unsigned unit = 0;
    if (text.size() >= 6 && text.starts_with("\\u"))
        std::from_chars(text.data() + 2, text.data() + 6, unit, 16);
    return unit;
}

bool isHigh(unsigned unit)
{
    return unit >= 0xD800 && unit < 0xDC00;
}

bool isLow(unsigned unit)
{
    return unit >= 0xDC00 && unit < 0xE000;
}

// Takes one escape, or one pair of them, off the front.
void takeEscape(std::string_view &text, std::string &out)
{
    const unsigned unit = escapedUnit(text);
    std::size_t length = text.starts_with("\\u") ? 6 : 2;
    const bool isPair = isHigh(unit) && isLow(escapedUnit(text.substr(length)));
    if (isPair)
        length = 12;
    out += !isPair && (isHigh(unit) || isLow(unit)) ? std::string_view("\\ufffd")
                                                    : text.substr(0, length);
    text.remove_prefix(length);
}

void takeNumber(std::string_view &text, std::string &out)
{
    const std::size_t length = std::min(text.find_first_not_of("0123456789+-.eE"), text.size());
    const std::string number(text.substr(0, length));
    out += isOutOfRange(number) ? "0" : number;
    text.remove_prefix(length);
}

} // namespace

struct SimdjsonOpinion::Parser
{
    simdjson::dom::parser parser;
};

SimdjsonOpinion::SimdjsonOpinion()
    : m_parser(std::make_unique<Parser>())
{
}

SimdjsonOpinion::~SimdjsonOpinion() = default;

bool SimdjsonOpinion::accepts(std::string_view text)
{
    return m_parser->parser.parse(text.data(), text.size()).error() == simdjson::SUCCESS;
}

std::string withoutKnownDifferences(std::string_view text)
{
    std::string out;
    bool inString = false;
    while (!text.empty()) {
        const char c = text.front();
        if (inString && c == '\\') {
            takeEscape(text, out);
        } else if (!inString && (c == '-' || (c >= '0' && c <= '9'))) {
            takeNumber(text, out);
        } else {
            inString = inString != (c == '"');
            out += c;
            text.remove_prefix(1);
        }
    }
    return out;
}

} // namespace Weave
