#include "config/netrc.h"

namespace Weave {

namespace {

bool isSpace(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

// Cuts netrc text into tokens.
class Lexer
{
public:
    explicit Lexer(std::string_view text)
        : m_rest(text)
    {
    }

    // The next keyword; comments between keywords are passed over. False at the end of the text.
    bool nextKeyword(std::string &token)
    {
        while (next(token)) {
            if (!token.starts_with('#'))
                return true;
            skipLine();
        }
        return false;
    }

    // The next token, whatever it is: a password may well begin with '#'.
    bool next(std::string &token)
    {
        skipSpace();
        if (m_rest.empty())
            return false;
        token.clear();
        const bool isQuoted = m_rest.front() == '"';
        if (isQuoted)
            m_rest.remove_prefix(1);
        while (!m_rest.empty()) {
            char c = m_rest.front();
            if (isQuoted ? c == '"' : isSpace(c))
                break;
            m_rest.remove_prefix(1);
            if (c == '\\' && !m_rest.empty()) {
                c = m_rest.front();
                m_rest.remove_prefix(1);
            }
            token += c;
        }
        if (isQuoted && !m_rest.empty())
            m_rest.remove_prefix(1);
        return true;
    }

    // A macro's body ends with an empty line.
    void skipMacro()
    {
        skipLine(); // the one that the macro's name is on
        while (!m_rest.empty()) {
            const std::string_view before = m_rest;
            skipLine();
            const std::string_view line = before.substr(0, before.size() - m_rest.size());
            if (line.find_first_not_of("\r\n") == std::string_view::npos)
                return;
        }
    }

private:
    void skipSpace()
    {
        while (!m_rest.empty() && isSpace(m_rest.front()))
            m_rest.remove_prefix(1);
    }

    void skipLine()
    {
        const std::size_t end = m_rest.find('\n');
        m_rest.remove_prefix(end == std::string_view::npos ? m_rest.size() : end + 1);
    }

    std::string_view m_rest;
};

} // namespace

std::optional<std::string> netrcPassword(std::string_view text, std::string_view machine)
{
    enum class Entry { None, Other, Wanted, Default };
    Entry entry = Entry::None;
    bool isNamed = false;
    std::optional<std::string> wanted;
    std::optional<std::string> fallback;
    Lexer lexer(text);
    std::string token;
    std::string value;
    while (lexer.nextKeyword(token)) {
        if (token == "machine" && lexer.next(value)) {
            entry = value == machine ? Entry::Wanted : Entry::Other;
            isNamed = isNamed || entry == Entry::Wanted;
        } else if (token == "default") {
            entry = Entry::Default;
        } else if (token == "macdef" && lexer.next(value)) {
            lexer.skipMacro();
        } else if ((token == "login" || token == "user" || token == "account")
                   && lexer.next(value)) {
            continue;
        } else if (token == "password" && lexer.next(value)) {
            if (entry == Entry::Wanted)
                wanted = value;
            else if (entry == Entry::Default)
                fallback = value;
        }
    }
    return isNamed ? wanted : fallback;
}

} // namespace Weave
