#include "forwarding/writepaths.h"

namespace Weave {

namespace {

// What is learned again costs one request; this only keeps the table from growing forever.
constexpr std::size_t MaxProjects = 10'000;

// RFC 3986: everything but the unreserved characters.
std::string percentEncoded(std::string_view text)
{
    constexpr std::string_view Digits = "0123456789ABCDEF";
    constexpr std::string_view Unreserved =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    std::string out;
    for (const char c : text) {
        if (Unreserved.find(c) != std::string_view::npos) {
            out += c;
        } else {
            const auto byte = static_cast<unsigned char>(c);
            out += {'%', Digits[byte >> 4U], Digits[byte & 15U]};
        }
    }
    return out;
}

const char *routeName(Route route)
{
    switch (route) {
    case Route::Complete:
        return "calls/complete";
    case Route::Start:
        return "call/start";
    default:
        return "call/end";
    }
}

} // namespace

WritePaths::WritePaths(CallsMode mode)
    : m_mode(mode)
{
}

bool WritePaths::usesComplete(const std::string &project) const
{
    if (m_mode == CallsMode::Upsert)
        return false;
    const auto found = m_learned.find(project);
    if (found != m_learned.end())
        return found->second.isComplete;
    return m_mode == CallsMode::Complete && fitsCompletePath(project);
}

void WritePaths::preferComplete(const std::string &project)
{
    if (m_mode == CallsMode::Auto && fitsCompletePath(project) && !m_learned.contains(project))
        pathOf(project).isComplete = true;
}

WritePaths::Path &WritePaths::pathOf(const std::string &project)
{
    if (m_learned.size() >= MaxProjects && !m_learned.contains(project))
        m_learned.clear();
    return m_learned[project];
}

WritePaths::Move WritePaths::moved(Path &path, bool toComplete)
{
    if (path.isComplete == toComplete)
        return Move::Now; // another request has learned it already
    path.isComplete = toComplete;
    ++path.movesInARow;
    return path.movesInARow > 1 ? Move::Later : Move::Now;
}

WritePaths::Move WritePaths::moveToComplete(const std::string &project)
{
    if (m_mode == CallsMode::Upsert || !fitsCompletePath(project))
        return Move::No;
    return moved(pathOf(project), true);
}

WritePaths::Move WritePaths::moveToUpsert(const std::string &project)
{
    const bool wasComplete = usesComplete(project);
    Path &path = pathOf(project);
    path.isComplete = wasComplete;
    return moved(path, false);
}

void WritePaths::noteDelivered(const std::string &project)
{
    const auto found = m_learned.find(project);
    if (found != m_learned.end())
        found->second.movesInARow = 0;
}

std::string requestPath(const Batch &batch)
{
    if (batch.route == Route::Upsert)
        return "/call/upsert_batch";
    const std::string_view name = batch.project;
    const std::size_t slash = name.find('/');
    return "/v2/" + percentEncoded(name.substr(0, slash)) + "/"
        + percentEncoded(name.substr(slash + 1)) + "/" + routeName(batch.route);
}

bool fitsCompletePath(std::string_view project)
{
    const std::size_t slash = project.find('/');
    if (slash == std::string_view::npos)
        return false;
    const auto isName = [](std::string_view part) {
        return !part.empty() && part != "." && part != "..";
    };
    return isName(project.substr(0, slash)) && isName(project.substr(slash + 1));
}

} // namespace Weave
