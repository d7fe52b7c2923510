#include "config/socketlookup.h"

#include "config/optiontable.h"

#include <algorithm>
#include <sys/stat.h>
#include <unistd.h>

namespace Weave {

namespace {

// The ListenStream= of the user's unit in packaging/systemd, below the run-time directory.
constexpr const char *UnitSocket = "/weave-sidecar/weave-sidecar.sock";

// A link is not followed: anybody may make one in /tmp.
bool isSocket(const std::string &path)
{
    struct stat found = {};
    return ::lstat(path.c_str(), &found) == 0 && S_ISSOCK(found.st_mode);
}

bool isUsableSocket(const std::string &path)
{
    return isSocket(path) && ::access(path.c_str(), W_OK) == 0;
}

} // namespace

std::string clientSocketPath(const Options &options, const Environment &environment)
{
    const Options::Value &given = options.get("socket");
    // ExecReload= of a unit, of which systemd says the daemon's pid. Where it has made the socket,
    // the daemon does not listen where the files say.
    const bool isPassedOver =
        given.source == Options::Source::File && environment("MAINPID") && !isSocket(given.text);
    if (given.source != Options::Source::Default && !isPassedOver)
        return given.text;
    const std::string found = firstSocket(socketPlaces(environment));
    return found.empty() ? given.text : found;
}

std::vector<std::string> socketPlaces(const Environment &environment)
{
    std::vector<std::string> places;
    // The XDG base directory specification: relative paths are to be ignored.
    if (const auto runtime = environment("XDG_RUNTIME_DIR"); runtime && runtime->starts_with('/'))
        places.push_back(*runtime + UnitSocket);
    places.emplace_back(SystemSocket);
    places.emplace_back(findOption("socket")->defaultValue);
    return places;
}

bool isRoomForOwnDaemon(const Options &options, const Environment &environment)
{
    const Options::Value &given = options.get("socket");
    const std::vector<std::string> places = socketPlaces(environment);
    return given.source == Options::Source::Default && !isSocket(given.text)
        && std::none_of(places.begin(), places.end(), isUsableSocket);
}

std::string firstSocket(const std::vector<std::string> &places)
{
    auto found = std::find_if(places.begin(), places.end(), isUsableSocket);
    if (found == places.end())
        found = std::find_if(places.begin(), places.end(), isSocket);
    return found == places.end() ? std::string() : *found;
}

} // namespace Weave
