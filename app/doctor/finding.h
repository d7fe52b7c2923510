#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace Weave {

// What one check has found out. Never holds a key or a password.
struct Finding
{
    enum class Level : std::uint8_t {
        Ok,
        Warning, // works, and may not for long or not for everybody
        Problem, // calls do not get through
    };
    Level level = Level::Ok;
    std::string check; // what was looked at: "socket", "key"; stable, for programs
    std::string text; // what is so
    std::string advice; // what to do; empty when all is well
};

using Findings = std::vector<Finding>;

[[nodiscard]] inline Finding ok(std::string check, std::string text)
{
    return {Finding::Level::Ok, std::move(check), std::move(text), {}};
}

[[nodiscard]] inline Finding warning(std::string check, std::string text, std::string advice)
{
    return {Finding::Level::Warning, std::move(check), std::move(text), std::move(advice)};
}

[[nodiscard]] inline Finding problem(std::string check, std::string text, std::string advice)
{
    return {Finding::Level::Problem, std::move(check), std::move(text), std::move(advice)};
}

} // namespace Weave
