#include "app/configcommand.h"

#include "app/exitcodes.h"
#include "common/jsontext.h"
#include "common/jsonwriter.h"
#include "common/logging.h"
#include "config/config.h"
#include "config/configfile.h"
#include "config/credentials.h"
#include "config/optiontable.h"

#include <algorithm>
#include <cstdio>
#include <unistd.h>

namespace Weave {

namespace {

constexpr std::string_view Masked = "********";

// What may be shown of a value.
std::string shownValue(const Options &options, const OptionSpec &spec,
                       const Environment &environment)
{
    const std::string &text = options.get(spec.name).text;
    if (spec.name == "api-key" && !text.empty())
        return std::string(Masked);
    if (spec.name == "api-key-file" && mayBeKey(text))
        return std::string(Masked);
    // A password in a URL is refused, but shown here before it is.
    if (const std::size_t at = text.find('@'); spec.name == "backend" && at != std::string::npos)
        return std::string(Masked) + text.substr(at);
    if (spec.name == "spool-dir" && text.empty())
        return spoolDirectory(options, environment);
    if (spec.name == "spool-max-bytes" && options.get(spec.name).source == Options::Source::Default
        && options.get("spool-dir").text == "none")
        return DefaultMemoryRoom;
    return text;
}

std::string valueText(const OptionSpec &spec, const std::string &value)
{
    if (spec.isSwitch())
        return value.empty() ? "false" : "true";
    std::string text;
    appendJsonString(text, value);
    return text;
}

bool isShown(const OptionSpec &spec)
{
    return spec.onReload != OnReload::NotInFile;
}

std::string filesLine(const Options &options, const Environment &environment)
{
    std::string line;
    for (const std::string &file : configFiles(options, environment)) {
        line += line.empty() ? "" : ", then ";
        line += file + (::access(file.c_str(), F_OK) == 0 ? "" : " (not there)");
    }
    return line.empty() ? "none (--config none)" : line;
}

std::string keyLine(const Options &options, const Environment &environment)
{
    const auto config = Config::resolve(options, environment);
    if (!config || config->backend.kind != BackendAddress::Kind::Http)
        return {};
    if (config->credentials.apiKey.empty())
        return "# API key: none was found\n";
    return "# API key: from " + config->credentials.source + '\n';
}

std::string configJson(const Options &options, const Environment &environment)
{
    JsonWriter json;
    json.beginObject().key("files").beginArray();
    for (const std::string &file : configFiles(options, environment))
        json.value(std::string_view(file));
    json.endArray().key("settings").beginObject();
    for (const OptionSpec &spec : optionTable()) {
        if (!isShown(spec))
            continue;
        json.key(spec.name).beginObject().key("value");
        if (spec.isSwitch())
            json.value(options.has(spec.name));
        else
            json.value(std::string_view(shownValue(options, spec, environment)));
        json.key("source").value(std::string_view(options.origin(spec.name)));
        json.key("needs_restart").value(spec.onReload == OnReload::NeedsRestart).endObject();
    }
    json.endObject().endObject();
    return json.text() + '\n';
}

} // namespace

std::string configPage(const Options &options, const Environment &environment)
{
    std::string page =
        "# Files: " + filesLine(options, environment) + '\n' + keyLine(options, environment) + '\n';
    std::vector<std::pair<std::string, std::string>> rows;
    std::size_t width = 0;
    for (const OptionSpec &spec : optionTable()) {
        if (!isShown(spec))
            continue;
        const std::string value = shownValue(options, spec, environment);
        const bool isSet = !value.empty() || spec.isSwitch();
        rows.emplace_back((isSet ? "" : "# ") + std::string(spec.name) + " = "
                              + valueText(spec, value),
                          isSet ? options.origin(spec.name) : "not set");
        width = std::max(width, rows.back().first.size());
    }
    constexpr std::size_t WidestColumn = 48;
    width = std::min(width, WidestColumn);
    for (auto &[setting, origin] : rows) {
        setting.resize(std::max(width, setting.size()), ' ');
        page.append(setting).append("  # ").append(origin).append("\n");
    }
    return page;
}

int runConfigCommand(const CommandLine &line, const Environment &environment)
{
    Options options = line.options;
    if (const auto read = readConfigFiles(environment, options); !read)
        return complain(read.error().message, ExitUsage);
    if (line.command == Command::ConfigShow) {
        const std::string text =
            line.json ? configJson(options, environment) : configPage(options, environment);
        std::fputs(text.c_str(), stdout);
        return 0;
    }
    if (const auto config = Config::resolve(options, environment); !config)
        return complain(config.error().message, ExitUsage);
    std::printf("the settings are good; files: %s\n", filesLine(options, environment).c_str());
    return 0;
}

} // namespace Weave
