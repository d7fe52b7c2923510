#include "docgen/manpage.h"

#include "common/version.h"
#include "config/choices.h"

#include <algorithm>
#include <cctype>

namespace Weave {

namespace {

constexpr std::size_t LineWidth = 80; // of the page's source

// A flag in running text is bold, as mdoc's Fl makes it.
std::size_t flagLength(std::string_view text)
{
    if (!text.starts_with("--") || text.size() < 3 || std::islower(text[2]) == 0)
        return 0;
    std::size_t length = 2;
    while (length < text.size() && (std::islower(text[length]) != 0 || text[length] == '-'))
        ++length;
    return length;
}

std::string roffCharacter(char c)
{
    switch (c) {
    case '\\':
        return "\\e";
    case '-': // a hyphen would not be found by who looks for a flag, nor work when it is copied
        return "\\-";
    case '~':
        return "\\(ti";
    case '^':
        return "\\(ha";
    case '`':
        return "\\(ga";
    case '\'':
        return "\\(aq";
    default:
        return {c};
    }
}

std::string roffText(std::string_view text)
{
    std::string result;
    while (!text.empty()) {
        if (const std::size_t length = flagLength(text); length > 0) {
            result += "\\fB";
            for (const char c : text.substr(0, length))
                result += roffCharacter(c);
            result += "\\fP";
            text.remove_prefix(length);
            continue;
        }
        result += roffCharacter(text.front());
        text.remove_prefix(1);
    }
    return result;
}

bool namesItsChoices(const OptionSpec &spec)
{
    const auto words = choicesOf(spec.name);
    return std::all_of(words.begin(), words.end(), [&spec](std::string_view word) {
        return spec.help.find(word) != std::string_view::npos;
    });
}

// A list a section; ends the one before.
void appendSection(std::string &page, std::string_view section)
{
    page += page.empty() ? "" : ".El\n";
    page.append(".Ss ").append(roffText(section)).append("\n.Bl -tag -width Ds\n");
}

void appendDefault(std::string &page, const OptionSpec &spec)
{
    if (!namesItsChoices(spec))
        page.append("One of: ").append(roffText(choiceList(spec))).append(".\n");
    if (!spec.defaultValue.empty())
        page.append("Default: ").append(roffText(spec.defaultValue)).append(".\n");
}

// The keys of a config file.
std::string settings(const ProgramSpec &program)
{
    std::string page;
    std::string_view section;
    for (const OptionSpec &spec : program.options) {
        if (spec.onReload == OnReload::NotInFile)
            continue;
        if (spec.section != section)
            appendSection(page, spec.section);
        section = spec.section;
        page.append(".It Ic ").append(roffText(spec.name)).append(" = ");
        page.append(spec.isSwitch() ? "Ar true | false"
                                    : "Qq Ar " + roffText(std::string(spec.valueName)));
        page.append("\n").append(mdocText(spec.help));
        appendDefault(page, spec);
        if (spec.onReload == OnReload::NeedsRestart)
            page.append("A change needs a restart.\n");
    }
    return page + ".El\n";
}

std::string flags(const ProgramSpec &program)
{
    std::string page;
    std::string_view section;
    for (const OptionSpec &spec : program.options) {
        if (spec.section != section)
            appendSection(page, spec.section);
        section = spec.section;
        page.append(".It Fl \\-").append(roffText(spec.name));
        if (!spec.valueName.empty())
            page.append(" Ar ").append(spec.valueName);
        page.append("\n").append(mdocText(spec.help));
        appendDefault(page, spec);
        if (!spec.environment.empty())
            page.append("Environment:\n.Ev ").append(spec.environment).append(" .\n");
    }
    return page + ".El\n";
}

std::string commands(const ProgramSpec &program)
{
    std::string page = ".Bl -tag -width Ds\n";
    for (const CommandSpec &spec : program.commands) {
        page.append(".It Cm ").append(spec.name);
        for (const std::string_view name : spec.switches) {
            if (!name.empty())
                page.append(" Oo Fl \\-").append(name).append(" Oc");
        }
        std::string help(spec.help);
        help.front() = static_cast<char>(std::toupper(help.front()));
        page.append("\n").append(mdocText(help + "."));
    }
    return page + ".El\n";
}

std::string commandFlags(const ProgramSpec &program)
{
    std::string page = ".Bl -tag -width Ds\n";
    for (const CommandSwitch &spec : program.switches)
        page.append(".It Fl \\-").append(spec.name).append("\n").append(mdocText(spec.help));
    return page + ".El\n";
}

std::string environment(const ProgramSpec &program)
{
    std::string page;
    for (const OptionSpec &spec : program.options) {
        if (!spec.environment.empty())
            page.append(".It Ev ")
                .append(spec.environment)
                .append("\nThe same as\n.Fl \\-")
                .append(roffText(spec.name))
                .append(" .\n");
    }
    return page;
}

std::string withVersion(std::string_view line)
{
    constexpr std::string_view Mark = "@VERSION@";
    std::string text(line);
    if (const std::size_t found = text.find(Mark); found != std::string::npos)
        text.replace(found, Mark.size(), version());
    return text;
}

} // namespace

std::string mdocText(std::string_view text)
{
    std::string lines;
    std::size_t column = 0;
    while (!text.empty()) {
        const std::size_t length = std::min(text.find(' '), text.size());
        const std::string word = roffText(text.substr(0, length));
        text.remove_prefix(std::min(length + 1, text.size()));
        if (column + 1 + word.size() > LineWidth && column > 0) {
            lines += '\n';
            column = 0;
        }
        // A line that begins with a dot would be a request to roff.
        const std::string_view before = column > 0 ? " " : word.starts_with('.') ? "\\&" : "";
        lines.append(before).append(word);
        column += before.size() + word.size();
        if (word.ends_with('.') && !text.empty()) {
            lines += '\n';
            column = 0;
        }
    }
    return lines + "\n";
}

Result<std::string> manPage(const ProgramSpec &program, std::string_view page)
{
    std::string text;
    while (!page.empty()) {
        const std::size_t end = std::min(page.find('\n'), page.size());
        const std::string line = withVersion(page.substr(0, end));
        page.remove_prefix(std::min(end + 1, page.size()));
        if (line == "@FLAGS@")
            text += flags(program);
        else if (line == "@SETTINGS@")
            text += settings(program);
        else if (line == "@COMMANDS@")
            text += commands(program);
        else if (line == "@COMMAND_FLAGS@")
            text += commandFlags(program);
        else if (line == "@ENVIRONMENT@")
            text += environment(program);
        else if (line.find('@') != std::string::npos)
            return Error{ErrorCode::Malformed,
                         "what is this in the template of a man page: " + line};
        else
            text += line + "\n";
    }
    return text;
}

} // namespace Weave
