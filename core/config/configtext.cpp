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
    if (auto text = value.value_exact<std::string>())
        return std::move(*text);
    if (const auto number = value.value_exact<std::int64_t>())
        return std::to_string(*number);
    return errorAt(value.source(), name + " expects a string in quotes or a whole number");
}

// Behind the string that begins at the quote.
std::size_t endOfString(std::string_view text, std::size_t at)
{
    const char quote = text[at];
    const std::string three(3, quote);
    const bool isMultiLine = text.substr(at, 3) == three;
    at += isMultiLine ? 3 : 1;
    while (at < text.size()) {
        if (quote == '"' && text[at] == '\\') {
            at += 2;
        } else if (isMultiLine && text.substr(at, 3) == three) {
            at += 3;
            while (at < text.size() && text[at] == quote) // two more may belong to the string
                ++at;
            return at;
        } else if (!isMultiLine && (text[at] == quote || text[at] == '\n')) {
            return at + 1;
        } else {
            ++at;
        }
    }
    return text.size();
}

// Characters beyond ASCII belong in strings and comments alone (TOML v1.0). Checked here because
// toml++ 3.3, asked whether one of them is a space, may run into undefined behaviour.
std::optional<std::size_t> findForeignCharacter(std::string_view text)
{
    constexpr std::string_view ByteOrderMark = "\xef\xbb\xbf";
    constexpr std::string_view BeforeStrings = "\n=,.[{"; // anywhere else a quote is a fault
    std::size_t at = text.starts_with(ByteOrderMark) ? ByteOrderMark.size() : 0;
    char before = '\n'; // but for spaces
    while (at < text.size()) {
        const char c = text[at];
        const bool isQuote = c == '"' || c == '\'';
        if (static_cast<unsigned char>(c) >= 0x80)
            return at;
        if (c == '#')
            at = std::min(text.find('\n', at), text.size());
        else if (isQuote && BeforeStrings.find(before) != std::string_view::npos)
            at = endOfString(text, at);
        else
            ++at;
        if (c != ' ' && c != '\t')
            before = c;
    }
    return std::nullopt;
}

Result<toml::table> parseTable(std::string_view text)
{
    if (const auto at = findForeignCharacter(text)) {
        const auto line = 1 + std::count(text.begin(), text.begin() + std::ptrdiff_t(*at), '\n');
        return Error{ErrorCode::InvalidArgument,
                     "line " + std::to_string(line)
                         + ": there is a character beyond ASCII outside of quotes"};
    }
    toml::parse_result parsed = toml::parse(text);
    if (!parsed) {
        const toml::parse_error &error = parsed.error();
        return errorAt(error.source(), std::string(error.description()));
    }
    return std::move(parsed).table();
}

// A place in the text as the library counts: lines and characters of UTF-8, both from 1.
std::size_t offsetOf(std::string_view text, const toml::source_position &place)
{
    std::size_t at = 0;
    for (toml::source_index line = 1; line < place.line && at < text.size(); ++line)
        at = std::min(text.find('\n', at), text.size() - 1) + 1;
    for (toml::source_index column = 1; column < place.column && at < text.size(); ++column)
        at += std::max<std::size_t>(
            1, utf8SequenceLength(text.data() + at, text.data() + text.size()));
    return at;
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
    auto table = parseTable(text);
    if (!table)
        return table.error();
    std::vector<ConfigSetting> settings;
    for (const auto &[key, value] : *table) {
        const OptionSpec *spec = findOption(key.str());
        if (!spec || spec->onReload == OnReload::NotInFile)
            return errorAt(key.source(), unknownSetting(key.str()));
        auto written = textOf(*spec, value);
        if (!written)
            return written.error();
        settings.push_back({std::string(key.str()), std::move(*written),
                            static_cast<int>(key.source().begin.line)});
    }
    // The library sorts by name; people think in lines.
    std::sort(settings.begin(), settings.end(),
              [](const auto &a, const auto &b) { return a.line < b.line; });
    return settings;
}

Result<std::string> editConfigText(std::string_view text, const std::vector<ConfigChange> &changes)
{
    std::string edited(text);
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
            edited += name + " = " + valueText(*spec, value) + '\n';
            continue;
        }
        const std::size_t first = offsetOf(edited, present->source().begin);
        const std::size_t last = offsetOf(edited, present->source().end);
        if (!value.empty()) {
            edited.replace(first, last - first, valueText(*spec, value));
            continue;
        }
        // The whole line goes, and the comment behind the value with it.
        const std::size_t lineBegin = edited.rfind('\n', first) + 1; // npos + 1 is 0
        const std::size_t lineEnd = std::min(edited.find('\n', last), edited.size() - 1) + 1;
        edited.erase(lineBegin, lineEnd - lineBegin);
    }
    return checkedEdit(std::move(edited), changes);
}

} // namespace Weave
