#pragma once

#include <bitset>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace Weave {

// Blanks what a server's words repeat of the calls that they are about: they go to the log, the
// status and the service manager, where no payload belongs. Names of calls, which are what makes
// the words useful, stay: project and ids.
//
// What is repeated has to be a dozen bytes long to be noticed, and stand there as it does in the
// payload. Takes some milliseconds for 10 MiB of payloads.
class EchoFilter
{
public:
    explicit EchoFilter(std::string words);

    // The payload of a call, as RequestParser has accepted it.
    void compare(std::string_view payload);
    // The words with "[...]" in place of what they repeat of the payloads so far.
    [[nodiscard]] std::string text() const;

private:
    struct Gram
    {
        std::uint64_t bytes;
        std::size_t place;
    };
    static constexpr std::size_t FilterBits = 1U << 14U;

    [[nodiscard]] static std::size_t filterBit(std::uint64_t gram);
    void compareAt(const Gram &gram, std::string_view payload, std::size_t place);
    [[nodiscard]] bool isName(std::string_view echo, std::string_view payload);
    void blank(std::size_t begin, std::size_t end);

    const std::string m_words;
    std::vector<Gram> m_grams; // of the words, sorted
    std::bitset<FilterBits> m_filter; // says quickly that a gram is not among them
    std::vector<bool> m_isBlank; // of each byte of the words
    std::vector<std::string_view> m_names; // of the payload that is compared now
    bool m_hasNames = false;
    std::uint64_t m_stepsLeft;
};

} // namespace Weave
