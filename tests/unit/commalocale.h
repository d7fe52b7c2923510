#pragma once

#include <array>
#include <clocale>
#include <cstring>

namespace Weave {

// QCoreApplication takes over the user's locale, in which a decimal point may be a comma. While
// this lives, it is one; isSet() says whether the machine has such a locale.
class CommaLocale
{
public:
    CommaLocale()
    {
        constexpr std::array<const char *, 5> Names{"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8",
                                                    "nl_NL.UTF-8", "ru_RU.UTF-8"};
        for (const char *name : Names) {
            m_isSet = m_isSet || std::setlocale(LC_NUMERIC, name) != nullptr;
        }
        m_isSet = m_isSet && std::strcmp(std::localeconv()->decimal_point, ",") == 0;
    }
    CommaLocale(const CommaLocale &) = delete;
    CommaLocale &operator=(const CommaLocale &) = delete;
    ~CommaLocale() { std::setlocale(LC_NUMERIC, "C"); }

    [[nodiscard]] bool isSet() const { return m_isSet; }

private:
    bool m_isSet = false;
};

} // namespace Weave
