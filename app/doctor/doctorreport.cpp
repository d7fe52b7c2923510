#include "app/doctor/doctorreport.h"

#include "common/jsonwriter.h"
#include "common/oneline.h"
#include "common/textnumber.h"

#include <algorithm>

namespace Weave {

namespace {

using Level = Finding::Level;

std::string_view levelName(Level level)
{
    switch (level) {
    case Level::Ok:
        return "ok";
    case Level::Warning:
        return "warning";
    case Level::Problem:
        return "problem";
    }
    return "problem";
}

std::uint64_t count(const Findings &findings, Level level)
{
    return static_cast<std::uint64_t>(
        std::count_if(findings.begin(), findings.end(),
                      [level](const Finding &finding) { return finding.level == level; }));
}

std::string padded(std::string_view text, std::size_t width)
{
    std::string result(text);
    result.append(width - std::min(width, text.size()), ' ');
    return result;
}

} // namespace

std::string doctorText(const Findings &findings)
{
    constexpr std::size_t LevelWidth = 9;
    constexpr std::size_t CheckWidth = 9;
    std::string page;
    for (const Finding &finding : findings) {
        page += padded(levelName(finding.level), LevelWidth) + padded(finding.check, CheckWidth)
            + onOneLine(finding.text) + "\n";
        if (!finding.advice.empty())
            page += std::string(LevelWidth + CheckWidth, ' ') + "-> " + onOneLine(finding.advice)
                + "\n";
    }
    const std::uint64_t problems = count(findings, Level::Problem);
    const std::uint64_t warnings = count(findings, Level::Warning);
    if (problems + warnings == 0)
        return page + "\nall is well\n";
    return page + "\n" + countOf(problems, "problem") + ", " + countOf(warnings, "warning") + "\n";
}

std::string doctorJson(const Findings &findings, std::string_view version)
{
    JsonWriter json;
    json.beginObject();
    json.key("version").value(version);
    json.key("findings").beginArray();
    for (const Finding &finding : findings) {
        json.beginObject();
        json.key("level").value(levelName(finding.level));
        json.key("check").value(finding.check);
        json.key("text").value(finding.text);
        json.key("advice");
        if (finding.advice.empty())
            json.null();
        else
            json.value(finding.advice);
        json.endObject();
    }
    json.endArray();
    json.key("warnings").value(count(findings, Level::Warning));
    json.key("problems").value(count(findings, Level::Problem));
    json.endObject();
    return json.text() + "\n";
}

bool hasProblem(const Findings &findings)
{
    return count(findings, Level::Problem) > 0;
}

} // namespace Weave
