// The command line of a bench program: `--name value` pairs and `--flag`s, nothing else. A mistake
// ends the program with a sentence and status 2, because a benchmark with a guessed option lies.
#pragma once

#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace Weave {

class Arguments final
{
public:
    Arguments(int argc, char **argv, std::string usage)
        : m_usage(std::move(usage)),
          m_words(argv + 1, argv + argc)
    {
    }

    // Declares an option and takes it off the command line; empty when it was not given.
    std::string text(std::string_view name)
    {
        for (std::size_t i = 0; i < m_words.size(); ++i) {
            if (m_words[i] != name)
                continue;
            if (i + 1 == m_words.size())
                refuse(std::string(name) + " needs a value");
            std::string value = m_words[i + 1];
            const auto at = m_words.begin() + static_cast<std::ptrdiff_t>(i);
            m_words.erase(at, at + 2);
            return value;
        }
        return {};
    }

    std::string requiredText(std::string_view name)
    {
        std::string value = text(name);
        if (value.empty())
            refuse(std::string(name) + " is required");
        return value;
    }

    std::uint64_t number(std::string_view name, std::uint64_t fallback, std::uint64_t least,
                         std::uint64_t most)
    {
        const std::string value = text(name);
        if (value.empty())
            return fallback;
        std::uint64_t result = 0;
        const char *end = value.data() + value.size();
        const auto [stop, error] = std::from_chars(value.data(), end, result);
        if (error != std::errc() || stop != end || result < least || result > most) {
            refuse(std::string(name) + " takes a number from " + std::to_string(least) + " to "
                   + std::to_string(most));
        }
        return result;
    }

    bool flag(std::string_view name) { return std::erase(m_words, name) > 0; }

    // To be called after the last option was taken: what is left is a mistake.
    void refuseRest() const
    {
        if (!m_words.empty())
            refuse("unknown argument " + m_words.front());
    }

    [[noreturn]] void refuse(const std::string &why) const
    {
        std::fprintf(stderr, "%s\n%s\n", why.c_str(), m_usage.c_str());
        std::exit(2);
    }

private:
    std::string m_usage;
    std::vector<std::string> m_words;
};

} // namespace Weave
