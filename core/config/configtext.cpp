#include "config/configtext.h"

#include "common/jsontext.h"
#include "config/optiontable.h"

#include <algorithm>
#include <optional>

// Errors are values here; and the library's own error texts go into ours.
#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

namespace Weave {

namespace {

// toml++ 3.3, asked whether a character beyond ASCII is a space, may run into undefined behaviour;
// so it never sees one. Each of their bytes becomes a ~ and two hexadecimal digits, and so does ~
// itself. In strings and comments that is text like any other, and elsewhere as wrong as before.
constexpr char Mark = '~';

std::string encoded(std::string_view text)
{
    constexpr std::string_view Digits = "0123456789abcdef";
    std::string result;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x80 && c != Mark) {
            result += c;
            continue;
        }
        result += Mark;
        result += Digits[byte >> 4U];
        result += Digits[byte & 15U];
    }
    return result;
}

std::string decoded(std::string_view text)
{
    const auto digitAt = [text](std::size_t at) {
        const char c = at < text.size() ? text[at] : '\0';
        return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
    };
    std::string result;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const int high = text[at] == Mark ? digitAt(at + 1) : -1;
        const int low = digitAt(at + 2);
        if (high < 0 || low < 0) {
            result += text[at];
            continue;
        }
        result += static_cast<char>(high * 16 + low);
        at += 2;
    }
    return result;
}

Error errorAt(const toml::source_region &where, const std::string &text)
{
    return {ErrorCode::InvalidArgument, "line " + std::to_string(where.begin.line) + ": " + text};
}

// How many letters have to be changed, put in or left out to make one of the other.
std::size_t distance(std::string_view a, std::string_view b)
{
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j)
        row[j] = j;
    for (std::size_t i = 0; i < a.size(); ++i) {
        std::size_t diagonal = std::exchange(row[0], i + 1);
        for (std::size_t j = 0; j < b.size(); ++j) {
            const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = std::min({replaced, diagonal + 1, row[j] + 1});
        }
    }
    return row.back();
}

std::string unknownSetting(std::string_view name)
{
    constexpr std::size_t MaxShown = 64;
    constexpr std::size_t MaxDistance = 2;
    std::string text = "unknown setting ";
    appendJsonString(text, name.substr(0, MaxShown));
    if (const OptionSpec *spec = findOption(name))
        return text + ": --" + std::string(spec->name) + " is for the command line alone";
    if (name.size() <= MaxShown) {
        for (const OptionSpec &spec : optionTable()) {
            if (spec.onReload != OnReload::NotInFile && distance(name, spec.name) <= MaxDistance)
                return text + "; did you mean " + std::string(spec.name) + "?";
        }
    }
    return text + "; weave-sidecar --help lists the flags, whose names are the settings' names";
}

Result<std::string> textOf(const OptionSpec &spec, const toml::node &value)
{
    const std::string name(spec.name);
    if (spec.isSwitch()) {
        if (const auto isOn = value.value_exact<bool>())
            return std::string(*isOn ? "true" : "");
        return errorAt(value.source(), name + " expects true or false");
    }
    if (const auto text = value.value_exact<std::string>())
        return decoded(*text);
    if (const auto number = value.value_exact<std::int64_t>())
        return std::to_string(*number);
    return errorAt(value.source(), name + " expects a string in quotes or a whole number");
}

// A place in an encoded text as the library counts: lines and characters, both from 1.
std::size_t offsetOf(std::string_view text, const toml::source_position &place)
{
    std::size_t at = 0;
    for (toml::source_index line = 1; line < place.line && at < text.size(); ++line)
        at = std::min(text.find('\n', at), text.size() - 1) + 1;
    return std::min(at + place.column - 1, text.size());
}

bool isBeyondAscii(char c)
{
    return static_cast<unsigned char>(c) >= 0x80;
}

// What is told of the library's errors in an encoded text.
Error syntaxError(const toml::parse_error &error, std::string_view text)
{
    const std::size_t begin = offsetOf(text, {error.source().begin.line, 1});
    const std::string line = decoded(text.substr(begin, text.find('\n', begin) - begin));
    std::string what = decoded(error.description());
    const bool isTwice = what.find("redefine") != std::string::npos;
    // The library repeats a value that it takes for a number, and a key may be all digits.
    if (line.find("api-key") != std::string::npos && !isTwice)
        what = R"(expected a string in quotes, as in api-key = "KEY")";
    else if (std::any_of(line.begin(), line.end(), isBeyondAscii))
        what += " (characters beyond ASCII belong in quotes)";
    else if (!isTwice)
        what += R"(; a setting is a line such as flush-interval = "2s")";
    return errorAt(error.source(), what);
}

// Some editors write a byte order mark.
constexpr std::string_view ByteOrderMark = "\xef\xbb\xbf";

std::string_view withoutMark(std::string_view text)
{
    return text.starts_with(ByteOrderMark) ? text.substr(ByteOrderMark.size()) : text;
}

std::optional<Error> findBrokenCharacter(std::string_view text)
{
    int line = 1;
    const char *const end = text.data() + text.size();
    for (const char *at = text.data(); at != end;) {
        const std::size_t length = isBeyondAscii(*at) ? utf8SequenceLength(at, end) : 1;
        if (length == 0)
            return Error{ErrorCode::InvalidArgument,
                         "line " + std::to_string(line)
                             + ": a character is not in UTF-8; save the file in that encoding"};
        line += *at == '\n' ? 1 : 0;
        at += length;
    }
    return std::nullopt;
}

// Of an encoded text.
Result<toml::table> parseTable(std::string_view text)
{
    toml::parse_result parsed = toml::parse(text);
    if (!parsed)
        return syntaxError(parsed.error(), text);
    return std::move(parsed).table();
}

std::string valueText(const OptionSpec &spec, const std::string &value)
{
    if (spec.isSwitch())
        return "true";
    std::string text;
    appendJsonString(text, value); // JSON's escapes are TOML's as well
    return text;
}

// The settings by name; nothing but an error when they are not what they should be.
Result<std::string> checkedEdit(std::string text, const std::vector<ConfigChange> &changes)
{
    const auto edited = parseConfigText(text);
    if (!edited)
        return edited.error();
    for (const auto &[name, value] : changes) {
        const auto found = std::find_if(edited->begin(), edited->end(),
                                        [&key = name](const auto &s) { return s.name == key; });
        const std::string now = found == edited->end() ? std::string() : found->text;
        if (now != value)
            return Error{ErrorCode::Malformed, name + " cannot be changed in this file"};
    }
    return text;
}

} // namespace

Result<std::vector<ConfigSetting>> parseConfigText(std::string_view text)
{
    if (auto broken = findBrokenCharacter(text))
        return std::move(*broken);
    auto table = parseTable(encoded(withoutMark(text)));
    if (!table)
        return table.error();
    std::vector<ConfigSetting> settings;
    for (const auto &[key, value] : *table) {
        const std::string name = decoded(key.str());
        const OptionSpec *spec = findOption(name);
        if (!spec || spec->onReload == OnReload::NotInFile)
            return errorAt(key.source(), unknownSetting(name));
        auto written = textOf(*spec, value);
        if (!written)
            return written.error();
        settings.push_back({name, std::move(*written), static_cast<int>(key.source().begin.line)});
    }
    // The library sorts by name; people think in lines.
    std::sort(settings.begin(), settings.end(),
              [](const auto &a, const auto &b) { return a.line < b.line; });
    return settings;
}

Result<std::string> editConfigText(std::string_view text, const std::vector<ConfigChange> &changes)
{
    const std::string_view content = withoutMark(text);
    const std::string_view mark = text.substr(0, text.size() - content.size());
    std::string edited = encoded(content);
    for (const auto &[name, value] : changes) {
        const OptionSpec *spec = findOption(name);
        if (!spec || spec->onReload == OnReload::NotInFile)
            return Error{ErrorCode::InvalidArgument, unknownSetting(name)};
        auto table = parseTable(edited); // places move with every change
        if (!table)
            return table.error();
        const toml::node *present = table->get(name);
        if (!present && value.empty())
            continue;
        if (!present) {
            if (!edited.empty() && edited.back() != '\n')
                edited += '\n';
            edited += name + " = " + encoded(valueText(*spec, value)) + '\n';
            continue;
        }
        const std::size_t first = offsetOf(edited, present->source().begin);
        const std::size_t last = offsetOf(edited, present->source().end);
        if (!value.empty()) {
            edited.replace(first, last - first, encoded(valueText(*spec, value)));
            continue;
        }
        // The whole line goes, and the comment behind the value with it.
        const std::size_t lineBegin = edited.rfind('\n', first) + 1; // npos + 1 is 0
        const std::size_t lineEnd = std::min(edited.find('\n', last), edited.size() - 1) + 1;
        edited.erase(lineBegin, lineEnd - lineBegin);
    }
    return checkedEdit(std::string(mark) + decoded(edited), changes);
}

} // namespace Weave
