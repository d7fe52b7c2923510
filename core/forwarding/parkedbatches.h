#pragma once

#include "batching/batch.h"
#include "stats/statusreport.h"

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace Weave {

// Batches that wait outside of batching, by project: they came back, are halves of what did, or
// have been made of pairs. Knows which projects are failing and when each may be tried again, so
// that one project's trouble never delays another's.
class ParkedBatches
{
public:
    explicit ParkedBatches(NowFunction now);

    void pushBack(Batch batch);
    void pushFront(Batch batch);

    struct Taken
    {
        Batch batch;
        bool isProbe = false; // the one request that a failing project may have in flight
    };
    using ProjectFilter = std::function<bool(const std::string &project)>;
    using FreshBatch = std::function<std::optional<Batch>(const std::string &project)>;
    // A batch whose time has come, of the project whose turn it is and that mayTake says yes to. A
    // failing project is probed; where its parked batch may be the cause, with a fresh one.
    [[nodiscard]] std::optional<Taken> take(const ProjectFilter &mayTake,
                                            const FreshBatch &takeFresh);
    // The probe was answered, or not sent after all.
    void endProbe(const std::string &project);

    struct Failure
    {
        TimePoint next; // no request before that
        bool isPause = false; // waits for a person
        bool hadConnection = true; // see SendResult
        bool serverAnswered = false;
        bool isServersWish = false; // next is what the server has asked for
        std::string reason = {};
    };
    void noteFailure(const std::string &project, Failure failure);
    void noteDelivered(const std::string &project);
    // True when the project was failing until now.
    bool noteHealthy(const std::string &project);

    // Forgets every wait, also for a probe's answer: what is parked may be taken now.
    void endWaits();
    // Nothing of what has failed did so before now.
    void forgetTrouble();

    [[nodiscard]] bool hasBatches(const std::string &project) const;
    // Whether so many of the project wait for their time that no more should.
    [[nodiscard]] bool hasManyWaiting(const std::string &project) const;
    // For the upsert route.
    [[nodiscard]] bool hasUpsert(const std::string &project) const;
    [[nodiscard]] bool isFailing(const std::string &project) const;
    [[nodiscard]] int failures(const std::string &project) const; // in a row
    [[nodiscard]] bool isAnyFailing() const;
    [[nodiscard]] bool isAnyPaused() const;
    // Whether only some projects fail: the server has answered each of them, and has taken calls of
    // another one since the first of them began to.
    [[nodiscard]] bool areOthersDelivered() const;
    // Those that fail, the first of them by name.
    [[nodiscard]] std::size_t failingCount() const;
    [[nodiscard]] std::vector<FailingProject> failing(std::size_t most) const;
    [[nodiscard]] std::optional<TimePoint> nextTime() const;
    // When the oldest call in a parked batch came.
    [[nodiscard]] std::optional<TimePoint> oldest() const;

private:
    // It exists as long as it has any batches, or is failing.
    struct Project
    {
        int failures = 0; // in a row; 0 means the backend takes this project's calls
        TimePoint until; // no request before that
        bool isProbing = false;
        bool hadConnection = false;
        bool serverAnswered = false;
        bool isPaused = false;
        TimePoint failingSince;
        std::string reason; // of the last failure
        std::deque<Batch> batches;
    };

    [[nodiscard]] std::optional<Batch> takeProbe(const std::string &name, Project &project,
                                                 const FreshBatch &takeFresh);
    [[nodiscard]] std::optional<Batch> takeDue(Project &project) const;

    const NowFunction m_now;
    std::map<std::string, Project, std::less<>> m_projects;
    std::string m_lastProject;
    std::string m_deliveredProject; // the last; empty before the first
    TimePoint m_deliveredAt;
};

} // namespace Weave
