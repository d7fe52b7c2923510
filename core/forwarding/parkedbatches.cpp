#include "forwarding/parkedbatches.h"

#include <algorithm>
#include <utility>

namespace Weave {

namespace {

// A batch with which this many requests have failed, though there was a connection, may be the
// cause itself: for the server, or by its size for the line. From then on the project is probed
// with other batches too, so that it cannot hold them up; at most this many.
constexpr int SuspectAttempts = 3;
constexpr std::size_t MaxSuspects = 8;

} // namespace

ParkedBatches::ParkedBatches(NowFunction now)
    : m_now(std::move(now))
{
}

void ParkedBatches::pushBack(Batch batch)
{
    auto &batches = m_projects[batch.project].batches;
    batches.push_back(std::move(batch));
}

void ParkedBatches::pushFront(Batch batch)
{
    auto &batches = m_projects[batch.project].batches;
    batches.push_front(std::move(batch));
}

void ParkedBatches::endWaits()
{
    const TimePoint now = m_now();
    for (auto &[name, project] : m_projects) {
        project.until = now;
        project.isProbing = false;
        for (Batch &batch : project.batches)
            batch.notBefore = now;
    }
}

void ParkedBatches::forgetTrouble()
{
    for (auto &[name, project] : m_projects) {
        for (Batch &batch : project.batches)
            batch.inTroubleSince = {};
    }
}

std::optional<ParkedBatches::Taken> ParkedBatches::take(const ProjectFilter &mayTake,
                                                        const FreshBatch &takeFresh)
{
    const TimePoint now = m_now(); // read once: there may be thousands of projects
    auto place = m_projects.upper_bound(m_lastProject);
    for (std::size_t i = 0; i < m_projects.size(); ++i, ++place) {
        if (place == m_projects.end())
            place = m_projects.begin();
        auto &[name, project] = *place;
        if (now < project.until || project.isProbing || !mayTake(name))
            continue;
        const bool isProbe = project.failures > 0;
        auto batch = isProbe ? takeProbe(name, project, takeFresh) : takeDue(project);
        if (!batch)
            continue;
        project.isProbing = isProbe;
        m_lastProject = name;
        if (!isProbe && project.batches.empty())
            m_projects.erase(place);
        return Taken{std::move(*batch), isProbe};
    }
    return std::nullopt;
}

std::optional<Batch> ParkedBatches::takeProbe(const std::string &name, Project &project,
                                              const FreshBatch &takeFresh)
{
    const auto &batches = project.batches;
    const bool isSuspect = project.hadConnection && batches.size() < MaxSuspects && !batches.empty()
        && batches.front().attempts >= SuspectAttempts;
    if (isSuspect || batches.empty()) {
        if (auto fresh = takeFresh(name))
            return fresh;
    }
    return takeDue(project);
}

std::optional<Batch> ParkedBatches::takeDue(Project &project) const
{
    const TimePoint now = m_now();
    const auto due = std::find_if(project.batches.begin(), project.batches.end(),
                                  [now](const Batch &batch) { return batch.notBefore <= now; });
    if (due == project.batches.end())
        return std::nullopt;
    Batch batch = std::move(*due);
    project.batches.erase(due);
    return batch;
}

void ParkedBatches::endProbe(const std::string &name)
{
    const auto found = m_projects.find(name);
    if (found != m_projects.end())
        found->second.isProbing = false;
}

void ParkedBatches::noteFailure(const std::string &name, Failure failure)
{
    Project &project = m_projects[name];
    if (project.failures == 0)
        project.failingSince = m_now();
    // Requests that were under way together count as one failure.
    if (project.failures == 0 || m_now() >= project.until) {
        ++project.failures;
        project.until = failure.next;
    }
    if (failure.isServersWish)
        project.until = std::max(project.until, failure.next);
    project.hadConnection = failure.hadConnection;
    project.serverAnswered = failure.serverAnswered;
    project.isPaused = failure.isPause;
    project.reason = std::move(failure.reason);
}

void ParkedBatches::noteDelivered(const std::string &name)
{
    m_deliveredProject = name;
    m_deliveredAt = m_now();
}

bool ParkedBatches::noteHealthy(const std::string &name)
{
    const auto found = m_projects.find(name);
    if (found == m_projects.end())
        return false;
    Project &project = found->second;
    const bool wasFailing = std::exchange(project.failures, 0) > 0;
    if (wasFailing) {
        project.isPaused = false;
        project.until = m_now(); // or younger batches would overtake those that came back
        for (Batch &batch : project.batches) {
            if (batch.attempts < SuspectAttempts)
                batch.notBefore = m_now();
        }
    }
    if (project.batches.empty())
        m_projects.erase(found);
    return wasFailing;
}

bool ParkedBatches::hasBatches(const std::string &name) const
{
    const auto found = m_projects.find(name);
    return found != m_projects.end() && !found->second.batches.empty();
}

bool ParkedBatches::hasManyWaiting(const std::string &name) const
{
    const auto found = m_projects.find(name);
    if (found == m_projects.end())
        return false;
    const TimePoint now = m_now();
    const auto &batches = found->second.batches;
    const auto waiting = std::count_if(batches.begin(), batches.end(),
                                       [now](const Batch &batch) { return batch.notBefore > now; });
    return static_cast<std::size_t>(waiting) >= MaxSuspects;
}

bool ParkedBatches::hasUpsert(const std::string &name) const
{
    const auto found = m_projects.find(name);
    if (found == m_projects.end())
        return false;
    const auto &batches = found->second.batches;
    return std::any_of(batches.begin(), batches.end(),
                       [](const Batch &batch) { return batch.route == Route::Upsert; });
}

bool ParkedBatches::isFailing(const std::string &name) const
{
    return failures(name) > 0;
}

int ParkedBatches::failures(const std::string &name) const
{
    const auto found = m_projects.find(name);
    return found == m_projects.end() ? 0 : found->second.failures;
}

bool ParkedBatches::isAnyFailing() const
{
    return std::any_of(m_projects.begin(), m_projects.end(),
                       [](const auto &project) { return project.second.failures > 0; });
}

bool ParkedBatches::isAnyPaused() const
{
    return std::any_of(m_projects.begin(), m_projects.end(),
                       [](const auto &project) { return project.second.isPaused; });
}

bool ParkedBatches::areOthersDelivered() const
{
    if (m_deliveredProject.empty() || isFailing(m_deliveredProject))
        return false;
    bool isSince = false;
    for (const auto &[name, project] : m_projects) {
        if (project.failures == 0)
            continue;
        if (!project.serverAnswered)
            return false;
        isSince = isSince || m_deliveredAt >= project.failingSince;
    }
    return isSince;
}

std::size_t ParkedBatches::failingCount() const
{
    return static_cast<std::size_t>(
        std::count_if(m_projects.begin(), m_projects.end(),
                      [](const auto &project) { return project.second.failures > 0; }));
}

std::vector<FailingProject> ParkedBatches::failing(std::size_t most) const
{
    std::vector<FailingProject> list;
    for (const auto &[name, project] : m_projects) {
        if (list.size() == most)
            break;
        if (project.failures > 0)
            list.push_back({name, project.isPaused, project.reason});
    }
    return list;
}

std::optional<TimePoint> ParkedBatches::nextTime() const
{
    std::optional<TimePoint> next;
    for (const auto &[name, project] : m_projects) {
        if (project.isProbing)
            continue;
        for (const Batch &batch : project.batches) {
            const TimePoint time = std::max(project.until, batch.notBefore);
            next = next ? std::min(*next, time) : time;
        }
    }
    return next;
}

std::optional<TimePoint> ParkedBatches::oldest() const
{
    std::optional<TimePoint> oldest;
    for (const auto &[name, project] : m_projects) {
        for (const Batch &batch : project.batches) {
            if (!oldest || batch.openedAt < *oldest)
                oldest = batch.openedAt;
        }
    }
    return oldest;
}

} // namespace Weave
