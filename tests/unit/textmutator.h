#pragma once

#include <algorithm>
#include <random>
#include <string>
#include <string_view>

namespace Weave {

// Damages texts in small ways, the same ones in every run.
class TextMutator
{
public:
    explicit TextMutator(unsigned seed)
        : m_random(seed)
    {
    }

    [[nodiscard]] std::size_t below(std::size_t limit) { return m_random() % limit; }

    [[nodiscard]] std::string damaged(std::string_view original)
    {
        std::string text(original);
        for (std::size_t edits = 1 + below(3); edits != 0; --edits)
            damageOnce(text);
        return text;
    }

private:
    void damageOnce(std::string &text)
    {
        // Bytes that mean something to a JSON reader, and the edges of what UTF-8 allows.
        using namespace std::string_view_literals;
        constexpr std::string_view Bytes =
            "{}[]\",:\\\n \t\r0123456789-+.eEtrufalsnNbdDI/\0\x1f\x7f\x80\x9f\xa0\xbf"
            "\xc0\xc2\xdf\xe0\xed\xef\xf0\xf4\xf5\xff"sv;
        const std::size_t place = below(text.size() + 1);
        const std::size_t length = std::min(1 + below(4), text.size() - place);
        switch (below(6)) {
        case 0:
            text.insert(place, 1, Bytes[below(Bytes.size())]);
            return;
        case 1:
            text.erase(place, length);
            return;
        case 2:
            text.insert(below(text.size() + 1), text.substr(place, length));
            return;
        case 3:
            text.resize(place);
            return;
        case 4:
            if (place < text.size())
                text[place] = static_cast<char>(text[place] ^ (1 << below(8)));
            return;
        default:
            if (place < text.size())
                text[place] = Bytes[below(Bytes.size())];
        }
    }

    std::mt19937 m_random;
};

} // namespace Weave
