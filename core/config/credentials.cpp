#include "config/credentials.h"

#include "common/bytesize.h"
#include "config/netrc.h"
#include "config/smallfile.h"

#include <unistd.h>
#include <vector>

namespace Weave {

namespace {

// Key files and netrc files are small; more is a mistake such as /dev/zero.
constexpr std::size_t MaxFileBytes = MiB;

std::string_view trimmed(std::string_view text)
{
    constexpr std::string_view Space = " \t\r\n";
    const std::size_t first = text.find_first_not_of(Space);
    if (first == std::string_view::npos)
        return {};
    return text.substr(first, text.find_last_not_of(Space) - first + 1);
}

// A header value must not be broken by what is in a key.
bool isPlausibleKey(std::string_view key)
{
    for (const char c : key) {
        if (c <= ' ' || c > '~')
            return false;
    }
    return !key.empty();
}

Result<Credentials> keyOf(std::string_view text, const std::string &path, const std::string &source)
{
    const std::string_view key = trimmed(text);
    if (!isPlausibleKey(key))
        return Error{ErrorCode::InvalidArgument,
                     source + ": " + path + ": expected the API key on one line and nothing else"};
    return Credentials{std::string(key), source};
}

Result<Credentials> readKeyFile(const Options &options)
{
    const std::string &path = options.get("api-key-file").text;
    const std::string name = options.displayName("api-key-file");
    const auto text = readSmallFile(path, MaxFileBytes, options.pipeWait());
    if (!text && mayBeKey(path))
        return Error{ErrorCode::NotFound,
                     name
                         + ": expects the path of a file, and there is none of that name; the key "
                           "itself belongs into api-key"};
    if (!text)
        return text.error().withPrefix(name + ": " + path + ": ");
    return keyOf(*text, path, name);
}

// What the service manager has laid down for this process alone. A blank one is none, so that a
// unit can name a file that need not be there.
Result<Credentials> readServiceCredential(const Environment &environment)
{
    const std::string directory = environment("CREDENTIALS_DIRECTORY").value_or("");
    if (directory.empty())
        return Credentials{};
    const std::string path = directory + "/api-key";
    const std::string source = ServiceCredential;
    const auto text = readSmallFile(path, MaxFileBytes);
    if (!text && text.error().code != ErrorCode::NotFound)
        return text.error().withPrefix(source + ": " + path + ": ");
    if (!text || trimmed(*text).empty())
        return Credentials{};
    return keyOf(*text, path, source);
}

Credentials readNetrc(const QUrl &backend, const Environment &environment)
{
    std::vector<std::string> paths;
    if (const auto named = environment("NETRC"); named && !named->empty()) {
        paths.push_back(*named);
    } else if (const auto home = environment("HOME"); home && !home->empty()) {
        paths.push_back(*home + "/.netrc");
        paths.push_back(*home + "/_netrc");
    }
    for (const std::string &path : paths) {
        const auto text = readSmallFile(path, MaxFileBytes);
        if (!text)
            continue;
        for (const std::string &machine : netrcMachines(backend)) {
            const auto key = netrcPassword(*text, machine);
            if (key && isPlausibleKey(*key))
                return {*key, path};
        }
    }
    return {};
}

} // namespace

bool mayBeKey(const std::string &keyFile)
{
    return !keyFile.empty() && keyFile.find('/') == std::string::npos
        && ::access(keyFile.c_str(), F_OK) != 0;
}

Result<Credentials> findCredentials(const Options &options, const BackendAddress &backend,
                                    const Environment &environment)
{
    // A key in the environment wins over a key file that a config file names.
    const bool keyWins = options.has("api-key")
        && options.get("api-key").source > options.get("api-key-file").source;
    if (options.has("api-key-file") && !keyWins)
        return readKeyFile(options);
    if (options.has("api-key")) {
        const std::string_view key = trimmed(options.get("api-key").text);
        const std::string name = options.displayName("api-key");
        if (!isPlausibleKey(key))
            return Error{ErrorCode::InvalidArgument,
                         name + ": the key has characters that no API key has"};
        return Credentials{std::string(key), name};
    }
    if (backend.kind != BackendAddress::Kind::Http)
        return Credentials{};
    if (auto handed = readServiceCredential(environment); !handed || !handed->apiKey.empty())
        return handed;
    return readNetrc(backend.url, environment);
}

} // namespace Weave
