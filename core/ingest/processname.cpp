#include "ingest/processname.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#if defined(__APPLE__)
#include <libproc.h>
#else
#include <fcntl.h>
#include <unistd.h>
#endif

namespace Weave {

namespace {

constexpr std::size_t MaxNameBytes = 80;

#if !defined(__APPLE__)
std::string_view fileName(std::string_view path)
{
    return path.substr(path.rfind('/') + 1); // npos + 1 is 0
}

bool isInterpreter(std::string_view program)
{
    constexpr std::array<std::string_view, 5> Names{"python", "node", "ruby", "bun", "deno"};
    return std::any_of(Names.begin(), Names.end(),
                       [program](std::string_view name) { return program.starts_with(name); });
}

// The first words of a command line; the rest is not looked at.
std::vector<std::string_view> wordsOf(std::string_view line)
{
    std::vector<std::string_view> words;
    while (!line.empty() && words.size() < 3) {
        const std::size_t length = std::min(line.find('\0'), line.size());
        words.push_back(line.substr(0, length));
        line.remove_prefix(std::min(length + 1, line.size()));
    }
    return words;
}
#endif

} // namespace

std::string processName(pid_t process)
{
    std::array<char, 1024> buffer{};
    std::string name;
    if (process <= 0)
        return name;
#if defined(__APPLE__)
    if (::proc_name(process, buffer.data(), buffer.size()) > 0)
        name = buffer.data();
#else
    const std::string path = "/proc/" + std::to_string(process) + "/cmdline";
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return name;
    const ssize_t length = ::read(file, buffer.data(), buffer.size());
    ::close(file);
    const auto words =
        wordsOf({buffer.data(), static_cast<std::size_t>(std::max<ssize_t>(length, 0))});
    if (words.empty())
        return name;
    name = fileName(words.front());
    if (isInterpreter(name) && words.size() > 1) {
        // "python3 worker.py", "python3 -m gunicorn"; not what follows "-c".
        const std::string_view next = words[1];
        if (next == "-m" && words.size() > 2)
            name += " -m " + std::string(words[2]);
        else if (!next.starts_with('-'))
            name += " " + std::string(fileName(next));
    }
#endif
    if (name.size() > MaxNameBytes)
        name.resize(MaxNameBytes);
    return name;
}

} // namespace Weave
